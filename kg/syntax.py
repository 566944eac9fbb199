"""Write triples and quads in an RDF syntax, the same bytes every time."""

import io
from collections.abc import Iterable
from typing import IO, Final, cast

import pyoxigraph as ox

from kg.terms import PREFIXES

_PREFIXED: Final = frozenset({ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG})


def write(
    statements: Iterable[ox.Triple] | Iterable[ox.Quad], output: IO[bytes], syntax: ox.RdfFormat
) -> None:
    """Write *statements* to *output* in *syntax*, with our prefixes where it has a place for them.

    The engine writes prefixes in an order that changes from run to run; here they are sorted.
    """
    if syntax in _PREFIXED:
        headed = cast("IO[bytes]", _Headed(output, _header(PREFIXES)))
        ox.serialize(statements, headed, syntax, prefixes=PREFIXES)
    else:
        ox.serialize(statements, output, syntax)


def written(statements: Iterable[ox.Triple] | Iterable[ox.Quad], syntax: ox.RdfFormat) -> bytes:
    """Return *statements* as *syntax*, with those of our prefixes that they use."""
    output = io.BytesIO()
    write(statements, output, syntax)
    if syntax not in _PREFIXED:
        return output.getvalue()
    body = output.getvalue().removeprefix(_header(PREFIXES))
    used = {name: iri for name, iri in PREFIXES.items() if f"{name}:".encode() in body}
    return _header(used) + body if body else b""


def _header(prefixes: dict[str, str]) -> bytes:
    return "".join(
        f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items())
    ).encode()


class _Headed:
    """Put one header in the place of another that is as long."""

    def __init__(self, output: IO[bytes], header: bytes) -> None:
        self._output = output
        self._header = header
        self._due = len(header)
        self.flush = output.flush

    def write(self, part: bytes) -> int:
        if self._due == len(self._header):
            self._output.write(self._header)
        skipped, self._due = part[: self._due], max(0, self._due - len(part))
        self._output.write(part[len(skipped) :])
        return len(part)
