"""Is a query for another engine changed only where that is safe, and is no secret shown?"""

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engines import Address, Endpoint, read
from kg.engines.lexer import tokens, unescaped
from kg.engines.literals import sent, text
from kg.engines.profiles import PROFILES, STANDARD, VIRTUOSO
from kg.engines.question import Question, parse, refuse_schemes
from kg.errors import (
    AddressError,
    AnswerCutError,
    EngineTimeoutError,
    EngineUnreachableError,
    UnevaluableQueryError,
)
from kg.store import BASE, Dataset, ResultFormat, Store

JSON = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
X = ox.NamedNode("http://e/x")


@given(st.text())
def test_literal_is_read_back_as_it_was(value: str) -> None:
    literal = ox.Literal(value.encode("utf-8", "replace").decode())
    found = ox.Store().query(f"SELECT ({text(literal, STANDARD)} AS ?x) {{ }}")
    assert isinstance(found, ox.QuerySolutions)
    assert next(found)["x"] == literal


@given(st.text(alphabet="\\uU0025\"'}{ nA\n"))
def test_literal_stays_one_token_however_escapes_are_read(value: str) -> None:
    written = text(ox.Literal(value), STANDARD)
    for reading in (written, unescaped(written)):  # SPARQL 1.1 §19.2: before all else, or not
        assert [each.text for each in tokens(reading)] == [reading]
        found = ox.Store().query(f"SELECT ({reading} AS ?x) {{ }}")
        assert isinstance(found, ox.QuerySolutions)
        assert next(found)["x"] == ox.Literal(value)


def test_value_that_cannot_stand_in_a_place_is_joined() -> None:
    for query in ("SELECT ?x { FILTER(BOUND(?x)) }", "SELECT * { ?x ?p ?o }"):
        found = Question.read(query).bound({"x": X}, STANDARD)
        assert "VALUES (?x) { (<http://e/x>) }" in found.text
        parse(found.text)


@pytest.mark.parametrize(
    ("form", "instead"),
    [("P14D", "P14DT0S"), ("PT0S", "P0DT0S"), ("P1DT2H", "P1DT2H"), ("-P3D", "-P3DT0S")],
)
def test_duration_is_sent_in_a_form_that_is_kept(form: str, instead: str) -> None:
    duration = ox.NamedNode("http://www.w3.org/2001/XMLSchema#duration")
    assert sent(ox.Literal(form, datatype=duration), VIRTUOSO) == instead
    assert sent(ox.Literal(form, datatype=duration), STANDARD) == form


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("SELECT ?x ?y { ?x a ?y }", "SELECT (<http://e/x> AS ?x) ?y { <http://e/x> a ?y }"),
        ("SELECT $x { ?s ?p $x # ?x\n }", None),
        ("SELECT ?x { BIND(STR(?x) AS ?y) FILTER(?y != '?x') }", None),
        ("SELECT ?x ?n { { SELECT ?x (COUNT(*) AS ?n) { ?x ?p ?o } GROUP BY ?x } }", None),
        ("SELECT ?x ?n { ?s ?p ?n { SELECT ?n { ?x ?n ?o } } }", None),  # another ?x
        ("SELECT ?x { VALUES ?x { <http://e/x> } ?x ?p ?o }", None),
        ("SELECT * { ?x ?p ?o }", None),
        ("ASK { ?x ?p ?o }", "ASK { <http://e/x> ?p ?o }"),
        ("CONSTRUCT { ?x a ?o } WHERE { ?x ?p ?o }", None),
        ("SELECT ?x { ?s ?p ?o OPTIONAL { ?s ?p ?x } } ORDER BY ?x LIMIT 3", None),
        ("PREFIX x: <http://e/> SELECT ?x { x:x x:x ?x . ?xx ?x_ ?x }", None),
    ],
)
def test_bound_query_answers_as_a_substitution_does(query: str, bound: str | None) -> None:
    found = Question.read(query).bound({"x": X}, STANDARD).text
    if bound:
        assert found.split() == bound.split()
    engine = ox.Store()
    engine.update(
        "PREFIX e: <http://e/> INSERT DATA { e:x a e:T ; e:p e:y . e:y e:p e:x . e:x e:x e:x . "
        "e:s e:p e:n . e:x e:n 1 . e:other e:n 2 }"
    )
    assert answers(engine, found) == answers(engine, query, {ox.Variable("x"): X})


def answers(engine: ox.Store, query: str, values: object = None) -> object:
    found = engine.query(query, base_iri=BASE, substitutions=values)  # type: ignore[arg-type]
    match found:
        case ox.QuerySolutions():
            names = [each.value for each in found.variables]
            return sorted(
                str({name: str(row[name]) for name in sorted(names) if row[name]}) for row in found
            )
        case ox.QueryTriples():
            return {str(each) for each in found}
    return bool(found)


@pytest.mark.parametrize(
    "value",
    [
        'x" } SELECT * { ?s ?p ?o } #',
        "x' } #",
        '\\" } SELECT * { ?s ?p ?o } #',
        "\\u0022 } SELECT * { ?s ?p ?o } #",
        "\n}\n",
        "\\",
    ],
)
def test_value_stays_a_value(small_store: Store, value: str) -> None:
    query = "SELECT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
    bound = Question.read(query).bound({"label": ox.Literal(value)}, STANDARD)
    parse(bound.text)
    answer = small_store.query(bound.text, solutions=JSON)
    assert b'"bindings":[]' in b"".join(answer.chunks)


def test_dataset_takes_the_place_of_from() -> None:
    question = Question.read(
        "PREFIX e: <http://e/> SELECT (COUNT(*) AS ?n) # FROM <no>\nFROM e:a FROM NAMED <b>\n"
        "WHERE { GRAPH ?g { ?s e:FROM 'FROM <http://e/c>' } }"
    )
    assert question.own_dataset() == Dataset(
        (ox.NamedNode("http://e/a"),), (ox.NamedNode(BASE + "b"),)
    )
    selected = question.selecting(Dataset((X,)))
    assert selected.own_dataset() == Dataset((X,), (ox.NamedNode("urn:x-drugkg:nothing"),))
    parse(selected.text)


def test_parsing_evaluates_nothing() -> None:
    numbers = " ".join(map(str, range(1000)))
    product = " ".join(f"VALUES ?v{i} {{ {numbers} }}" for i in range(4))
    parse(f"SELECT (COUNT(*) AS ?n) {{ {product} }} ORDER BY ?n")
    parse(f"ASK {{ {product} FILTER(?v0 + ?v1 < 0) }}")
    with pytest.raises(SyntaxError):
        parse("SELECT * { ?s ?p }")


@pytest.mark.parametrize("text", ["SELECT (<http://e/f>(1) AS ?x) {}", "SELECT ?x { ?x a <bi> }"])
def test_other_functions_are_left_to_the_engine(text: str) -> None:
    refuse_schemes(text, VIRTUOSO)


def test_address_holds_all_and_shows_no_secret() -> None:
    address = read("sparql+https://me:s%40crt@host:8890/sparql#engine=virtuoso&seconds=5", {})
    assert address.queries == "https://host:8890/sparql"
    assert address.updates == "https://host:8890/sparql-auth"
    assert address.graphs == "https://host:8890/sparql-graph-crud-auth"
    assert (address.authentication, address.user, address.password) == ("digest", "me", "s@crt")
    assert address.seconds == 5
    assert "s@crt" not in f"{address} {address!r}"


def test_secrets_may_stand_in_the_environment() -> None:
    environment = {"DRUGKG_STORE_USER": "me", "DRUGKG_STORE_PASSWORD": "secret"}
    assert read("sparql+http://host/q", environment).authentication == "basic"
    assert read("sparql+http://host/q", {"DRUGKG_STORE_TOKEN": "t"}).authentication == "bearer"
    assert read("sparql+http://host/q", {}).authentication == "none"
    assert (
        read("sparql+http://[::1]:7878/#engine=oxigraph", {}).queries == "http://[::1]:7878/query"
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://me:hidden@host/",
        "sparql+http:///",
        "sparql+http://me:hidden@host:no/",
        "sparql+http://me:hidden@host/#engine=none",
        "sparql+http://me:hidden@host/#other=1",
        "sparql+http://me:hidden@host/#seconds=-1",
        "sparql+http://me:hidden@host/#auth=magic",
    ],
)
def test_wrong_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(AddressError) as caught:
        read(address, {})
    assert "hidden" not in str(caught.value)


Reply = Callable[[http.server.BaseHTTPRequestHandler], None]


@pytest.fixture
def replying() -> Iterator[Callable[[Reply], Endpoint]]:
    """Return a function that serves one reply to everything, and speaks with it."""
    servers = []

    def start(reply: Reply) -> Endpoint:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                reply(self)

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}/"
        return Endpoint(Address(STANDARD, place, place, None, "none", seconds=1))

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def status(code: int, **headers: str) -> Reply:
    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"no")

    return reply


def broken(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"head": {"vars": ["x"]}, "results": {"bindings": [')


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (status(401), EngineUnreachableError),
        (status(403), EngineUnreachableError),
        (status(400), UnevaluableQueryError),
        (status(500), UnevaluableQueryError),
        (status(302, Location="http://127.0.0.1:1/"), UnevaluableQueryError),
        (status(504), EngineTimeoutError),
        (status(206), AnswerCutError),
        (status(200), AnswerCutError),  # not JSON
        (broken, AnswerCutError),
    ],
)
def test_no_failure_looks_like_an_answer(
    replying: Callable[[Reply], Endpoint], reply: Reply, error: type[Exception]
) -> None:
    endpoint = replying(reply)
    with (
        pytest.raises(error),
        endpoint.solutions(Question.read("SELECT * { }")) as found,
    ):
        list(found)  # type: ignore[arg-type]


def test_engine_that_is_not_there_is_unreachable() -> None:
    endpoint = Endpoint(Address(STANDARD, "http://127.0.0.1:1/", "", None, "none", seconds=1))
    with (
        pytest.raises(EngineUnreachableError),
        endpoint.solutions(Question.read("SELECT * { }")),
    ):
        pass


def test_every_engine_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    for profile in PROFILES.values():
        assert f"`{profile.name}`" in page
        for each in profile.unsound:
            assert f"`{each}`" in page
