"""Ask one query and bring its answer into a form that is equal if the content is."""

import json
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http.client import HTTPConnection
from typing import Final

from benchmarks.servers import HOST, JSON, Server

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS: Final = frozenset(_XSD + name for name in ("integer", "decimal", "int", "long"))
_CHUNK: Final = 1 << 16

Row = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Timed:
    """Hold an answer and when it came, in seconds from the request on."""

    body: bytes
    first_byte: float
    total: float


class SlowError(Exception):
    """Say that no answer came in time."""


def ask(server: Server, text: str, timeout: float) -> Timed:
    """Ask *server* once, over a connection of its own.

    Raises:
        SlowError: it took longer than *timeout* seconds.
        RuntimeError: the answer is of another status than 200.
    """
    connection = HTTPConnection(HOST, server.port, timeout=timeout)
    connection.connect()
    begin = time.perf_counter()
    try:
        connection.request("GET", server.target(text), headers={"Accept": JSON})
        response = connection.getresponse()
        first = response.read(1)
        first_byte = time.perf_counter() - begin
        parts = [first]
        while part := response.read(_CHUNK):
            parts.append(part)
    except TimeoutError as error:
        raise SlowError(f"{server.name} took over {timeout:g} s") from error
    finally:
        connection.close()
    total = time.perf_counter() - begin
    body = b"".join(parts)
    if response.status != 200:  # noqa: PLR2004 (as HTTP says)
        raise RuntimeError(f"{server.name}: {response.status} {body[:300]!r}")
    return Timed(body, first_byte, total)


def rows(body: bytes) -> list[Row]:
    """Return the solutions in *body* in one order, each value in one spelling."""
    found = json.loads(body)["results"]["bindings"]
    return sorted(
        tuple((name, *_spelled(value)) for name, value in sorted(row.items())) for row in found
    )


def _spelled(value: dict[str, str]) -> tuple[str, ...]:
    kind = value["type"].replace("typed-literal", "literal")
    datatype, text = value.get("datatype", ""), value["value"]
    if datatype in _NUMBERS:  # integer and decimal are one number line (XML Schema 1.1 §2.2.3)
        try:
            return kind, format(Decimal(text).normalize(), "f"), "number", ""
        except InvalidOperation:
            return kind, text, datatype, ""
    return kind, text, datatype.replace(_XSD + "string", ""), value.get("xml:lang", "").lower()
