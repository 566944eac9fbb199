"""Literals without a value."""

import pyoxigraph as ox
import pytest

from kg.literals import malformed
from kg.terms import XSD


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("boolean", "true", "yes"),
        ("date", "2024-02-29", "2023-02-29"),
        ("dateTime", "2024-02-29T10:00:00Z", "2024-02-29"),
        ("decimal", "0.10", "0,10"),
        ("duration", "P7D", "P1W"),
        ("gYear", "2020", "20"),
        ("gYearMonth", "2020-05", "2020-13"),
        ("integer", "-12", "1.0"),
        ("nonNegativeInteger", "12", "twelve"),
        ("positiveInteger", "12", "1_0"),
    ],
)
def test_only_text_outside_the_lexical_space_is_found(name: str, good: str, bad: str) -> None:
    datatype = ox.NamedNode(XSD + name)
    literals = [ox.Literal(good, datatype=datatype), ox.Literal(bad, datatype=datatype)]
    assert malformed(literals) == {literals[1]}


def test_strings_always_have_a_value() -> None:
    assert malformed([ox.Literal("P1W"), ox.Literal("P1W", language="en")]) == frozenset()
