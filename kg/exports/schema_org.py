"""Write medicines and claims in the words of schema.org, each property only where it belongs.

A side effect is not a property of a Drug there; it is the adverse outcome of a MedicalTherapy.
The tests compare the domain of each property with the vocabulary (release 30).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, TypeAlias

from kg.entities import LICENSE, NOTE
from kg.exports.claims import READ, Claim, Frequency, Release
from kg.exports.exact_json import dumped
from kg.exports.report import Carried, Written, carried
from kg.terms import DKG

Node: TypeAlias = dict[str, Any]

NAME: Final = "medicines.schema-org.jsonld"
CONTEXT: Final = "https://schema.org"
CARRIES: Final = carried(
    Carried("field", "a PropertyValue that the Claim is `about`"),
    evidence=Carried("field", "`appearance`: the document; not its evidence line"),
    place_in_the_source=Carried("not exported", "follow the `@id` of the Claim"),
    machine_reading=Carried("words", "`description` of the Claim, and of a therapy that has such"),
    modality=Carried("not exported", "follow the `@id` of the Claim"),
    jurisdiction=Carried("field", "`spatialCoverage`"),
    population_and_stage=Carried("field", "`about`"),
    negation=Carried("words", "`abstract` begins with `Denied`; not in `adverseOutcome`"),
    conflict=Carried("words", "`comment`, with the name and the IRI of the conflict"),
    frequency_as_stated=Carried("field", "`description` of the PropertyValue, digits as printed"),
    interval=Carried("field", "`minValue`, `maxValue`; inclusion in `valueReference`"),
    proportion=Carried("field", "`value`"),
    comparator=Carried("field", "`valueReference` of a figure; of other claims `about`"),
)
_OBJECTS: Final = (  # what a claim speaks of
    *("dkg:effect", "dkg:condition", "dkg:manifestation", "dkg:interactsWith", "dkg:outcome"),
    *("dkg:aboutThing", "dkg:aboutTrial", "dkg:aboutDocument", "dkg:aboutClass"),
    *("dkg:population", "dkg:treatmentStage", "dkg:comparator"),
)


def write(release: Release) -> Written:
    """Return every medicine with its claims, and the claims that are about no medicine."""
    products = sorted(release.graph.subjects("rdf:type", DKG + "MedicinalProduct"))
    nodes = [node for product in products for node in medicine(release, product)]
    nodes += [_claim(release, claim) for claim in release.claims if not claim.products]
    return Written({NAME: document(nodes)}, {})


def document(nodes: list[Node]) -> bytes:
    """Return *nodes* as one document."""
    return dumped({"@context": CONTEXT, "@graph": nodes})


def medicine(release: Release, product: str) -> list[Node]:
    """Return the Drug, the therapy with it, and the claims on it; a page can embed these."""
    claims = [claim for claim in release.claims if product in claim.products]
    about = [_claim(release, claim) for claim in claims if claim.products[0] == product]
    return [_drug(release, product), *_therapy(release, product, claims), *about]


def _drug(release: Release, product: str) -> Node:
    graph = release.graph
    substances = graph.iris(product, "dkg:hasActiveSubstance")
    names = [release.label(each) for each in substances]
    node: Node = {
        "@id": product,
        "@type": "Drug",
        "name": release.label(product),
        "description": graph.text(product, "skos:definition"),
        "disambiguatingDescription": NOTE,
        "identifier": list(graph.texts(product, "dcterms:identifier")),
        "activeIngredient": names,
        "nonProprietaryName": names,
        "administrationRoute": [release.label(r) for r in graph.iris(product, "dkg:hasRoute")],
        "dosageForm": [release.label(p) for p in graph.iris(product, "dkg:hasPresentation")],
        "drugClass": [
            {"@id": each, "@type": "DrugClass", "name": release.label(each)}
            for each in graph.iris(product, "dkg:hasTherapeuticClass")
        ],
    }
    return {key: value for key, value in node.items() if value}


def _therapy(release: Release, product: str, claims: list[Claim]) -> Iterator[Node]:
    """Yield the therapy whose outcomes and contraindications sources state, if there are any."""
    graph = release.graph
    stated = [each for each in claims if each.supported and not each.negated]
    effects = {
        effect
        for claim in stated
        if claim.kind == "SideEffectClaim"
        for effect in graph.iris(claim.iri, "dkg:effect")
    }
    against = {each for claim in stated for each in release.barred(claim)}
    read = sum(each.automated for each in stated)
    node: Node = {
        "@id": f"{product}#therapy",
        "@type": "MedicalTherapy",
        "name": f"Treatment with {release.label(product)}",
        "description": f"{read} of the {len(stated)} claims on it were {READ}." if read else "",
        "drug": {"@id": product},
        "adverseOutcome": [_thing(release, each, "MedicalEntity") for each in sorted(effects)],
        "contraindication": [
            _thing(release, each, "MedicalContraindication") for each in sorted(against)
        ],
    }
    if effects or against:
        yield {key: value for key, value in node.items() if value}


def _thing(release: Release, iri: str, kind: str = "Thing") -> Node:
    return {"@id": iri, "@type": kind, "name": release.label(iri)}


def _claim(release: Release, claim: Claim) -> Node:
    graph = release.graph
    about: list[Node] = [{"@id": each} for each in claim.products]
    about += [_thing(release, v) for name in _OBJECTS for v in graph.iris(claim.iri, name)]
    about += [_figure(release, each) for each in claim.frequencies]
    sources = dict.fromkeys(line.source for line in claim.evidence if line.source)
    places = claim.jurisdictions
    conflicts = [release.conflicts[each] for each in claim.conflicts]
    node: Node = {
        "@id": claim.iri,
        "@type": "Claim",
        "name": claim.label,
        "description": f"It was {READ}." if claim.automated else "",
        "abstract": f"Denied: {claim.label}" if claim.negated else "",
        "text": list(claim.words),
        "about": about,
        "appearance": [_source(release, each) for each in sources],
        "spatialCoverage": [_thing(release, each, "Place") for each in places],
        "comment": [
            {"@id": each.iri, "@type": "Comment", "text": f"In conflict: {each.label}"}
            for each in conflicts
        ],
        "license": LICENSE,
    }
    return {key: value for key, value in node.items() if value}


def _source(release: Release, iri: str) -> Node:
    graph = release.graph
    node = _thing(release, iri, "CreativeWork")
    node["datePublished"] = graph.text(iri, "dcterms:issued")
    node["inLanguage"] = graph.text(iri, "dcterms:language")
    publishers = graph.iris(iri, "dcterms:publisher")
    node["publisher"] = [_thing(release, each, "Organization") for each in publishers]
    node["url"] = list(graph.iris(iri, "schema:url"))
    return {key: value for key, value in node.items() if value}


def _figure(release: Release, frequency: Frequency) -> Node:
    node: Node = {
        "@id": frequency.iri,
        "@type": "PropertyValue",
        "propertyID": DKG + "frequency",
        "name": "how often, as a proportion from 0 to 1",
        "description": frequency.words,
        "value": _decimal(frequency.proportion),
        "minValue": _decimal(frequency.lower),
        "maxValue": _decimal(frequency.upper),
    }
    more = (
        ("category", release.label(frequency.category) if frequency.category else ""),
        ("lower bound is included", _boolean(frequency.lower_inclusive)),
        ("upper bound is included", _boolean(frequency.upper_inclusive)),
        ("numerator", _integer(frequency.numerator)),
        ("numerator was computed", _boolean(frequency.numerator_is_derived)),
        ("denominator", _integer(frequency.denominator)),
        ("arm", release.label(frequency.arm) if frequency.arm else ""),
        ("comparator", release.label(frequency.comparator_arm) if frequency.comparator_arm else ""),
        ("grouping", release.label(frequency.grouping_level) if frequency.grouping_level else ""),
        ("exposure", frequency.exposure_window),
        *(("population", release.label(each)) for each in frequency.populations),
    )
    node["valueReference"] = [
        {"@type": "PropertyValue", "name": name, "value": value}
        for name, value in more
        if value not in ("", None)
    ]
    return {key: value for key, value in node.items() if value not in ("", None, [])}


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _integer(text: str) -> int | None:
    return int(text) if text else None


def _boolean(text: str) -> bool | None:
    return text == "true" if text else None
