"""Count how far each predicate of a release fans out, so that queries can be judged by it."""

from typing import Final

import pyoxigraph as ox

from kg.terms import ID

FORTH: Final = "?node ?predicate ?other"  # triples of which ?node is subject
BACK: Final = "?other ?predicate ?node"
_COUNTED: Final = """SELECT ?predicate (SUM(?n) AS ?all) (COUNT(?node) AS ?nodes) (MAX(?n) AS ?most)
{ SELECT ?predicate ?node (COUNT(*) AS ?n) { %s } GROUP BY ?predicate ?node } GROUP BY ?predicate"""
# How many triples one node is subject or object of, and of which predicates it stands at an end.
_LISTED: Final = """SELECT ?predicate (MAX(?n) AS ?most)
{ { SELECT ?node (COUNT(*) AS ?n) { %s } GROUP BY ?node } %s } GROUP BY ?predicate"""
# What one entity of ours is at most subject of, or object of; the pattern says which.
ENTITIES: Final = f"""SELECT (COALESCE(MAX(?n), 0) AS ?most) {{
    SELECT (COUNT(*) AS ?n) {{ %s FILTER(STRSTARTS(STR(?node), "{ID}")) }} GROUP BY ?node
}}"""


def fans(engine: ox.Store) -> dict[str, list[int]]:
    """Return nine counts of each predicate, by IRI; the default graph of *engine* is the union.

    They are its triples, their subjects and objects, the most triples of it that one subject has,
    and that one object has; then the most triples of any predicate that one of its subjects is
    subject of, and object of, and that one of its objects is subject of, and object of.
    """
    forth, back = (_rows(engine, _COUNTED % pattern) for pattern in (FORTH, BACK))
    lists = [
        _rows(engine, _LISTED % (role, end)) for end in (FORTH, BACK) for role in (FORTH, BACK)
    ]
    return {
        name: [triples, subjects, back[name][1], most, back[name][2]]
        + [each.get(name, [0])[0] for each in lists]
        for name, (triples, subjects, most) in sorted(forth.items())
    }


def entities(engine: ox.Store) -> list[int]:
    """Return the most triples that one entity of ours is subject of, and object of."""
    return [_rows(engine, ENTITIES % pattern)[""][0] for pattern in (FORTH, BACK)]


def _rows(engine: ox.Store, text: str) -> dict[str, list[int]]:
    """Return the numbers that *text* selects, by predicate if it selects any."""
    found = engine.query(text)
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (a SELECT)
    rows = {}
    for row in found:
        values = [row[variable].value for variable in found.variables]
        name = values.pop(0) if found.variables[0].value == "predicate" else ""
        rows[name] = [int(value) for value in values]
    return rows
