"""Is a query file read as it is written, and are its parameters bound as typed terms?"""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import queries
from kg.errors import ParameterError, QueryHeaderError, UnknownQueryError
from kg.queries import Expectation, Parameter, Query
from kg.terms import ID, XSD

TEXT = """\
#+ title: Things
#+ description: One row for each thing.
#+ question: "CQ0: which things?"
#+ parameters:
#+   thing: {type: iri, default: id:thing, description: A thing., example: id:other}
#+   share: {type: decimal, default: 0.10}
#+   country: {type: string, enum: [NO, SE], default: NO}
#+   start: {type: date, example: "2026-01-05"}
#+ answers:
#+   - given: {start: "2026-01-05"}
#+     contains: [{name: a}]
#+     ordered: [{name: a}, {name: b}]
#+     count: 2
#+     because: page 1
PREFIX id: <https://w3id.org/drugkg/id/>
  prefix e: <http://e/>
SELECT * WHERE { }
"""


@pytest.fixture
def query() -> Query:
    return queries.parse("things", TEXT, "things.rq")


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


def test_header_is_read(query: Query) -> None:
    assert (query.name, query.title, query.question) == ("things", "Things", "CQ0: which things?")
    assert query.parameters[0] == Parameter("thing", "iri", "A thing.", "id:thing", (), "id:other")
    assert query.answers == (
        Expectation(
            because="page 1",
            given={"start": "2026-01-05"},
            contains=({"name": "a"},),
            ordered=({"name": "a"}, {"name": "b"}),
            count=2,
        ),
    )


def test_yaml_does_not_change_what_is_written(query: Query) -> None:
    defaults = {parameter.name: parameter.default for parameter in query.parameters}
    assert (defaults["share"], defaults["country"]) == ("0.10", "NO")


def test_text_stays_plain_sparql(query: Query) -> None:
    assert query.text == TEXT


def test_query_without_header_has_no_parameters() -> None:
    query = queries.parse("-", "ASK { }", "standard input")
    assert queries.bindings(query, {}) == {}


def test_values_become_typed_terms(query: Query) -> None:
    assert queries.bindings(query, {"start": "2028-02-29", "thing": "http://e/x"}) == {
        "thing": ox.NamedNode("http://e/x"),
        "share": literal("0.10", "decimal"),
        "country": ox.Literal("NO"),
        "start": literal("2028-02-29", "date"),
    }


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("id:x", ID + "x"),
        ("e:x", "http://e/x"),
        ("dkg:x", "https://w3id.org/drugkg/vocab#x"),
        ("urn:x:y", "urn:x:y"),
        ("<urn:x:y>", "urn:x:y"),
        ("<https://w3id.org/drugkg/id/x>", ID + "x"),
        ("https://w3id.org/drugkg/id/x", ID + "x"),
    ],
)
def test_iri_may_use_a_prefix(query: Query, text: str, iri: str) -> None:
    assert queries.term("iri", text, query.prefixes()) == ox.NamedNode(iri)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1_0"),
        ("integer", "\N{ARABIC-INDIC DIGIT ONE}"),
        ("integer", "1.0"),
        ("integer", "1\n"),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("decimal", "."),
        ("date", "2026-02-31"),
        ("date", "2026-1-5"),
        ("date", "20260105"),
        ("date", "0000-01-01"),
        ("iri", "no scheme"),
        ("iri", "prefixes:x"),
        ("iri", "<x>"),
        ("iri", "http://a b"),
        ("iri", ""),
    ],
)
def test_value_of_a_wrong_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|day is out of range|year 0 is out"):
        queries.term(kind, text, {})


@pytest.mark.parametrize("text", ["2026-01-05Z", "2026-01-05+01:00"])
def test_date_may_have_a_zone(text: str) -> None:
    assert queries.term("date", text, {}) == literal(text, "date")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "start: has no default and needs a value, for example 2026-01-05"),
        ({"start": "2026-01-05", "stop": "x"}, "stop: not one of: thing, share, country, start"),
        ({"start": "soon"}, "'soon' is not an xsd:date"),
        ({"start": "2026-01-05", "country": "DK"}, "'DK' is not one of: NO, SE"),
    ],
)
def test_wrong_parameter_is_named(query: Query, given: dict[str, str], fault: str) -> None:
    with pytest.raises(ParameterError, match=fault):
        queries.bindings(query, given)


@pytest.mark.parametrize(
    "header",
    [
        "#+ titel: Things",
        "#+ parameters: {x: {type: float}}",
        "#+ parameters: {x: {default: y}}",
        "#+ parameters: {x: {type: iri, unit: mg}}",
        "#+ parameters: x",
        "#+ answers: [{contains: [{a: b}]}]",
        "#+ answers: [{because: y, count: many}]",
        "#+ title: [",
        "#+ just text",
    ],
)
def test_faulty_header_is_refused_with_its_place(header: str) -> None:
    with pytest.raises(QueryHeaderError, match=r"x\.rq"):
        queries.parse("x", f"{header}\nASK {{ }}", "x.rq")


def test_named_queries_are_the_files_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "things.rq").write_text(TEXT, encoding="utf-8")
    assert list(queries.named(tmp_path)) == ["things"]
    assert queries.find("things", tmp_path).title == "Things"
    with pytest.raises(UnknownQueryError, match="there are: things"):
        queries.find("../things", tmp_path)
