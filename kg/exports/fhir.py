"""Write products, substances and clinical uses as a FHIR R5 Bundle."""

from decimal import Decimal
from typing import Final

from kg.exports import fhir_extensions, fhir_products
from kg.exports.claims import AUTOMATED, READ, Claim, Evidence, Frequency, Release
from kg.exports.exact_json import dumped
from kg.exports.fhir_extensions import CONFLICT, EVIDENCE, EXTENSIONS, INCIDENCE, SCOPE
from kg.exports.fhir_products import URI, Node, concept, concepts
from kg.exports.report import Carried, Written, carried, left_out
from kg.terms import ID, PREFIXES

NAME: Final = "bundle.fhir.json"
BASE: Final = "https://w3id.org/drugkg/fhir/"
CARRIES: Final = carried(
    Carried("extension", "`incidence` on the undesirable effect"),
    evidence=Carried("extension", "`evidence`, one for each line"),
    place_in_the_source=Carried("extension", "`evidence`: section, line number, page, quote"),
    machine_reading=Carried("extension", "`evidence`: agentType; a claim of no other, `meta.tag`"),
    modality=Carried("extension", "`evidence`: modality"),
    jurisdiction=Carried("extension", "`scope`"),
    population_and_stage=Carried("extension", "`scope`, and `incidence` for a figure"),
    negation=Carried("not exported", "a claim that denies is not expressible"),
    conflict=Carried("extension", "`conflict`, with the claims on the other side"),
    category=Carried("extension", "`incidence`; R5 has one frequencyOfOccurrence, sources differ"),
)
_TAG: Final[Node] = {
    "system": PREFIXES["biolink"] + "AgentTypeEnum",
    "code": AUTOMATED,
    "display": READ,
}
_CLASSES: Final = ("CautionClaim", "IndicationClaim", "SideEffectClaim")


def write(release: Release) -> Written:
    """Return the bundle and the StructureDefinitions of its extensions."""
    left = left_out(release.claims, lambda claim: _reason(release, claim))
    definitions = [
        fhir_extensions.structure_definition(each, release.version) for each in EXTENSIONS
    ]
    resources = [
        *definitions,
        *fhir_products.resources(release),
        *(
            use
            for claim in release.claims
            if claim.iri not in left
            for use in _uses(release, claim)
        ),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"{BASE}{each['resourceType']}/{each['id']}", "resource": each}
            for each in resources
        ],
    }
    files = {NAME: dumped(bundle)}
    files |= {f"StructureDefinition-{each['id']}.json": dumped(each) for each in definitions}
    return Written(files, left)


def _reason(release: Release, claim: Claim) -> str:
    if claim.kind not in _CLASSES:
        return f"none of the four resources holds a claim of the class {claim.kind}"
    if claim.negated:
        return "a ClinicalUseDefinition cannot deny what it defines"
    if not claim.supported:
        return "sources only mention the effect, and a ClinicalUseDefinition would state it"
    if not _bodies(release, claim):
        return "the claim names nothing that it is about"
    return ""


def _uses(release: Release, claim: Claim) -> list[Node]:
    """Return a resource for each thing that *claim* speaks of.

    The codings of one CodeableConcept all mean the same, so two conditions cannot share one.
    """
    bodies = _bodies(release, claim)
    return [
        {
            "resourceType": "ClinicalUseDefinition",
            "id": claim.name if len(bodies) == 1 else f"{claim.name[:60]}-{number}",
            **({"meta": {"tag": [_TAG]}} if claim.automated else {}),
            "extension": _extensions(release, claim),
            "identifier": [{"system": URI, "value": claim.iri}],
            "type": kind,
            "subject": [
                {"reference": f"MedicinalProductDefinition/{each.removeprefix(ID)}"}
                for each in claim.products
            ],
            **body,
        }
        for number, (kind, body) in enumerate(bodies, start=1)
    ]


def _bodies(release: Release, claim: Claim) -> list[tuple[str, Node]]:
    """Return the type of each clinical use, and the element that says what it is about."""
    graph = release.graph
    effects = graph.iris(claim.iri, "dkg:effect")
    conditions = graph.iris(claim.iri, "dkg:condition")
    barred = release.barred(claim)
    disease = [
        {"diseaseSymptomProcedure": {"concept": concept(release, each)}}
        for each in barred or conditions
    ]
    match claim.kind:
        case "SideEffectClaim":
            figures = [_incidence(release, each) for each in claim.frequencies]
            inside: Node = {"extension": figures} if figures else {}
            found = [
                inside | {"symptomConditionEffect": {"concept": concept(release, each)}}
                for each in effects
            ]
            return [("undesirable-effect", {"undesirableEffect": each}) for each in found]
        case "IndicationClaim":
            return [("indication", {"indication": each}) for each in disease]
        case _ if interacting := graph.iris(claim.iri, "dkg:interactsWith"):
            items = [{"itemCodeableConcept": concept(release, each)} for each in interacting]
            results = [{"effect": {"concept": concept(release, each)}} for each in effects]
            return [
                ("interaction", {"interaction": {"interactant": items, **each}})
                for each in results or [{}]
            ]
        case _ if barred:
            return [("contraindication", {"contraindication": each}) for each in disease]
    codes = [{"code": concept(release, each)} for each in (*conditions, *effects)]
    return [
        ("warning", {"warning": {"description": claim.label, **each}}) for each in codes or [{}]
    ]


def _extensions(release: Release, claim: Claim) -> list[Node]:
    found = [_scope(release, claim)]
    found += [_evidence(release, each) for each in claim.evidence]
    found += [_conflict(release, claim, each) for each in claim.conflicts]
    return [each for each in found if each["extension"]]


def _incidence(release: Release, frequency: Frequency) -> Node:
    def named(iri: str) -> Node | None:
        return concept(release, iri) if iri else None

    return fhir_extensions.extension(
        INCIDENCE,
        asStated=frequency.words,
        category=named(frequency.category),
        lowerBound=_decimal(frequency.lower),
        lowerInclusive=_boolean(frequency.lower_inclusive),
        upperBound=_decimal(frequency.upper),
        upperInclusive=_boolean(frequency.upper_inclusive),
        proportion=_decimal(frequency.proportion),
        numerator=_integer(frequency.numerator),
        numeratorIsDerived=_boolean(frequency.numerator_is_derived),
        denominator=_integer(frequency.denominator),
        arm=named(frequency.arm),
        comparatorArm=named(frequency.comparator_arm),
        groupingLevel=named(frequency.grouping_level),
        exposureWindow=frequency.exposure_window,
        population=concepts(release, frequency.populations),
        evidence=frequency.stated_by,
        note=frequency.notes,
    )


def _evidence(release: Release, line: Evidence) -> Node:
    return fhir_extensions.extension(
        EVIDENCE,
        line=line.iri,
        source=concept(release, line.source) if line.source else None,
        direction=concept(release, line.direction) if line.direction else None,
        modality=concept(release, line.modality) if line.modality else None,
        type=concepts(release, line.types),
        knowledgeLevel=line.knowledge_level,
        agentType=line.agent_type,
        section=line.section,
        lineNumber=[int(each) for each in line.lines],
        page=[int(each) for each in line.pages],
        quote=line.quotes,
        reliesOn=line.relies_on,
    )


def _scope(release: Release, claim: Claim) -> Node:
    strength = release.graph.iri(claim.iri, "dkg:strength")
    return fhir_extensions.extension(
        SCOPE,
        jurisdiction=concepts(release, claim.jurisdictions),
        population=concepts(release, claim.scopes),
        strength=concept(release, strength) if strength else None,
        asStated=claim.words,
    )


def _conflict(release: Release, claim: Claim, iri: str) -> Node:
    conflict = release.conflicts[iri]
    others = conflict.second if claim.iri in conflict.first else conflict.first
    return fhir_extensions.extension(
        CONFLICT,
        conflict=iri,
        label=conflict.label,
        type=concepts(release, conflict.types),
        otherSide=[each for each in others if each != claim.iri],
        computed=conflict.computed,
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _integer(text: str) -> int | None:
    return int(text) if text else None


def _boolean(text: str) -> bool | None:
    return text == "true" if text else None
