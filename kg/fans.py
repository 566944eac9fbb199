"""Count how far each predicate of a release fans out, so that queries can be judged by it."""

from typing import Final

import pyoxigraph as ox

_COUNTED: Final = """SELECT ?predicate (SUM(?n) AS ?all) (COUNT(?node) AS ?nodes) (MAX(?n) AS ?most)
{ SELECT ?predicate ?node (COUNT(*) AS ?n) { %s } GROUP BY ?predicate ?node } GROUP BY ?predicate"""


def fans(engine: ox.Store) -> dict[str, list[int]]:
    """Return five counts of each predicate, by IRI; the default graph of *engine* is the union.

    They are its triples, their subjects and objects, and the most triples that one subject has, and
    that one object has.
    """
    forth = _counts(engine, "?node ?predicate ?other")
    back = _counts(engine, "?other ?predicate ?node")
    return {
        name: [triples, subjects, back[name][1], most, back[name][2]]
        for name, (triples, subjects, most) in sorted(forth.items())
    }


def _counts(engine: ox.Store, pattern: str) -> dict[str, tuple[int, int, int]]:
    found = engine.query(_COUNTED % pattern)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (a SELECT)
    counts = {}
    for row in found:
        name, *numbers = (row[variable].value for variable in found.variables)
        counts[name] = (int(numbers[0]), int(numbers[1]), int(numbers[2]))
    return counts
