"""Is the FHIR export R5, does it keep every figure, and are its extensions defined?"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.errors import ExportError
from kg.exports import fhir_extensions
from kg.exports.claims import Frequency, Release
from kg.exports.exact_json import dumped
from kg.exports.fhir_extensions import EXTENSIONS, INCIDENCE, extension
from tests.exports import fhir_r5

Files = Callable[[str], Path]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the library that validates


@pytest.fixture(scope="module")
def content(written: Files) -> bytes:
    return (written("fhir") / "bundle.fhir.json").read_bytes()


@pytest.fixture(scope="module")
def resources(content: bytes) -> list[dict[str, Any]]:
    bundle = json.loads(content, parse_float=Decimal)
    return [entry["resource"] for entry in bundle["entry"]]


def test_the_bundle_is_valid_by_fhir_resources(content: bytes) -> None:
    from fhir.resources import __fhir_version__  # noqa: PLC0415
    from fhir.resources.bundle import Bundle  # noqa: PLC0415

    assert __fhir_version__ == "5.0.0"
    bundle = Bundle.model_validate_json(content)
    assert len(bundle.entry or []) > 70


def test_every_element_and_every_required_code_is_of_r5(content: bytes) -> None:
    assert fhir_r5.faults(json.loads(content)) == []


def test_a_code_that_r5_does_not_have_is_found_though_the_library_accepts_it(
    content: bytes,
) -> None:
    from fhir.resources.bundle import Bundle  # noqa: PLC0415

    bundle = json.loads(content)
    use = next(
        each["resource"]
        for each in bundle["entry"]
        if each["resource"]["resourceType"] == "ClinicalUseDefinition"
    )
    use["type"] = "side-effect"
    Bundle.model_validate(copy.deepcopy(bundle))
    (fault,) = fhir_r5.faults(bundle)
    assert "'side-effect' is not one of ['indication', 'contraindication'" in fault
    use["type"], use["colour"] = "indication", "red"
    assert fhir_r5.faults(bundle)[0].endswith("colour: R5 has no such element")


def test_ids_are_unique_and_references_lead_somewhere(resources: list[dict[str, Any]]) -> None:
    ids = [f"{each['resourceType']}/{each['id']}" for each in resources]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", each["id"]) for each in resources)
    references = set(re.findall(r'"reference": "([^"]+)"', json.dumps(resources, default=str)))
    assert references <= set(ids)
    assert references


def test_numbers_have_exactly_their_digits() -> None:
    assert dumped([Decimal("0.10"), Decimal("0.673"), 1]) == b"[\n 0.10,\n 0.673,\n 1\n]\n"
    with pytest.raises(TypeError, match="set is not JSON"):
        dumped({1})


def parts(instance: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for each in instance["extension"]:
        ((_, value),) = ((k, v) for k, v in each.items() if k != "url")
        yield each["url"], value


def test_every_frequency_comes_back_from_its_extension(
    whole: Release, resources: list[dict[str, Any]]
) -> None:
    claims = {claim.iri: claim for claim in whole.claims}
    seen = 0
    for use in resources:
        if use["resourceType"] != "ClinicalUseDefinition" or "undesirableEffect" not in use:
            continue
        claim = claims[use["identifier"][0]["value"]]
        instances = use["undesirableEffect"].get("extension", [])
        assert [facts(dict(parts(each))) for each in instances] == [
            expected(each) for each in claim.frequencies
        ]
        seen += len(instances)
    assert seen > 40


def facts(found: dict[str, Any]) -> dict[str, Any]:
    names = ("lowerBound", "upperBound", "proportion", "numerator", "denominator")
    numbers = {name: found.get(name) for name in names}
    flags = {name: found.get(name) for name in ("lowerInclusive", "upperInclusive")}
    links = {
        name: found[name]["coding"][0]["code"] if name in found else ""
        for name in ("arm", "comparatorArm", "category", "groupingLevel")
    }
    return {"asStated": found["asStated"], **numbers, **flags, **links}


def expected(frequency: Frequency) -> dict[str, Any]:
    def number(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    def flag(text: str) -> bool | None:
        return text == "true" if text else None

    return {
        "asStated": frequency.words,
        "lowerBound": number(frequency.lower),
        "upperBound": number(frequency.upper),
        "proportion": number(frequency.proportion),
        "numerator": number(frequency.numerator),
        "denominator": number(frequency.denominator),
        "lowerInclusive": flag(frequency.lower_inclusive),
        "upperInclusive": flag(frequency.upper_inclusive),
        "arm": frequency.arm,
        "comparatorArm": frequency.comparator_arm,
        "category": frequency.category,
        "groupingLevel": frequency.grouping_level,
    }


def test_each_extension_is_used_as_it_is_defined(resources: list[dict[str, Any]]) -> None:
    definitions = {each.url: each for each in EXTENSIONS}
    used = 0
    for instance in instances(resources):
        definition = definitions[instance["url"]]
        given = [each["url"] for each in instance["extension"]]
        for part in definition.parts:
            count = given.count(part.name)
            assert part.least <= count, part
            assert part.most == "*" or count <= int(part.most), part
        assert set(given) <= {part.name for part in definition.parts}
        elements = {part.name: part.element for part in definition.parts}
        assert all(elements[each["url"]] in each for each in instance["extension"])
        used += 1
    assert used > 100


def instances(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    match node:
        case {"resourceType": "StructureDefinition"}:
            return
        case {"url": str(url), "extension": list()} if url.startswith(fhir_extensions.CANONICAL):
            yield node
        case dict():
            for value in node.values():
                yield from instances(value)
        case list():
            for value in node:
                yield from instances(value)


@pytest.mark.parametrize("kind", EXTENSIONS, ids=lambda kind: str(kind.name))
def test_each_structure_definition_is_valid_and_served(
    kind: fhir_extensions.Extension, client: FlaskClient, written: Files
) -> None:
    from fhir.resources.structuredefinition import StructureDefinition  # noqa: PLC0415

    path = kind.url.removeprefix("https://w3id.org/drugkg")
    response = client.get(path)
    assert response.content_type == "application/fhir+json"
    assert StructureDefinition.model_validate_json(response.data).url == kind.url
    assert fhir_r5.faults(json.loads(response.data)) == []
    saved = written("fhir") / f"StructureDefinition-{kind.name}.json"
    assert json.loads(saved.read_bytes()) == json.loads(response.data)


def test_a_mention_or_a_denial_is_no_undesirable_effect(
    whole: Release, resources: list[dict[str, Any]], written: Files
) -> None:
    exported = {each["identifier"][0]["value"] for each in resources if "undesirableEffect" in each}
    effects = [claim for claim in whole.claims if claim.kind == "SideEffectClaim"]
    assert exported == {each.iri for each in effects if each.supported and not each.negated}
    report = json.loads((written("fhir") / "report.json").read_bytes())
    reasons = {each["claim"]: each["reason"] for each in report["notExpressible"]}
    assert "cannot deny" in reasons["https://w3id.org/drugkg/id/claim-kesimpta-no-igg-decline"]


def test_two_conditions_of_one_claim_are_two_resources(resources: list[dict[str, Any]]) -> None:
    claim = "https://w3id.org/drugkg/id/claim-kesimpta-indication-us"
    found = [each for each in resources if each.get("identifier", [{}])[0].get("value") == claim]
    assert len(found) == 4
    for each in found:
        concept = each["indication"]["diseaseSymptomProcedure"]["concept"]
        assert len(concept["coding"]) == 1


def test_who_must_never_take_a_medicine_is_a_contraindication_and_no_warning(
    resources: list[dict[str, Any]],
) -> None:
    claim = "https://w3id.org/drugkg/id/claim-aubagio-leaflet-do-not-use-breast-feeding"
    (found,) = (each for each in resources if each.get("identifier", [{}])[0].get("value") == claim)
    assert found["type"] == "contraindication"
    concept = found["contraindication"]["diseaseSymptomProcedure"]["concept"]
    assert concept["text"] == "people who breast-feed"


def test_a_part_that_is_not_defined_or_is_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="incidence has no part colour"):
        extension(INCIDENCE, asStated="11%", colour="red")
    with pytest.raises(ExportError, match="'incidence' needs a value of 'asStated'"):
        extension(INCIDENCE)
