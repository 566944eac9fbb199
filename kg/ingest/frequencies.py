"""Read side effects that stand under frequencies, as leaflets and section 4.8 list them.

A band holds for all entries below it, across sub-headings, until another band or the end of the
list. What is not an entry under a band is reported.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from kg.ingest import bands
from kg.ingest.bands import Band
from kg.ingest.blocks import Block
from kg.ingest.names import names_of
from kg.ingest.rows import Observation, Row, Unread

Known: TypeAlias = Callable[[str], bool]
Read: TypeAlias = Observation | Unread

_END: Final = {
    "en": re.compile(r"reporting of side effects", re.IGNORECASE),
    "es": re.compile(
        r"(comunicaci[oó]n|notificaci[oó]n) de|si sufre efectos adversos", re.IGNORECASE
    ),
}
_TROUBLE: Final = re.compile(r"if any of the (side )?effects trouble you", re.IGNORECASE)
_PEOPLE: Final = {
    "en": re.compile(
        r"(children( \([^)]*\))?( and adolescents)?|adolescents|elderly|adults)\b", re.IGNORECASE
    ),
    "es": re.compile(r".{0,40}\b(niños( y adolescentes)?|adolescentes|ancianos)\b", re.IGNORECASE),
}
# An entry may say that its frequency differs: (the frequency is common in … and uncommon in …).
_DIFFERS: Final = re.compile(
    r"\(?the frequency is (?P<one>[a-z ]+?) in (?P<some>[^()]+?) and (?P<other>[a-z ]+?) in"
    r" (?P<others>[^()]+?)\)",
    re.IGNORECASE,
)
_TITLE_WORDS: Final = re.compile(
    r"[\s:.;,()\u2013-]*((other|otros|las?|los|que|side effects?|adverse (reactions|effects)|"
    r"(posibles )?(efectos|reacciones) advers[oa]s|estos son|graves)[\s:.;,()\u2013-]*)*",
    re.IGNORECASE,
)
_PEOPLE_AFTER: Final = re.compile(r"^\s*(people|personas|patients|pacientes)?[\s:.)]*")
_HEADING_WORDS: Final = 8
_SENTENCE: Final = re.compile(r"(?<=[.:)])\s+(?=[A-ZÁÉÍÓÚ¿])")


class Scope(NamedTuple):
    """Say which band holds for the entries that follow, in which words, and for whom."""

    band: Band | None = None
    name: str = ""
    words: str = ""
    people: str = ""


class Reader:
    """Walk through the blocks of one section and keep the band that holds."""

    def __init__(self, place: Row, language: str, known: Known) -> None:
        self._place, self._language, self._known = place, language, known
        self._scope = Scope()
        self._waiting = ""  # the name of a band whose explanation comes in the next block
        self._was_empty = False  # the entry before had no words: the next text belongs to it
        self._is_nested = False  # an entry ended in a colon: what follows may be part of it
        self._has_entries = False  # since the last frequency
        self._is_over = False
        self._entries = {"entry"}

    def read(self, blocks: Sequence[Block]) -> Iterator[Read]:
        """Yield what the *blocks* state.

        Where headings outnumber list entries, the file marks its entries as headings.
        """
        tags = Counter(block.tag for block in blocks)
        if tags["heading"] > tags["entry"]:
            self._entries.add("heading")
        for block in blocks:
            was_empty, self._was_empty = self._was_empty, block.tag == "entry" and not block.text
            if not block.text:
                continue
            if self._is_over or _END[self._language].match(block.text):
                self._is_over, self._scope = True, Scope()
                continue
            yield from self._block(block, is_entry=was_empty or block.tag in self._entries)

    def _block(self, block: Block, *, is_entry: bool) -> Iterator[Read]:
        before, heading, after = self._split(block.text)
        if heading is None:
            yield from self._plain(block, is_entry=is_entry)
            return
        if before and is_entry:
            yield from self._entry(block, before)
        elif before:
            yield self._unread(block, before, "running text is not read for effects")
        people = self._scope.people
        self._scope = heading._replace(people=people)
        self._waiting, self._is_nested, self._has_entries = "", False, False
        if after:
            yield self._unread(block, after, "text after a frequency and not in a list")

    def _split(self, text: str) -> tuple[str, Scope | None, str]:
        """Return what stands before a heading in *text*, the scope that it opens, and the rest."""
        found = bands.explained(text, self._language)
        if found is None:
            return text, None, ""
        opening = 0
        for sentence in _SENTENCE.finditer(text, 0, found.start):
            opening = sentence.end()
        lead = text[opening : found.start]
        word = bands.named(lead, self._language)
        before = "" if _TITLE_WORDS.fullmatch(text[:opening]) else text[:opening].strip()
        name = word.name if word else self._waiting
        rest = _PEOPLE_AFTER.sub("", text[found.end :])
        end = len(text) - len(rest)
        words = text[opening + word.start if word else found.start : end].strip(" .:")
        return before, Scope(found.band, name, words), rest

    def _plain(self, block: Block, *, is_entry: bool) -> Iterator[Read]:
        word = bands.named(block.text, self._language)
        if not is_entry and word and _is_only(block.text, word):
            self._waiting, self._scope = word.name, Scope(people=self._scope.people)
            return
        people = _PEOPLE[self._language].match(block.text) if not is_entry else None
        if people:
            self._scope = Scope(people=people[0])
            yield self._unread(block, block.text, "running text is not read for effects")
        elif is_entry:
            self._has_entries = True
            yield from self._entry(block, block.text)
            if _TROUBLE.search(block.text):
                self._scope = Scope()
        else:
            leads_in = block.text.endswith(":") and not self._has_entries
            if not (leads_in or _is_sub_heading(block.text)):
                self._scope = Scope()
            yield self._unread(block, block.text, "running text is not read for effects")

    def _entry(self, block: Block, text: str) -> Iterator[Read]:
        if self._scope.band is None:
            yield self._unread(block, text, "an entry that stands under no frequency")
            return
        if self._is_nested:
            yield self._unread(block, text, "an entry that may be part of the one before")
            return
        self._is_nested = text.endswith(":")
        differs = _DIFFERS.search(text)
        scopes = [self._scope]
        if differs:
            text = text.replace(differs[0], " ")
            scopes = [
                self._other(differs["one"], differs["some"], differs[0]),
                self._other(differs["other"], differs["others"], differs[0]),
            ]
        names = names_of(text, self._known)
        if not names:
            yield self._unread(block, text, "too long for the name of an effect")
        for number, name in enumerate(names, start=1):
            for scope in scopes:
                yield self._observation(block, name, number, scope)

    def _other(self, word: str, people: str, words: str) -> Scope:
        band = bands.leaflet_band(word.strip().casefold()) or bands.UNKNOWN
        return Scope(band, word.strip(), words.strip("()"), people.strip())

    def _observation(self, block: Block, name: str, number: int, scope: Scope) -> Observation:
        assert scope.band is not None  # noqa: S101 (narrows the type)
        return Observation(
            section=self._place.section,
            title=self._place.title,
            table="" if block.line else "paragraphs and list entries",
            row=0 if block.line else block.number,
            number=number - 1,
            line=block.line,
            last_line=block.last_line if block.last_line != block.line else 0,
            raw=scope.words,
            effect=name,
            population=scope.people,
            band=scope.name,
            category=scope.band.category,
            lower=scope.band.lower,
            lower_inclusive=None if scope.band.lower is None else scope.band.lower_inclusive,
            upper=scope.band.upper,
            upper_inclusive=None if scope.band.upper is None else scope.band.upper_inclusive,
            language=self._language,
        )

    def _unread(self, block: Block, text: str, reason: str) -> Unread:
        return Unread(
            what="text",
            reason=reason,
            section=self._place.section,
            title=self._place.title,
            row=0 if block.line else block.number,
            line=block.line,
            last_line=block.last_line if block.last_line != block.line else 0,
            raw=text,
        )


def _is_sub_heading(text: str) -> bool:
    """Return whether *text* parts a list and does not end it: a few words, and no sentence."""
    return len(text.split()) <= _HEADING_WORDS and text[-1] not in ".:"


def _is_only(text: str, word: bands.Found) -> bool:
    """Return whether *text* is a band and nothing else but words such as *side effects*."""
    return bool(
        _TITLE_WORDS.fullmatch(text[: word.start]) and _TITLE_WORDS.fullmatch(text[word.end :])
    )
