"""Count the rows of an answer in the bytes that the engine writes."""

import re
from collections.abc import Callable
from itertools import repeat
from typing import Final, Protocol

import pyoxigraph as ox

from kg.errors import TooManyRowsError


class Output(Protocol):
    """Take bytes."""

    def write(self, part: bytes) -> int:
        """Take *part*."""

    def flush(self) -> None:
        """Pass on what is held."""


def counting(
    output: Output, syntax: ox.QueryResultsFormat | ox.RdfFormat, most: int | None
) -> tuple[Output, Callable[[], int] | None]:
    """Return *output*, or a way to it that ends beyond *most* rows, and the count if there is one.

    A row is a solution; the statements of a graph are counted elsewhere.
    """
    counter = _COUNTERS.get(syntax.media_type)
    if most is None or counter is None:
        return output, None
    counted = _Counted(output, counter(), most)
    return counted, lambda: counted.rows


class _Counter(Protocol):
    def __call__(self, part: bytes) -> int: ...


class _Counted:
    def __init__(self, output: Output, count: _Counter, most: int) -> None:
        self._output = output
        self._count = count
        self._most = most
        self.rows = 0
        self.flush = output.flush

    def write(self, part: bytes) -> int:
        self.rows += self._count(part)
        if self.rows > self._most:
            raise TooManyRowsError(self._most)
        return self._output.write(part)


class _Lines:
    """Count line ends outside quotes, less *header* lines."""

    def __init__(self, header: int, *, quoted: bool = False) -> None:
        self._less = header
        self._quoted = quoted
        self._inside = False

    def __call__(self, part: bytes) -> int:
        found = 0
        if self._quoted:
            for piece in re.split(rb'(")', part):
                if piece == b'"':
                    self._inside = not self._inside
                elif not self._inside:
                    found += piece.count(b"\n")
        else:
            found = part.count(b"\n")
        less = min(found, self._less)
        self._less -= less
        return found - less


class _Elements:
    """Count a tag of XML, whose text has no such character."""

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._tail = b""

    def __call__(self, part: bytes) -> int:
        text = self._tail + part
        self._tail = text[-(len(self._tag) - 1) :]
        return text.count(self._tag)


class _Solutions:
    """Count the solutions in JSON as the engine writes it, without space.

    Between two of them stands ``},{`` and then the quote before the name of a variable, or ``}``.
    No string holds the first: a quote in it has a backslash before it, and the quote at its end
    has punctuation behind it. Whether the second stands in a string is found by counting quotes.
    """

    _BEGINNING: Final = re.compile(rb'"results":\{"bindings":\[\{(["}])')
    _AFTER_ANY: Final = re.compile(rb'\},(?=\{("[^,:}\]]|\}[,\]]))')
    _AFTER_BOUND: Final = re.compile(rb'\}\},(?=\{("[^,:}\]]|\}[,\]]))')  # found sooner
    _EMPTY: Final = (b"},", b"}]")
    _ESCAPE: Final = re.compile(rb"\\(.?)", re.DOTALL)

    def __init__(self) -> None:
        self._begun = False
        self._next = self._AFTER_BOUND  # until one is empty
        self._tail = b""
        self._inside = False  # a string
        self._escaped = False  # the next byte

    def __call__(self, part: bytes) -> int:
        text = self._tail + part
        found = 0
        if not self._begun and (first := self._BEGINNING.search(text)):
            self._begun, found = True, 1
            if first[1] == b"}":
                self._next = self._AFTER_ANY
        rows = self._next.findall(text)
        if any(empty in rows for empty in self._EMPTY):
            self._next = self._AFTER_ANY
            start = max(len(self._tail) - 4, 0)
            rows = self._next.findall(text, start)
            found -= sum(map(self._is_inside, self._next.finditer(text, start), repeat(part)))
        found += len(rows)
        # What is looked for is longer than the tail, so nothing counts twice.
        self._tail = text[-(5 if self._next is self._AFTER_BOUND else 4) :] if self._begun else text
        self._inside = self._ends_inside(part)
        last = max(len(part.rstrip(b"\\")), int(self._escaped))  # after it backslashes pair up
        self._escaped = bool((len(part) - last) % 2)
        return found

    def _is_inside(self, row: re.Match[bytes], part: bytes) -> bool:
        """Return whether an empty *row*, which may begin in the tail, stands in a string."""
        before = max(row.start() - len(self._tail), 0)  # no quote stands in between
        return row[1] in self._EMPTY and self._ends_inside(part[:before])

    def _ends_inside(self, part: bytes) -> bool:
        """Return whether a string is open after *part*."""
        start = int(self._escaped)
        quotes = part.count(b'"', start)
        if b"\\" in part:
            quotes -= self._ESCAPE.findall(part, start).count(b'"')
        return self._inside ^ bool(quotes % 2)


_COUNTERS: Final[dict[str, Callable[[], _Counter]]] = {
    ox.QueryResultsFormat.JSON.media_type: _Solutions,
    ox.QueryResultsFormat.XML.media_type: lambda: _Elements(b"<result>"),
    ox.QueryResultsFormat.CSV.media_type: lambda: _Lines(1, quoted=True),
    ox.QueryResultsFormat.TSV.media_type: lambda: _Lines(1),
}
