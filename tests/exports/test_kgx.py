"""Are the KGX tables in the names of Biolink 4.4.4, with a source on every edge?"""

import csv
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pytest

from kg.exports import kgx
from kg.exports.claims import Release

Files = Callable[[str], Path]
Row = dict[str, str]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the library that reads the model
BIOLINK_COLUMNS: Final = [column for column in kgx.EDGE_COLUMNS if not column.startswith("dkg_")]


@pytest.fixture(scope="module")
def model() -> Any:  # noqa: ANN401 (untyped)
    import bmt  # noqa: PLC0415 (heavy)

    schema = resources.files("biolink_model") / "schema" / "biolink_model.yaml"
    toolkit = bmt.Toolkit(schema=str(schema), predicate_map={"predicate mappings": []})
    assert toolkit.get_model_version() == kgx.MODEL
    return toolkit


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", strict=True))


@pytest.fixture(scope="module")
def nodes(written: Files) -> dict[str, Row]:
    return {row["id"]: row for row in rows(written("kgx") / kgx.NODES)}


@pytest.fixture(scope="module")
def edges(written: Files) -> list[Row]:
    return rows(written("kgx") / kgx.EDGES)


def test_predicates_and_categories_are_those_of_the_model(
    model: Any,  # noqa: ANN401
    nodes: dict[str, Row],
    edges: list[Row],
) -> None:
    for predicate in {edge["predicate"] for edge in edges}:
        assert model.is_predicate(predicate), predicate
        element = model.get_element(predicate)
        assert model.get_element(predicate).deprecated is None
        assert f"biolink:{element.name.replace(' ', '_')}" == predicate
    associations = model.get_descendants("association", formatted=True)
    assert {edge["category"] for edge in edges} <= set(associations)
    things = model.get_descendants("named thing", formatted=True)
    assert {node["category"] for node in nodes.values()} <= set(things)


def test_both_ends_of_an_edge_fit_its_predicate(
    model: Any,  # noqa: ANN401
    nodes: dict[str, Row],
    edges: list[Row],
) -> None:
    for edge in edges:
        element = model.get_element(edge["predicate"])
        for end, allowed in (("subject", element.domain), ("object", element.range)):
            category = nodes[edge[end]]["category"]
            ancestors = model.get_ancestors(category, formatted=False, mixin=True)
            unions = {
                each
                for name in ancestors
                if (found := model.get_element(name))
                for each in (found.name, *found.mixins)
            }
            assert allowed in unions, (edge["predicate"], end, category, allowed)


def test_columns_are_slots_or_are_marked_as_ours(model: Any) -> None:  # noqa: ANN401
    for column in BIOLINK_COLUMNS:
        assert model.get_element(column.replace("_", " ")), column
    association = set(model.view.class_slots("association"))
    assert {"knowledge level", "agent type", "primary knowledge source", "negated"} <= association


def test_every_edge_says_who_knows_it_and_how(model: Any, edges: list[Row]) -> None:  # noqa: ANN401
    levels = set(model.view.get_enum("KnowledgeLevelEnum").permissible_values)
    agents = set(model.view.get_enum("AgentTypeEnum").permissible_values)
    for edge in edges:
        assert edge["knowledge_level"] in levels
        assert edge["agent_type"] in agents
        assert edge["primary_knowledge_source"] == "infores:drugkg"
        assert edge["publications"].startswith("DRUGKG.SOURCE:")
        assert edge["negated"] in {"true", "false"}
    assert len({edge["id"] for edge in edges}) == len(edges) > 80


def test_every_figure_is_an_edge_with_its_counts(whole: Release, edges: list[Row]) -> None:
    found = {
        edge["dkg_frequency"]: (
            *(edge["frequency_qualifier"], edge["has_count"], edge["has_total"]),
            *(edge["has_quotient"], edge["dkg_lower_bound"], edge["dkg_lower_inclusive"]),
            *(edge["dkg_upper_bound"], edge["dkg_arm"], edge["dkg_comparator_arm"]),
        )
        for edge in edges
        if edge["dkg_frequency"]
    }
    assert found == {
        kgx.curie(each.iri): (
            *(" ".join(each.words.split()), each.numerator, each.denominator),
            *(each.proportion, each.lower, each.lower_inclusive),
            *(each.upper, kgx.curie(each.arm), kgx.curie(each.comparator_arm)),
        )
        for claim in whole.claims
        if claim.kind == "SideEffectClaim"
        for each in claim.frequencies
    }


def test_an_event_that_is_only_counted_is_no_side_effect(whole: Release, edges: list[Row]) -> None:
    stated: dict[str, set[str]] = {}
    for edge in edges:
        stated.setdefault(edge["dkg_claim"], set()).add(edge["predicate"])
    effects = [claim for claim in whole.claims if claim.kind == "SideEffectClaim"]
    counted = [claim for claim in effects if not claim.supported and claim.frequencies]
    assert {"https://w3id.org/drugkg/id/aubagio"} < {p for each in counted for p in each.products}
    for claim in effects:
        found = stated.get(kgx.curie(claim.iri), set())
        assert ("biolink:has_side_effect" in found) == claim.supported, claim.iri
    for claim in counted:
        assert stated[kgx.curie(claim.iri)] == {"biolink:has_adverse_event"}, claim.iri
    denied = {edge["object"] for edge in edges if edge["negated"] == "true"}
    assert "DRUGKG:decreased-igg" in denied


def test_a_contraindication_is_absolute_and_of_a_condition(
    whole: Release, edges: list[Row], written: Files
) -> None:
    exported = {
        edge["dkg_claim"] for edge in edges if edge["predicate"] == "biolink:contraindicated_in"
    }
    report = json.loads((written("kgx") / "report.json").read_bytes())
    left = {each["claim"]: each["reason"] for each in report["notExpressible"]}
    for claim in whole.claims:
        if claim.kind != "CautionClaim":
            continue
        absolute = whole.graph.iri(claim.iri, "dkg:strength").endswith("#Absolute")
        condition = bool(whole.graph.iris(claim.iri, "dkg:condition"))
        assert (kgx.curie(claim.iri) in exported) == (absolute and condition), claim.iri
        assert (claim.iri in left) != (absolute and condition), claim.iri
        if absolute and not condition:
            assert "by who someone is" in left[claim.iri]


def test_a_percentage_is_exact() -> None:
    assert kgx.percentage("0.673") == "67.3"
    assert kgx.percentage("0.1") == "10"
    assert kgx.percentage("1") == "100"
