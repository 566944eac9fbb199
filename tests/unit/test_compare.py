"""Risk differences: which frequencies are compared, and what is said of the result."""

from decimal import Decimal
from typing import Final

import pyoxigraph as ox
import pytest

from kg.compare import compare
from kg.paths import ONTOLOGY
from kg.terms import DERIVED_GRAPH, DKG, PREFIXES, RDF, curie

DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
TYPE: Final = ox.NamedNode(RDF + "type")
COMPARISON: Final = ox.NamedNode(DKG + "ArmComparison")
PROLOGUE: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
FREQUENCY: Final = """
    id:claim-{arm} dkg:effect id:rash ; dkg:frequency id:freq-{arm} .
    id:freq-{arm} dkg:arm id:{arm} ; dkg:denominator {total} ;
        dkg:groupingLevel dkg:SingleTerm ; dkg:statedBy id:line-{arm} ; {observed} .
    id:line-{arm} prov:wasDerivedFrom src:paper ; dkg:direction dkg:Mentions .
    id:rash rdfs:label "rash"@en .
"""
TESTED: Final = "dkg:numeratorCount 56 ; dkg:proportion 0.8 ; dkg:comparatorArm id:control"
CONTROL: Final = "dkg:numeratorCount 48 ; dkg:proportion 0.6"
FIRST: Final = FREQUENCY.format(arm="tested", total=70, observed=TESTED)
SECOND: Final = FREQUENCY.format(arm="control", total=80, observed=CONTROL)


def compared(*turtle: str) -> ox.Store:
    store = ox.Store()
    for number, text in enumerate(turtle):
        graph = ox.NamedNode(f"http://g/{number}")
        store.load(PROLOGUE + text, ox.RdfFormat.TURTLE, to_graph=graph)
    assert compare(store) == len(list(store.quads_for_pattern(None, TYPE, COMPARISON, DERIVED)))
    return store


def said(store: ox.Store) -> dict[str, set[str]]:
    """Return what is said of the one comparison in *store*."""
    (node,) = (quad.subject for quad in store.quads_for_pattern(None, TYPE, COMPARISON, DERIVED))
    found: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(node, None, None, DERIVED):
        value = quad.object
        assert isinstance(value, ox.NamedNode | ox.Literal)
        text = curie(value.value) if isinstance(value, ox.NamedNode) else value.value
        found.setdefault(curie(quad.predicate.value), set()).add(text)
    return found


def test_an_arm_is_compared_with_its_comparator() -> None:
    assert said(compared(FIRST, SECOND, FIRST)) == {
        "rdf:type": {"dkg:ArmComparison"},
        "rdfs:label": {"rash: risk difference 0.2000 (0.0524 to 0.3339)"},
        "dkg:effect": {"id:rash"},
        "dkg:arm": {"id:tested"},
        "dkg:comparatorArm": {"id:control"},
        "dkg:groupingLevel": {"dkg:SingleTerm"},
        "dkg:measure": {"dkg:RiskDifference"},
        "dkg:numericValue": {"0.2"},
        "dkg:confidenceLower": {"0.0524"},
        "dkg:confidenceUpper": {"0.3339"},
        "dkg:confidenceLevel": {"0.95"},
        "dkg:numeratorIsDerived": {"false"},
        "dkg:derivedFrom": {"id:freq-tested", "id:freq-control"},
        "dkg:note": {
            "56 of 70 people against 48 of 80, counts as printed; interval by Newcombe's method 10"
        },
        "prov:wasAttributedTo": {"id:drugkg-rules"},
        "biolink:agent_type": {"automated_agent"},
        "biolink:knowledge_level": {"statistical_association"},
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST.replace("dkg:numeratorCount 56 ; ", ""), SECOND),
        (FIRST, SECOND.replace("dkg:numeratorCount 48 ; ", "")),
        (FIRST.replace("0.8", "0.8 ; dkg:numeratorIsDerived true"), SECOND),
    ],
)
def test_a_count_that_is_not_printed_is_computed_and_flagged(first: str, second: str) -> None:
    found = said(compared(first, second))
    assert found["dkg:numericValue"] == {"0.2"}
    assert found["dkg:numeratorIsDerived"] == {"true"}
    (note,) = found["dkg:note"]
    assert "56 of 70 people against 48 of 80, counts computed from printed percentages" in note


def test_a_printed_count_needs_no_percentage() -> None:
    found = said(compared(FIRST.replace("dkg:proportion 0.8 ; ", ""), SECOND))
    assert found["dkg:numericValue"] == {"0.2"}


def test_arms_that_name_each_other_are_compared_both_ways() -> None:
    mutual = SECOND.replace("0.6", "0.6 ; dkg:comparatorArm id:tested")
    store = compared(FIRST, mutual)
    values = store.quads_for_pattern(None, ox.NamedNode(DKG + "numericValue"), None, DERIVED)
    assert sorted(str(quad.object).split('"')[1] for quad in values) == ["-0.2", "0.2"]


def test_a_difference_is_of_the_population_of_both() -> None:
    of_few = [
        text.replace("SingleTerm ;", "SingleTerm ; dkg:population id:few ;")
        for text in (FIRST, SECOND)
    ]
    assert said(compared(*of_few))["dkg:population"] == {"id:few"}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("", id="nothing is known of the comparator"),
        pytest.param(SECOND.replace("id:rash", "id:fever"), id="another effect"),
        pytest.param(SECOND.replace("src:paper", "src:label"), id="another source"),
        pytest.param(SECOND.replace("SingleTerm", "AnyOf"), id="pooled to another degree"),
        pytest.param(SECOND.replace("0.6", "0.6 ; dkg:population id:few"), id="a population"),
        pytest.param(SECOND.replace("dkg:arm id:control", "dkg:arm id:third"), id="another arm"),
        pytest.param(SECOND.replace("Mentions", "Disputes"), id="disputed"),
        pytest.param(SECOND.replace("dkg:denominator 80 ;", ""), id="of how many is unknown"),
        pytest.param(SECOND.replace(CONTROL, "dkg:lowerBound 0.1"), id="no share"),
    ],
)
def test_what_is_not_alike_is_not_compared(other: str) -> None:
    store = compared(FIRST, other)
    assert list(store.quads_for_pattern(None, None, None, DERIVED)) == []


def test_the_name_depends_on_nothing_but_what_is_compared() -> None:
    (one, other) = (compared(FIRST, SECOND), compared("", SECOND, FIRST))
    assert {str(quad) for quad in one.quads_for_pattern(None, None, None, DERIVED)} == {
        str(quad) for quad in other.quads_for_pattern(None, None, None, DERIVED)
    }


def test_each_property_is_declared(quads: ox.Store) -> None:
    vocabulary = ox.Store()
    vocabulary.load(path=ONTOLOGY / "drug.ttl", format=ox.RdfFormat.TURTLE)
    declared = {quad.subject for quad in vocabulary.quads_for_pattern(None, TYPE, None)}
    for comparison in quads.quads_for_pattern(None, TYPE, COMPARISON, DERIVED):
        for quad in quads.quads_for_pattern(comparison.subject, None, None, DERIVED):
            assert quad.predicate in declared or not quad.predicate.value.startswith(DKG)


def test_kesimpta_and_aubagio_are_compared_where_a_source_counts_both(quads: ox.Store) -> None:
    found = quads.query("""
        PREFIX dkg: <https://w3id.org/drugkg/vocab#>
        PREFIX id: <https://w3id.org/drugkg/id/>
        PREFIX obo: <http://purl.obolibrary.org/obo/>
        SELECT ?value ?lower ?upper { GRAPH <https://w3id.org/drugkg/graph/derived> {
            ?comparison dkg:effect obo:OAE_0000336 ; dkg:arm id:asclepios-rdtn-ofatumumab ;
                dkg:numericValue ?value ; dkg:confidenceLower ?lower ; dkg:confidenceUpper ?upper .
        } }""")
    assert isinstance(found, ox.QuerySolutions)
    ((value, lower, upper),) = found  # 78 of 314 and 70 of 301 with nasopharyngitis, table 3
    assert value.value == str(round(Decimal(78) / 314 - Decimal(70) / 301, 4))
    assert (lower.value, upper.value) == ("-0.0518", "0.083")  # by statsmodels too


def test_no_comparison_stands_outside_the_derived_graph(quads: ox.Store) -> None:
    found = quads.quads_for_pattern(None, TYPE, COMPARISON)
    assert {quad.graph_name for quad in found} == {DERIVED}
