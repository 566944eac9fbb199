"""Put the mapping queries to rows, without the parts that no row of a document can fill."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

ROW: Final = "https://w3id.org/drugkg/row#"
QUERIES: Final = ("source", "product", "name", "observation", "statement")
_MAPPING: Final = Path(__file__).with_name("mapping")
# One property of a row, on a line of its own.
_OPTIONAL: Final = re.compile(r"^ *OPTIONAL \{ \?row row:(\w+) \?\w+ \}\n", re.MULTILINE)
_FORMS: Final = 512  # of queries, for as many kinds of documents


def constructed(store: ox.Store) -> Iterable[tuple[str, bytes]]:
    """Yield the name of each mapping query and what it makes of the rows in *store*, as N-Triples.

    What is optional and missing from all rows is left out of the query before it is asked. It
    would bind nothing, so the answer is the same; to plan and try it for each row is half the cost.
    """
    missing = frozenset(
        field
        for field, predicate in _optional().items()
        if next(store.quads_for_pattern(None, predicate, None), None) is None
    )
    for name in QUERIES:
        made = store.query(query(name, missing))
        assert isinstance(made, ox.QueryTriples)  # noqa: S101 (narrows the type)
        yield name, made.serialize(format=ox.RdfFormat.N_TRIPLES) or b""


@lru_cache(_FORMS)
def query(name: str, missing: frozenset[str] = frozenset()) -> str:
    """Return the mapping query *name* for rows without the fields in *missing*."""
    text = (_MAPPING / f"{name}.rq").read_text(encoding="utf-8")
    return _OPTIONAL.sub(lambda part: "" if part[1] in missing else part[0], text)


@cache
def _optional() -> dict[str, ox.NamedNode]:
    """Return the fields that a query asks for on a line of their own, each as a predicate."""
    found = (field for name in QUERIES for field in _OPTIONAL.findall(query(name)))
    return {field: ox.NamedNode(ROW + field) for field in found}
