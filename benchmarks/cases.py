"""Time pairs of queries that mean the same and that the engine plans very differently.

Usage: python -m benchmarks.cases [NUMBER OF THINGS]

Each case is as small as it can be and needs nothing of ours, so that it can be reported to those
who make the engine: run it with another version of pyoxigraph to see whether it still holds.
"""

import sys
import time
from collections import Counter
from importlib import metadata
from typing import Final, NamedTuple

import pyoxigraph as ox

_THINGS: Final = 50_000
_EACH: Final = 40  # things of one owner
_KINDS: Final = 60
_PREFIX: Final = "PREFIX : <http://example.org/> "


class Case(NamedTuple):
    """Hold two forms of one query."""

    name: str
    slow: str
    fast: str


CASES: Final = (
    Case(
        "two things named, one variable between them",
        "SELECT ?kind { ?a :owner :o1 ; :kind ?kind . ?b :owner :o2 ; :kind ?kind }",
        "SELECT ?kind { { SELECT ?a ?kind { ?a :owner :o1 ; :kind ?kind } }"
        " { SELECT ?b ?kind { ?b :owner :o2 ; :kind ?kind } } }",
    ),
    Case(
        "FILTER NOT EXISTS over what another thing has",
        "SELECT ?kind { ?a :owner :o1 ; :kind ?kind"
        " FILTER NOT EXISTS { ?b :owner :o2 ; :kind ?kind } }",
        "SELECT ?kind { ?a :owner :o1 ; :kind ?kind MINUS { ?b :owner :o2 ; :kind ?kind } }",
    ),
    Case(
        "MINUS before the patterns that bind what it shares",
        "SELECT ?a { ?a :owner ?owner MINUS { ?a :kind :k1 } ?owner :name 'owner 1' }",
        "SELECT ?a { ?a :owner ?owner . ?owner :name 'owner 1' MINUS { ?a :kind :k1 } }",
    ),
)


def data(things: int) -> ox.Store:
    """Return a store of *things*, each with an owner and a kind."""
    owner, kind, name = (ox.NamedNode(f"http://example.org/{each}") for each in _PROPERTIES)
    store = ox.Store()
    quads = []
    for number in range(things):
        thing = ox.NamedNode(f"http://example.org/t{number}")
        place = number // _EACH
        named = ox.NamedNode(f"http://example.org/o{place}")
        which = number * 7 % _KINDS
        quads.append(ox.Quad(thing, owner, named))
        quads.append(ox.Quad(thing, kind, ox.NamedNode(f"http://example.org/k{which}")))
        if number % _EACH == 0:
            quads.append(ox.Quad(named, name, ox.Literal(f"owner {place}")))
    store.extend(quads)
    return store


_PROPERTIES: Final = ("owner", "kind", "name")


def answer(store: ox.Store, query: str) -> Counter[str]:
    """Return the solutions of *query*, each with how often it comes."""
    found = store.query(_PREFIX + query)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (each is a SELECT)
    return Counter(str(solution) for solution in found)


def main() -> None:
    """Print a table of milliseconds."""
    store = data(int(sys.argv[1]) if sys.argv[1:] else _THINGS)
    print(f"pyoxigraph {metadata.version('pyoxigraph')}, {len(store):,} triples\n")
    print("| case | ms | ms in the other form |\n| --- | --- | --- |")
    for case in CASES:
        times = []
        for query in (case.slow, case.fast):
            begin = time.perf_counter()
            answer(store, query)
            times.append((time.perf_counter() - begin) * 1000)
        print(f"| {case.name} | {times[0]:,.1f} | {times[1]:,.2f} |")


if __name__ == "__main__":
    main()
