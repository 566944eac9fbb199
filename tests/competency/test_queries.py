"""Do the named queries answer from the sources? Each expectation stands in the query's header."""

import gzip
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths, queries, query_corpus, terms
from kg.queries import Expectation, Query
from kg.release import QUADS, Manifest
from kg.store import EmbeddedStore, GraphFormat, ResultFormat, Store, add_union

Row = Mapping[str, str]

JSON = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
N_TRIPLES = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
NAMED = queries.named()
GRAPHS = {name for name, query in NAMED.items() if query_corpus.form(query) == "construct"}
TABLES = {name: query for name, query in NAMED.items() if name not in GRAPHS}
EACH_TABLE = pytest.mark.parametrize("query", TABLES.values(), ids=TABLES)
EACH_QUERY = pytest.mark.parametrize("query", NAMED.values(), ids=NAMED)
EACH_ANSWER = pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(query, answer, id=f"{name}-{number}")
        for name, query in NAMED.items()
        for number, answer in enumerate(query.answers, start=1)
    ],
)
NUMERIC = ("decimal", "double", "duration", "integer", "nonNegativeInteger", "positiveInteger")
FIGURES = [ox.NamedNode(terms.XSD + name) for name in NUMERIC]
PREFIX = re.compile(r"^PREFIX (\w+): <(.+)>$", re.MULTILINE)
TRIPLE = ("subject", "predicate", "object")
COLUMNS = re.compile(r"^SELECT (.+?)^WHERE", re.MULTILINE | re.DOTALL)


def solutions(store: Store, query: Query, given: Mapping[str, str]) -> ox.QuerySolutions:
    answer = store.query(query.text, solutions=JSON, bindings=queries.bindings(query, given))
    found = ox.parse_query_results(b"".join(answer.chunks), ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found


def ask(store: Store, query: Query, given: Mapping[str, str]) -> list[Row]:
    """Return the rows of the answer as a header writes them: CURIEs, and literals as their text.

    The rows of a graph are its triples, in columns called subject, predicate and object.
    """
    if query.name in GRAPHS:
        bound = queries.bindings(query, given)
        answer = store.query(query.text, graph=N_TRIPLES, bindings=bound)
        triples = ox.parse(b"".join(answer.chunks), format=ox.RdfFormat.N_TRIPLES)
        return [dict(zip(TRIPLE, map(shown, quad.triple), strict=True)) for quad in triples]
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
    columns = set(TRIPLE)
    if query.name in TABLES:
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
    assert query.name in GRAPHS or re.search(r"^ORDER BY ", query.text, re.MULTILINE)
    declared = dict(PREFIX.findall(query.text))
    assert declared.items() <= terms.PREFIXES.items()
    assert list(declared) == sorted(declared)
    body = PREFIX.sub("", re.sub(r"^#\+.*$", "", query.text, flags=re.MULTILINE))
    assert [prefix for prefix in declared if not re.search(rf"\b{prefix}:", body)] == []
    ox.Store().query(query.text)  # a SyntaxError if a prefix were implied


@EACH_TABLE
def test_every_parameter_is_a_column_of_the_answer(store: Store, query: Query) -> None:
    found = solutions(store, query, examples(query))
    bound = queries.bindings(query, examples(query))
    columns = {variable.value for variable in found.variables}
    assert bound.keys() <= columns
    assert {"source", "section", "line"} <= columns
    for solution in found:
        assert {name: solution[name] for name in bound} == bound


@EACH_ANSWER
def test_every_number_has_its_place(store: Store, query: Query, expected: Expectation) -> None:
    if query.name in GRAPHS:
        return  # its numbers stand on nodes that lead to their places
    found = solutions(store, query, expected.given)
    columns = {variable.value for variable in found.variables}
    for solution in found:
        row = {name: term for name in columns if (term := solution[name]) is not None}
        numbers = {name for name, term in row.items() if is_figure(name, term)}
        if numbers - set(expected.given):
            assert {"page", "quote"} <= columns
            assert {"source", "section"} <= row.keys()


def is_figure(column: str, term: object) -> bool:
    """Tell a figure that a source states from the number of the line or page it stands on."""
    counts_lines = column.lower().endswith(("line", "page"))
    return isinstance(term, ox.Literal) and term.datatype in FIGURES and not counts_lines


@EACH_QUERY
def test_nothing_is_known_of_what_does_not_exist(store: Store, query: Query) -> None:
    assert ask(store, query, examples(query))
    for parameter in query.parameters:
        if parameter.type == "iri":
            assert ask(store, query, examples(query) | {parameter.name: "id:nothing"}) == []


def test_every_competency_question_has_a_query() -> None:
    asked = {query.question.partition(".")[0] for query in NAMED.values()}
    assert asked == {f"CQ{number}" for number in range(1, 21)}


def test_every_query_is_in_the_list_of_questions() -> None:
    text = (paths.root() / "docs" / "questions.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (CQ[0-9]+) \| (.+?) \| `([a-z-]+)` \|", text, re.MULTILINE)
    in_headers = [
        (*query.question.split(". ", 1), name) for name, query in NAMED.items() if query.question
    ]
    assert sorted(listed) == sorted(in_headers)


def changed(release: Path, update: str) -> Store:
    """Return a store of *release* in which *update* was made."""
    engine = ox.Store()
    quads = gzip.decompress((release / QUADS).read_bytes())
    engine.load(io.BytesIO(quads), ox.RdfFormat.N_QUADS)
    engine.update(update)
    add_union(engine)
    return EmbeddedStore(engine, Manifest.read(release))


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
    store = changed(release, OTHER_SOURCE % (direction, more))
    rows = ask(store, NAMED["page-only-claims"], {"source": "src:mstrust-kesimpta"})
    found = {row["claim"] for row in rows}
    assert ("id:claim-kesimpta-side-effect-coughs" in found) == rests_on_the_page
    assert "id:claim-kesimpta-testimony-control" in found


UNREAD = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX src: <https://w3id.org/drugkg/source/>
DELETE WHERE { GRAPH ?graph { src:kuwait-2023 dkg:readSection ?section } }
"""


@pytest.mark.parametrize(("update", "verdict"), [("", "silent"), (UNREAD, "unknown")])
@pytest.mark.parametrize("name", ["cautions-by-authority", "cautions-by-source"])
def test_only_a_list_that_was_read_is_silent(
    release: Path, name: str, update: str, verdict: str
) -> None:
    rows = ask(changed(release, update), NAMED[name], {})
    kuwait = [row["verdict"] for row in rows if row["jurisdiction"] == "id:kw"]
    assert kuwait == [verdict]


OTHER_RANGE = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX id: <https://w3id.org/drugkg/id/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX src: <https://w3id.org/drugkg/source/>
INSERT DATA { GRAPH <https://w3id.org/drugkg/graph/test> {
    id:claim-z a dkg:OutcomeClaim ;
        dkg:aboutProduct id:kesimpta ;
        dkg:outcome id:outcome-relapses ;
        dkg:measure dkg:RelativeReduction ;
        dkg:comparator %s ;
        dkg:lowerBound %s ;
        dkg:upperBound 0.80 ;
        dkg:asStated "more" ;
        dkg:hasEvidenceLine id:other-line .
    id:other-line dkg:direction dkg:Supports ;
        prov:wasDerivedFrom src:other ;
        dkg:locator id:other-place .
    id:other-place dkg:sectionTitle "somewhere" .
} }
"""


@pytest.mark.parametrize(
    ("comparator", "lower", "verdict", "why"),
    [
        ("id:aubagio", "0.59", "compatible", "the ranges meet"),
        ("id:aubagio", "0.60", "compatible", "the ranges meet only by rounding"),
        ("id:aubagio", "0.61", "contradict", "the ranges do not meet"),
        ("id:fingolimod", "0.61", "incomparable", "the comparators differ"),
        ("dkg:NotStated", "0.61", "incomparable", "a comparator is not stated"),
    ],
)
def test_ranges_contradict_only_if_they_measure_the_same(
    release: Path, comparator: str, lower: str, verdict: str, why: str
) -> None:
    store = changed(release, OTHER_RANGE % (comparator, lower))
    rows = ask(store, NAMED["outcome-claims-in-tension"], {})
    found = {
        (row["verdict"], row["why"])
        for row in rows
        if row["claim"] == "id:claim-kesimpta-relapse-reduction-vs-aubagio"
        and row["otherClaim"] == "id:claim-z"
    }
    assert found == {(verdict, why)}
