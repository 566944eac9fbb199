"""Does each engine answer as the embedded store does?

python -m pytest -m engines tests/engines
"""

import json
from collections import Counter
from typing import Any

import pyoxigraph as ox
import pytest

from kg import queries
from kg.engines import RemoteStore
from kg.errors import KgError, UnevaluableQueryError
from kg.store import Answer, GraphFormat, ResultFormat, Store
from tests.engines.deviations import DEVIATIONS
from tests.engines.questions import QUESTIONS, Asked

pytestmark = pytest.mark.engines
JSON = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
TRIPLES = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
NAMED = {
    f"{name}-{number}": (name, queries.bindings(query, each))
    for name, query in queries.named().items()
    for number, each in enumerate([answer.given for answer in query.answers] or [{}])
}


def content(answer: Answer) -> Any:  # noqa: ANN401 (of three kinds)
    """Return what an answer holds, whatever the order of its rows."""
    text = b"".join(answer.chunks)
    if answer.kind == "graph":
        return Counter(text.splitlines())
    members = json.loads(text)
    if answer.kind == "boolean":
        return members["boolean"]
    rows = members["results"]["bindings"]
    return members["head"]["vars"], Counter(json.dumps(row, sort_keys=True) for row in rows)


def ask(store: Store, asked: Asked) -> Any:  # noqa: ANN401 (as above)
    return content(store.query(asked.text, dataset=asked.dataset, solutions=JSON, graph=TRIPLES))


def check(engine: RemoteStore, name: str, same: bool, error: KgError | None) -> None:  # noqa: FBT001
    reason = DEVIATIONS.get((engine.profile.name, name))
    if reason is None:
        assert error is None, error
        assert same
    else:
        assert not same, f"{name} no longer deviates: {reason}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_feature(engine: RemoteStore, store: Store, name: str) -> None:
    found, error = None, None
    try:
        found = ask(engine, QUESTIONS[name])
    except UnevaluableQueryError as raised:
        error = raised
    check(engine, name, found == ask(store, QUESTIONS[name]), error)


@pytest.mark.parametrize("name", NAMED)
def test_named_query(engine: RemoteStore, store: Store, name: str) -> None:
    query, bindings = NAMED[name]
    text = queries.find(query).text
    found, error = None, None
    try:
        found = content(engine.query(text, solutions=JSON, graph=TRIPLES, bindings=bindings))
    except UnevaluableQueryError as raised:
        error = raised
    expected = content(store.query(text, solutions=JSON, graph=TRIPLES, bindings=bindings))
    check(engine, query, found == expected, error)


@pytest.mark.parametrize("syntax", [ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV])
def test_tables_are_those_of_the_standard(
    engine: RemoteStore, store: Store, syntax: ox.QueryResultsFormat
) -> None:
    form = ResultFormat(syntax.media_type, syntax)
    text = QUESTIONS["literals"].text

    def lines(each: Store) -> list[bytes]:
        return sorted(b"".join(each.query(text, solutions=form).chunks).splitlines())

    assert lines(engine) == lines(store)


@pytest.mark.parametrize(
    "syntax", [ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML, ox.RdfFormat.TRIG]
)
def test_graphs_come_in_every_format(
    engine: RemoteStore, store: Store, syntax: ox.RdfFormat
) -> None:
    form = GraphFormat(syntax.media_type, syntax)
    text = QUESTIONS["construct-where"].text

    def triples(each: Store) -> set[ox.Triple]:
        answer = b"".join(each.query(text, graph=form).chunks)
        return {quad.triple for quad in ox.parse(answer, syntax)}

    assert triples(engine) == triples(store)


def test_quads_by_every_pattern(engine: RemoteStore, store: Store) -> None:
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    drug = ox.NamedNode("https://w3id.org/drugkg/id/kesimpta")
    patterns = [(drug, None, None), (drug, label, None), (None, label, None), (None, None, drug)]
    for pattern in patterns:
        assert set(engine.quads(*pattern)) == set(store.quads(*pattern))


def test_every_deviation_names_a_question() -> None:
    assert {name for _, name in DEVIATIONS} <= set(QUESTIONS) | set(queries.named())
