"""The founding page is held whole: each statement of its register, at its lines, once."""

import csv
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

from kg.build import examine
from kg.paths import Inputs
from kg.terms import PREFIXES

PROLOGUE: Final = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
REGISTER: Final = Path(__file__).with_name("register.tsv")  # numbers and lines of the page


def read_register() -> dict[str, set[int]]:
    """Return the lines of each numbered statement, as the register of the page has them."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["number"]: {int(line) for line in row["lines"].split()} for row in rows}


@pytest.fixture(scope="module")
def facts() -> ox.Store:
    """Return the curated facts in one graph."""
    store = ox.Store()
    for document in examine(Inputs(), lambda _: None).documents:
        store.extend(ox.Quad(s, p, o) for s, p, o, _ in document.statements)
    return store


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    """Return the solutions of *query* as tuples of lexical forms."""
    solutions = store.query(PROLOGUE + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value if term else "" for term in solution) for solution in solutions]


def test_the_register_has_132_statements() -> None:
    assert list(read_register()) == [f"F{number:03}" for number in range(1, 133)]


def test_each_statement_stands_on_one_evidence_line(facts: ox.Store) -> None:
    found = rows(
        facts,
        'SELECT ?n ?e { ?e a dkg:EvidenceLine ; dkg:registerNumber ?n FILTER(STRSTARTS(?n, "F")) }',
    )
    assert sorted(number for number, _ in found) == sorted(read_register())


def test_each_statement_is_found_at_its_lines(facts: ox.Store) -> None:
    """A line may be covered by another evidence line of the same claim."""
    found: dict[str, set[int]] = {}
    for number, first, last in rows(
        facts,
        """SELECT ?n ?first (COALESCE(?end, ?first) AS ?last) {
            ?claim dkg:hasEvidenceLine ?named , ?line .
            ?named dkg:registerNumber ?n .
            ?line prov:wasDerivedFrom src:mstrust-kesimpta ; dkg:locator ?l .
            ?l dkg:line ?first . OPTIONAL { ?l dkg:lastLine ?end } }""",
    ):
        found.setdefault(number, set()).update(range(int(first), int(last) + 1))
    for number, lines in read_register().items():
        assert lines <= found[number], number


def test_each_content_line_of_the_page_is_covered(facts: ox.Store) -> None:
    covered: set[int] = set()
    for first, last in rows(
        facts,
        """SELECT ?first (COALESCE(?end, ?first) AS ?last) {
            ?e prov:wasDerivedFrom src:mstrust-kesimpta ; dkg:locator ?l .
            ?l dkg:line ?first . OPTIONAL { ?l dkg:lastLine ?end } }""",
    ):
        covered.update(range(int(first), int(last) + 1))
    assert set().union(*read_register().values()) <= covered


def test_twenty_conflicts_carry_the_numbers_of_the_register(facts: ox.Store) -> None:
    found = rows(
        facts,
        'SELECT ?n { ?c a dkg:Conflict ; dkg:registerNumber ?n FILTER(STRSTARTS(?n, "X")) }',
    )
    assert sorted(number for (number,) in found) == [f"X{n:02}" for n in range(1, 21)]


def test_duplicates_are_merged_into_119_claims(facts: ox.Store) -> None:
    found = rows(
        facts,
        "SELECT DISTINCT ?c { ?c dkg:hasEvidenceLine [ dkg:registerNumber ?n ] }",
    )
    assert len(found) == 119


@pytest.mark.parametrize(
    "merged",
    [
        ("F004", "F043"),
        ("F005", "F044"),
        ("F007", "F061", "F086"),
        ("F008", "F066", "F087"),
        ("F009", "F088"),
        ("F010", "F080", "F089"),
        ("F011", "F090"),
        ("F018", "F120"),
        ("F081", "F091"),
    ],
    ids="-".join,
)
def test_a_repeated_statement_is_one_claim(facts: ox.Store, merged: tuple[str, ...]) -> None:
    numbers = " ".join(f'"{number}"' for number in merged)
    claims = rows(
        facts,
        f"SELECT DISTINCT ?c {{ VALUES ?n {{ {numbers} }} "
        "?c dkg:hasEvidenceLine [ dkg:registerNumber ?n ] }",
    )
    assert len(claims) == 1


def test_the_dose_is_not_attributed_to_the_page(facts: ox.Store) -> None:
    """The page gives no amount (gap G01)."""
    said = rows(
        facts,
        """SELECT ?words { ?c dkg:hasEvidenceLine/prov:wasDerivedFrom src:mstrust-kesimpta .
            ?c dkg:asStated|rdfs:label ?words FILTER(CONTAINS(?words, "20 mg")) }""",
    )
    assert said == []


def test_attributions_to_the_trial_report_by_a_curator_say_so(facts: ox.Store) -> None:
    """The register marks F018 to F022 as linked to the trial by inference."""
    found = rows(
        facts,
        """SELECT ?n { ?e dkg:registerNumber ?n ; dkg:attributionIsInferred true ;
            dkg:reliesOn src:hauser-2020 ; biolink:has_evidence_of_type obo:ECO_0000305 }""",
    )
    assert sorted(number for (number,) in found) == ["F018", "F019", "F020", "F021", "F022"]
