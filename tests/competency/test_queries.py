"""Do the named queries answer from the sources? Each expectation stands in the query's header."""

import gzip
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths, queries, terms
from kg.queries import Expectation, Query
from kg.release import QUADS, Manifest
from kg.store import EmbeddedStore, ResultFormat, Store, add_union

Row = Mapping[str, str]

JSON = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
NAMED = queries.named()
EACH_QUERY = pytest.mark.parametrize("query", NAMED.values(), ids=NAMED)
EACH_ANSWER = pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(query, answer, id=f"{name}-{number}")
        for name, query in NAMED.items()
        for number, answer in enumerate(query.answers, start=1)
    ],
)
PREFIX = re.compile(r"^PREFIX (\w+): <(.+)>$", re.MULTILINE)
COLUMNS = re.compile(r"^SELECT (.+?)^WHERE", re.MULTILINE | re.DOTALL)


def solutions(store: Store, query: Query, given: Mapping[str, str]) -> ox.QuerySolutions:
    answer = store.query(query.text, solutions=JSON, bindings=queries.bindings(query, given))
    found = ox.parse_query_results(b"".join(answer.chunks), ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found


def ask(store: Store, query: Query, given: Mapping[str, str]) -> list[Row]:
    """Return the rows of the answer as a header writes them: CURIEs, and literals as their text."""
    found = solutions(store, query, given)
    names = [variable.value for variable in found.variables]
    return [
        {name: shown(term) for name in names if (term := solution[name]) is not None}
        for solution in found
    ]


def shown(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return terms.curie(term.value)
    assert isinstance(term, ox.Literal)
    return term.value


def examples(query: Query) -> dict[str, str]:
    return {parameter.name: parameter.example or "" for parameter in query.parameters}


def fits(row: Row, wanted: Row) -> bool:
    return wanted.items() <= row.items()


def missing_from_order(rows: list[Row], wanted: tuple[Row, ...]) -> Iterator[Row]:
    """Yield the first of the *wanted* rows that does not come after the one before it."""
    remaining = iter(rows)
    for want in wanted:
        if not any(fits(row, want) for row in remaining):
            yield want
            return


@EACH_ANSWER
def test_the_answer_is_what_the_source_says(
    store: Store, query: Query, expected: Expectation
) -> None:
    rows = ask(store, query, expected.given)
    assert [want for want in expected.contains if not any(fits(row, want) for row in rows)] == []
    assert [row for row in rows if any(fits(row, never) for never in expected.excludes)] == []
    assert list(missing_from_order(rows, expected.ordered)) == []
    assert expected.count in (None, len(rows))


@EACH_ANSWER
def test_an_expectation_can_fail(query: Query, expected: Expectation) -> None:
    assert expected.because
    assert expected.contains or expected.ordered
    selected = COLUMNS.search(query.text)
    assert selected
    columns = set(re.findall(r"\?(\w+)", selected[1]))
    for row in (*expected.contains, *expected.excludes, *expected.ordered):
        assert row
        assert row.keys() <= columns  # a misspelt column fits no row, so excludes none


@EACH_QUERY
def test_the_header_is_whole(query: Query) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", query.name)
    assert re.match(r"CQ[0-9]+\. [A-Z].+\?$", query.question)
    assert query.title
    assert query.description
    assert query.answers
    assert all(parameter.description and parameter.example for parameter in query.parameters)
    assert queries.bindings(query, examples(query)).keys() == examples(query).keys()


@EACH_QUERY
def test_the_order_and_the_prefixes_are_declared(query: Query) -> None:
    assert re.search(r"^ORDER BY ", query.text, re.MULTILINE)
    declared = dict(PREFIX.findall(query.text))
    assert declared.items() <= terms.PREFIXES.items()
    assert list(declared) == sorted(declared)
    body = PREFIX.sub("", re.sub(r"^#\+.*$", "", query.text, flags=re.MULTILINE))
    assert [prefix for prefix in declared if not re.search(rf"\b{prefix}:", body)] == []
    ox.Store().query(query.text)  # a SyntaxError if a prefix were implied


@EACH_QUERY
def test_every_parameter_is_a_column_of_the_answer(store: Store, query: Query) -> None:
    found = solutions(store, query, examples(query))
    bound = queries.bindings(query, examples(query))
    columns = {variable.value for variable in found.variables}
    assert bound.keys() <= columns
    assert {"source", "section", "line"} <= columns
    for solution in found:
        assert {name: solution[name] for name in bound} == bound


@EACH_QUERY
def test_nothing_is_known_of_what_does_not_exist(store: Store, query: Query) -> None:
    assert ask(store, query, examples(query))
    for parameter in query.parameters:
        if parameter.type == "iri":
            assert ask(store, query, examples(query) | {parameter.name: "id:nothing"}) == []


def test_every_competency_question_has_a_query() -> None:
    asked = {query.question.partition(".")[0] for query in NAMED.values()}
    assert asked >= {f"CQ{number}" for number in range(1, 11)}


def test_every_query_is_in_the_list_of_questions() -> None:
    text = (paths.root() / "docs" / "questions.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (CQ[0-9]+) \| (.+?) \| `([a-z-]+)` \|", text, re.MULTILINE)
    in_headers = [
        (*query.question.split(". ", 1), name) for name, query in NAMED.items() if query.question
    ]
    assert sorted(listed) == sorted(in_headers)


OTHER_SOURCE = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX id: <https://w3id.org/drugkg/id/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX src: <https://w3id.org/drugkg/source/>
INSERT DATA { GRAPH <https://w3id.org/drugkg/graph/test> {
    id:claim-kesimpta-side-effect-coughs dkg:hasEvidenceLine id:other-line .
    id:other-line dkg:direction dkg:%s ; prov:wasDerivedFrom src:other .
    %s
} }
"""


@pytest.mark.parametrize(
    ("direction", "more", "rests_on_the_page"),
    [
        ("Supports", "", False),
        ("Disputes", "", True),
        ("Mentions", "", True),
        ("Supports", "src:other prov:wasRevisionOf src:mstrust-kesimpta .", True),
        ("Supports", "src:mstrust-kesimpta prov:wasRevisionOf src:other .", True),
        ("Supports", "src:other prov:wasRevisionOf src:another .", False),
    ],
)
def test_a_claim_that_another_source_supports_does_not_rest_on_the_page_alone(
    release: Path, direction: str, more: str, *, rests_on_the_page: bool
) -> None:
    engine = ox.Store()
    quads = gzip.decompress((release / QUADS).read_bytes())
    engine.load(io.BytesIO(quads), ox.RdfFormat.N_QUADS)
    engine.update(OTHER_SOURCE % (direction, more))
    add_union(engine)
    store = EmbeddedStore(engine, Manifest.read(release))
    rows = ask(store, NAMED["page-only-claims"], {"source": "src:mstrust-kesimpta"})
    found = {row["claim"] for row in rows}
    assert ("id:claim-kesimpta-side-effect-coughs" in found) == rests_on_the_page
    assert "id:claim-kesimpta-testimony-control" in found
