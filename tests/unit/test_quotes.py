"""Do the words that the facts quote from the EU leaflet stand where they are said to stand?"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox
import pytest

from kg import paths
from kg.terms import DKG, SRC

FACTS: Final = paths.FACTS / "kesimpta" / "leaflet-eu-2022.ttl"
# The leaflet may be read but not shipped, so it lies beside a checkout, if anywhere.
SHARED: Final = Path(os.environ.get("DRUGKG_SHARED") or paths.root().parent / "shared")
LEAFLET: Final = SHARED / "data" / "leaflets" / "kesimpta.fsh"
SOURCE: Final = ox.NamedNode(SRC + "leaflet-eu-2022")
FEW: Final = 12  # words; more would be a copy of the text and no longer a pointer into it

PREFIXES: Final = """
    PREFIX dkg: <https://w3id.org/drugkg/vocab#>
    PREFIX oa: <http://www.w3.org/ns/oa#>
    PREFIX prov: <http://www.w3.org/ns/prov#>
    PREFIX src: <https://w3id.org/drugkg/source/>
"""
QUOTED: Final = """
    SELECT ?evidence ?words {
        ?evidence prov:wasDerivedFrom src:leaflet-eu-2022 .
        { ?evidence dkg:locator/oa:hasSelector/oa:exact ?words }
        UNION
        { ?frequency dkg:statedBy ?evidence ; dkg:asStated ?words }
    }"""
AS_STATED: Final = """
    SELECT ?evidence ?words {
        ?claim dkg:asStated ?words ; dkg:hasEvidenceLine ?evidence .
    }"""
PLACES: Final = """
    SELECT ?evidence ?line ?lastLine {
        ?evidence dkg:locator ?locator .
        ?locator dkg:line ?line .
        OPTIONAL { ?locator dkg:lastLine ?lastLine }
    }"""


class Quote(NamedTuple):
    evidence: str
    words: str


@pytest.fixture(scope="module")
def facts() -> ox.Store:
    store = ox.Store()
    store.load(path=FACTS, format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def leaflet() -> bytes:
    if not LEAFLET.is_file():
        pytest.skip(f"{LEAFLET.name} is not part of this project; DRUGKG_SHARED may say where")
    return LEAFLET.read_bytes()


@pytest.fixture(scope="module")
def passages(facts: ox.Store, leaflet: bytes) -> dict[str, str]:
    lines = leaflet.decode().split("\n")
    places: dict[str, set[int]] = {}
    for evidence, line, last in answers(facts, PLACES):
        places.setdefault(evidence, set()).update(range(int(line), int(last or line) + 1))
    return {
        evidence: passage([lines[number - 1] for number in sorted(numbers)])
        for evidence, numbers in places.items()
    }


def answers(facts: ox.Store, query: str) -> Iterator[tuple[str, ...]]:
    solutions = facts.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple(getattr(term, "value", "") for term in solution)


def quotes(facts: ox.Store, query: str) -> list[Quote]:
    return [Quote(*answer) for answer in answers(facts, query)]


def passage(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def test_the_leaflet_is_the_one_that_was_read(facts: ox.Store, leaflet: bytes) -> None:
    stated = {
        quad.predicate.value.removeprefix(DKG): quad.object
        for quad in facts.quads_for_pattern(SOURCE, None, None)
    }
    assert stated["sha256"] == ox.Literal(hashlib.sha256(leaflet).hexdigest())
    assert stated["byteSize"] == ox.Literal(len(leaflet))


def test_each_quote_stands_where_its_evidence_points(
    facts: ox.Store, passages: dict[str, str]
) -> None:
    quoted = quotes(facts, QUOTED)
    assert len(quoted) > 40
    assert [quote for quote in quoted if quote.words not in passages[quote.evidence]] == []


def test_the_words_of_each_claim_stand_where_its_evidence_points(
    facts: ox.Store, passages: dict[str, str]
) -> None:
    stated = quotes(facts, AS_STATED)
    assert len(stated) > 80
    assert [quote for quote in stated if quote.words not in passages[quote.evidence]] == []


def test_a_quote_is_a_few_words(facts: ox.Store) -> None:
    quoted = quotes(facts, QUOTED) + quotes(facts, AS_STATED)
    assert [quote for quote in quoted if len(quote.words.split()) > FEW] == []


def test_a_passage_runs_across_lines_and_changes_no_word() -> None:
    found = passage(["given at  least 4 weeks", "before you start</li>"])
    assert "4 weeks before you" in found
    assert "2 weeks before you" not in found
