"""Cut marked-up text into blocks: headings, paragraphs and list entries, with their lines."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final, Literal, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from kg.ingest.markup import local, text

Tag: TypeAlias = Literal["text", "heading", "entry"]

_SPACES = re.compile(r"\s+")
_ENTRIES: Final = frozenset({"li"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TEXTS: Final = frozenset({"p"}) | _HEADINGS


class Block(NamedTuple):
    """Hold a paragraph, a heading or a list entry; lines count from 1, and 0 is not known."""

    tag: Tag
    text: str
    line: int = 0
    last_line: int = 0
    number: int = 0  # its place among the blocks, from 1


class _Lines(HTMLParser):
    """Collect the innermost blocks of HTML, with the lines on which they stand."""

    def __init__(self, offset: int) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._offset = offset
        self._inside: list[str] = []
        self._words: list[str] = []
        self._start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _ENTRIES | _TEXTS:
            self._close()
            self._inside.append(tag)
            self._start = self._line()
        elif tag == "br":
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _ENTRIES | _TEXTS and tag in self._inside:
            self._close(is_end=True)
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._inside:
            if not "".join(self._words).strip() and data.strip():
                blank = data[: len(data) - len(data.lstrip())]
                self._start = self._line() + blank.count("\n")
            self._words.append(data)

    def _line(self) -> int:
        return self.getpos()[0] + self._offset

    def _close(self, *, is_end: bool = False) -> None:
        """End a block; a list entry without words counts too, a wrapper around others does not."""
        words = _SPACES.sub(" ", "".join(self._words)).strip()
        self._words.clear()
        is_empty_entry = is_end and self._inside[-1:] == ["li"] and self.getpos()[1] >= 0
        if words or (is_empty_entry and not self._has_inner()):
            self.found.append(Block(_tag(self._inside), words, self._start, self._line()))

    def _has_inner(self) -> bool:
        last = self.found[-1] if self.found else None
        return last is not None and last.line >= self._start and bool(last.text)


def _tag(inside: list[str]) -> Tag:
    if "li" in inside:
        return "entry"
    return "heading" if _HEADINGS & set(inside) else "text"


def of_html(markup: str, first_line: int) -> tuple[Block, ...]:
    """Return the blocks of *markup*, which begins on *first_line* of its file."""
    parser = _Lines(first_line - 1)
    parser.feed(markup)
    parser.close()
    return tuple(
        block._replace(number=number) for number, block in enumerate(parser.found, start=1)
    )


def of_xml(element: ET.Element) -> tuple[Block, ...]:
    """Return the blocks below *element* that stand in no table."""
    found = _walk(element, ())
    return tuple(block._replace(number=number) for number, block in enumerate(found, start=1))


def _walk(element: ET.Element, around: tuple[str, ...]) -> Iterator[Block]:
    for child in element:
        name = local(child)
        if name == "table":
            continue
        inside = (*around, name)
        if name in _ENTRIES | _TEXTS and not any(
            local(each) in _ENTRIES | _TEXTS for each in child.iter() if each is not child
        ):
            words = text(child)
            if words or name in _ENTRIES:
                yield Block(_tag(list(inside)), words)
        else:
            yield from _walk(child, inside)
