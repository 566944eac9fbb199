"""Hold answers of engines elsewhere to the limits that answers of our own have."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import TooManyBytesError, TooManyRowsError
from kg.executors.limits import Limits
from kg.executors.rows import counting
from kg.store import Answer, GraphFormat, Kind, ResultFormat, written


def bounded(
    kind: Kind, form: ResultFormat | GraphFormat, write: Callable[..., Any], limits: Limits
) -> Answer:
    """Return what *write* writes, to a file and in a syntax, whole and within *limits*.

    Raises:
        TooManyBytesError, TooManyRowsError: it would be longer; nothing of it is sent.
    """

    def save(output: IO[bytes]) -> None:
        short = _Short(output, limits.max_bytes)
        counted = counting(short, form.syntax, limits.max_rows)[0]
        write(cast("IO[bytes]", counted), **{_NAMES[kind]: form.syntax})

    return written(kind, form, save)


_NAMES: dict[Kind, str] = {"graph": "syntax", "solutions": "format", "boolean": "format"}


def at_most(triples: Iterable[ox.Triple], limits: Limits) -> Iterator[ox.Triple]:
    """Yield *triples*, as long as they are within *limits*.

    Raises:
        TooManyRowsError: there are more.
    """
    most = limits.max_rows
    for number, triple in enumerate(triples, 1):
        if most is not None and number > most:
            raise TooManyRowsError(most)
        yield triple


class _Short:
    """Pass bytes on, up to a number of them."""

    def __init__(self, output: IO[bytes], most: int) -> None:
        self._output = output
        self._left = self._most = most
        self.flush = output.flush

    def write(self, part: bytes) -> int:
        self._left -= len(part)
        if self._left < 0:
            raise TooManyBytesError(self._most)
        return self._output.write(part)
