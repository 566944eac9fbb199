"""Do answers become plain rows, whatever form the query has?"""

import json

import pyoxigraph as ox
import pytest

from kg import paths
from kg.context import Context
from kg.queries import parse
from kg.query_corpus import form
from kg.rows import Page

CONTEXT = Context(paths.ONTOLOGY / "context.jsonld")


def page(query: str, offset: int = 0, limit: int = 10) -> Page:
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
    content = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert content is not None
    return Page.of(content, offset, limit)


def test_values_are_plain_and_what_is_not_bound_is_null() -> None:
    text = """SELECT ?a ?b ?c ?d ?e { VALUES (?a ?b ?c ?d ?e) {
        (<https://w3id.org/drugkg/id/x> 7 true 0.10 UNDEF) } }"""
    expected = {"a": "id:x", "b": 7, "c": True, "d": "0.1", "e": None}
    assert page(text).rows(CONTEXT) == [expected]


def test_yes_or_no_is_a_table_of_one_cell() -> None:
    assert page("ASK {}").rows(CONTEXT) == [{"answer": True}]


def test_page_is_a_part_and_knows_the_whole() -> None:
    text = "SELECT ?a { VALUES ?a { 1 2 3 4 } }"
    assert page(text, 1, 2).rows(CONTEXT) == [{"a": 2}, {"a": 3}]
    assert page(text, 1, 2).total == 4
    assert page(text, 1, 2).written(ox.QueryResultsFormat.CSV).decode().split() == ["a", "2", "3"]
    written = json.loads(page(text, 3, 2).written(ox.QueryResultsFormat.JSON))
    assert len(written["results"]["bindings"]) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# SELECT\nPREFIX ask: <http://x/construct> ASK {}", "ask"),
        ("PREFIX a: <b> CONSTRUCT WHERE {?s ?p ?o}", "construct"),
        ("select * {}", "select"),
    ],
)
def test_form_is_read_from_code_and_not_from_comments(text: str, expected: str) -> None:
    assert form(parse("x", text, "x")) == expected
