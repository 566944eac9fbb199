"""Read EU package leaflets in FHIR Shorthand, whose sections hold HTML, into rows."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from kg.errors import UnreadableSourceError
from kg.ingest import bands, rows
from kg.ingest.blocks import Block, of_html
from kg.ingest.frequencies import Known, Reader
from kg.ingest.statements import Statements

_INSTANCE = re.compile(r"Instance:\s*(?P<id>\S+)")
_RULE = re.compile(r'\s*\*\s+(?P<path>[\w.\[\]+=]+)\s*=\s*(?P<value>"""|"[^"]*"|#?\S+)')
_SECTION = re.compile(r"\s*\*\s+section\[")
_SIDE_EFFECTS = re.compile(r"4\.\s")
_DO_NOT: Final = {
    "en": re.compile(r"do not (take|use)\b.*", re.IGNORECASE),
    "es": re.compile(r"no (tome|use|utilice)\b.*", re.IGNORECASE),
}
_IF: Final = {"en": re.compile(r"if\b", re.IGNORECASE), "es": re.compile(r"si\b", re.IGNORECASE)}
_USED: Final = re.compile(r"(?<=[a-z)\d][.])\s+(?=[A-Z])")


class _Section(NamedTuple):
    title: str
    blocks: tuple[Block, ...]


class _Leaflet(NamedTuple):
    facts: dict[str, str]
    sections: list[_Section]


def extract(
    content: bytes,
    name: str,
    known: Known = lambda _: False,
    is_condition: Known = lambda _: False,
) -> rows.Extract:
    """Return what the English leaflet in *content* says, or the first in a language we read.

    *known* says whether some words are the name of an effect, *is_condition* whether they are
    that of a condition.

    Raises:
        UnreadableSourceError: no leaflet in such a language stands in *content*.
    """
    try:
        leaflets = list(_leaflets(content.decode("utf-8").splitlines()))
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(name, "it is not UTF-8") from error
    leaflets = [leaflet for leaflet in leaflets if leaflet.sections]
    if not leaflets:
        raise UnreadableSourceError(name, "it holds no leaflet")
    chosen = next((each for each in leaflets if _language(each) in bands.LANGUAGES), None)
    if chosen is None:
        raise UnreadableSourceError(name, "its leaflets are in languages that are not read")
    others = [
        rows.Unread(
            what="document",
            reason=f"a leaflet in {_language(each) or 'a language without a code'}",
            raw=each.facts.get("title", ""),
        )
        for each in leaflets
        if each is not chosen
    ]
    title = chosen.facts.get("title", "")
    product = title.rpartition(" - ")[2].strip().capitalize() or name
    source = rows.Source(
        document=re.sub(r"[^\w/-]+", "-", chosen.facts.get("identifier.value", name).split(" ")[0]),
        version=chosen.facts.get("date", "")[:10],
        kind="leaflet",
        title=title,
        date=chosen.facts.get("date", "")[:10],
        language=_language(chosen),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    found = [rows.Product(name=product, raw=product), *_rows(chosen, known, is_condition), *others]
    return rows.Extract(source, tuple(found))


def _language(leaflet: _Leaflet) -> str:
    return leaflet.facts.get("language", "").lstrip("#")


def _leaflets(lines: list[str]) -> Iterator[_Leaflet]:
    """Yield each composition: its own rules, and its sections with the lines of their text."""
    starts = [index for index, line in enumerate(lines) if _INSTANCE.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        yield _leaflet(list(enumerate(lines, start=1))[start:end])


def _leaflet(numbered: list[tuple[int, str]]) -> _Leaflet:
    leaflet, title, in_section = _Leaflet({}, []), "", False
    remaining = iter(numbered)
    for number, line in remaining:
        rule = _RULE.match(line)
        if _SECTION.match(line):
            in_section, title = True, ""
        elif rule and rule["value"] == '"""':
            markup = _quoted(line[rule.end() :], remaining)
            leaflet.sections.append(_Section(title, of_html(markup, number)))
        elif rule and in_section and rule["path"] == "title":
            title = rule["value"].strip('"')
        elif rule and not in_section:
            leaflet.facts.setdefault(rule["path"], rule["value"].strip('"'))
    return leaflet


def _quoted(opening: str, remaining: Iterator[tuple[int, str]]) -> str:
    """Return the text that begins with *opening* and goes on until three quotation marks."""
    found = [opening]
    while '"""' not in found[-1]:
        following = next(remaining, None)
        if following is None:
            break
        found.append(following[1])
    return "\n".join(found).partition('"""')[0]


def _rows(leaflet: _Leaflet, known: Known, is_condition: Known) -> Iterator[rows.Any]:
    language = _language(leaflet)
    statements = Statements(is_condition, language)
    for section in leaflet.sections:
        number = section.title.partition(".")[0] if section.title[:1].isdigit() else ""
        place = rows.Row(section=number, title=section.title)
        yield rows.Section(section=number, title=section.title, depth=0, raw=section.title)
        if _SIDE_EFFECTS.match(section.title):
            yield from Reader(place, language, known).read(section.blocks)
        elif number == "1":
            yield from _uses(section, place, statements)
        elif number == "2":
            for block in _against(section, language):
                yield from statements.entry(_at(block, place), "contraindication")


def _at(block: Block, place: rows.Row) -> rows.Row:
    return replace(
        place,
        line=block.line,
        last_line=block.last_line if block.last_line != block.line else 0,
        raw=block.text,
    )


def _uses(section: _Section, place: rows.Row, statements: Statements) -> Iterator[rows.Any]:
    """Yield the sentences on what the product is used for; the others explain the disease."""
    for block in section.blocks:
        here = _at(block, place)
        for sentence in _USED.split(block.text):
            stated = statements.entry(replace(here, raw=sentence), "indication", is_prose=True)
            found = list(stated)
            if all(isinstance(row, rows.Indication) for row in found):
                yield from found
                break
        else:
            if block.text:
                yield from statements.entry(here, "indication", is_prose=True)


def _against(section: _Section, language: str) -> Iterator[Block]:
    """Yield the entries below *Do not take*: a list, or paragraphs that begin with *if*."""
    is_below = False
    for block in section.blocks:
        if _DO_NOT[language].match(block.text):
            is_below = True
        elif block.tag != "entry" and not _IF[language].match(block.text):
            is_below = False
        elif is_below and block.text:
            yield block
