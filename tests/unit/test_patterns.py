"""Which triples does the WHERE clause of a rule ask for?"""

import pyoxigraph as ox
import pytest

from kg.patterns import Pattern, patterns
from kg.terms import RDF, XSD

PROLOGUE = "PREFIX : <urn:> PREFIX p: <urn:p/>"
A, B, C = (ox.NamedNode(f"urn:{name}") for name in "abc")
TENTH = ox.Literal("0.10", datatype=ox.NamedNode(XSD + "decimal"))
TRUE = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
TYPE = ox.NamedNode(RDF + "type")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{ ?x :a ?y }", [("x", (A,), "y")]),
        ("{ ?x a :b . # ?x :c ?y\n }", [("x", (TYPE,), B)]),
        (
            "{ ?x :a ?y , :b ; :c 'z' . ?y ?v 0.10 ; }",
            [("x", (A,), "y"), ("x", (A,), B), ("x", (C,), ox.Literal("z")), ("y", ("v",), TENTH)],
        ),
        ("{ ?x :a/^:b+/(:c|:a)* ?y }", [("x", (A, B, C, A), "y")]),
        ("{ ?x :a [ :b ?y ; :c ?z ] ; :c ?w }", [("x", (A,), None), ("x", (C,), "w")]),
        ("{ VALUES (?p ?q) { (:a :b) (:c :a) } ?x ?p ?y }", [("x", ("p",), "y")]),
        ("{ VALUES ?p { :a :b } GRAPH ?g { ?x ?p ?y } }", [("x", ("p",), "y")]),
        ("{ BIND(IF(?a = :b, :c, ?d) AS ?x) ?x :a ?y }", [("x", (A,), "y")]),
        ("{ ?x :a ?y FILTER(?x != ?y && EXISTS { ?x :b ?y }) }", [("x", (A,), "y")]),
        ("{ FILTER NOT EXISTS { ?x :a true } }", [("x", (A,), TRUE)]),
        (
            "{ { ?x :a ?y } UNION { ?x :b ?y } OPTIONAL { ?y :c ?z } }",
            [("x", (A,), "y"), ("x", (B,), "y"), ("y", (C,), "z")],
        ),
        (
            "{ { SELECT ?x (COUNT(*) AS ?n) WHERE { ?x :a ?y } GROUP BY ?x ?y } ?x :b ?n }",
            [("x", (A,), "y"), ("x", (B,), "n")],
        ),
    ],
)
def test_patterns_are_read(
    where: str, expected: list[tuple[str, tuple[str | ox.NamedNode, ...], object]]
) -> None:
    assert patterns(PROLOGUE, where) == tuple(expected)


def test_a_pattern_matches_by_any_property_of_its_path() -> None:
    pattern = Pattern("x", (A, "p", "unbound"), B)
    found = list(pattern.matches({"x": C, "p": TYPE}))
    assert found == [ox.Triple(C, A, B), ox.Triple(C, TYPE, B)]


def test_a_pattern_with_something_unbound_matches_nothing() -> None:
    assert not list(Pattern("x", (A,), B).matches({}))
    assert not list(Pattern(A, (A,), None).matches({}))
    assert not list(Pattern("x", (A,), B).matches({"x": ox.Literal("a literal is no subject")}))
