"""Count the rows of an answer in the bytes that the engine writes."""

import re
from collections.abc import Callable
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


class _Objects:
    """Count JSON objects at a *depth*."""

    _TOKEN: Final = re.compile(rb'["\\{}]')

    def __init__(self, depth: int) -> None:
        self._wanted = depth
        self._depth = 0
        self._inside = self._escaped = False

    def __call__(self, part: bytes) -> int:
        found = 0
        skip = 0 if self._escaped else -1
        self._escaped = False
        for token in self._TOKEN.finditer(part):
            place, mark = token.start(), token[0]
            if place == skip:
                continue
            if mark == b"\\":
                skip = place + 1
            elif mark == b'"':
                self._inside = not self._inside
            elif not self._inside:
                self._depth += 1 if mark == b"{" else -1
                found += mark == b"{" and self._depth == self._wanted
        self._escaped = skip == len(part)
        return found


_COUNTERS: Final[dict[str, Callable[[], _Counter]]] = {
    ox.QueryResultsFormat.JSON.media_type: lambda: _Objects(3),
    ox.QueryResultsFormat.XML.media_type: lambda: _Elements(b"<result>"),
    ox.QueryResultsFormat.CSV.media_type: lambda: _Lines(1, quoted=True),
    ox.QueryResultsFormat.TSV.media_type: lambda: _Lines(1),
}
