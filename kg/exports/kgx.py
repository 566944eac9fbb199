"""Write nodes and edges of the Biolink Model as KGX tables.

Names are those of Biolink Model 4.4.4; the tests compare them with that release.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from kg.errors import ExportError
from kg.exports.claims import Claim, Evidence, Frequency, Release
from kg.exports.report import Carried, Written, carried, left_out
from kg.terms import DKG, GRAPH, ID, OBO, SRC

NODES: Final = "nodes.tsv"
EDGES: Final = "edges.tsv"
MODEL: Final = "4.4.4"
SOURCE: Final = "infores:drugkg"  # not (yet) in the catalogue of information resources
MANY: Final = "|"  # KGX: between the values of a cell

_TO_DISEASE: Final = "biolink:ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation"


class Edge(NamedTuple):
    """Say which property of a claim becomes the object of which Biolink edge."""

    object: str
    predicate: str
    category: str


EDGE: Final = {
    "SideEffectClaim": Edge(
        "dkg:effect",
        "biolink:has_side_effect",
        "biolink:ChemicalOrDrugOrTreatmentSideEffectAssociation",
    ),
    "IndicationClaim": Edge("dkg:condition", "biolink:treats", _TO_DISEASE),
    "CautionClaim": Edge("dkg:condition", "biolink:contraindicated_in", _TO_DISEASE),
    "ProductClaim": Edge("dkg:value", "biolink:has_active_ingredient", "biolink:Association"),
}
# A trial that counts an event in an arm does not say that the medicine brings it about.
COUNTED: Final = Edge(
    "dkg:effect",
    "biolink:has_adverse_event",
    "biolink:ChemicalOrDrugOrTreatmentAdverseEventAssociation",
)
_PREFIXES: Final = {ID: "DRUGKG", SRC: "DRUGKG.SOURCE", DKG: "DRUGKG.VOCAB", GRAPH: "DRUGKG.GRAPH"}
_CATEGORIES: Final = (  # the first class of ours that a node has decides
    ("MedicinalProduct", "biolink:Drug"),
    ("SmallMolecule", "biolink:SmallMolecule"),
    ("Substance", "biolink:MolecularEntity"),
)
_NODE_COLUMNS: Final = ("id", "category", "name", "xref", "provided_by")
EDGE_COLUMNS: Final = (
    *("id", "subject", "predicate", "object", "category", "negated"),
    *("knowledge_level", "agent_type", "primary_knowledge_source", "publications"),
    *("has_evidence_of_type", "supporting_text", "frequency_qualifier"),
    *("has_count", "has_total", "has_quotient", "has_percentage"),
    *("dkg_claim", "dkg_evidence_line", "dkg_section", "dkg_line", "dkg_page", "dkg_modality"),
    *("dkg_direction", "dkg_jurisdiction", "dkg_population", "dkg_conflict", "dkg_frequency"),
    *("dkg_frequency_category", "dkg_lower_bound", "dkg_lower_inclusive", "dkg_upper_bound"),
    *("dkg_upper_inclusive", "dkg_numerator_is_derived", "dkg_arm", "dkg_comparator_arm"),
    *("dkg_comparator", "dkg_grouping_level"),
)
CARRIES: Final = carried(
    Carried("extension", "a column that begins with `dkg_`; Biolink has no slot"),
    evidence=Carried(
        "field",
        "one edge for each line and figure, with `publications`; a line that only "
        "mentions an event and counts it gives `has_adverse_event`, one without a figure no edge",
    ),
    place_in_the_source=Carried("extension", "`dkg_section`, `dkg_line`, `dkg_page`"),
    machine_reading=Carried("field", "`agent_type` is `automated_agent`"),
    modality=Carried("extension", "`dkg_modality`"),
    jurisdiction=Carried("extension", "`dkg_jurisdiction`"),
    population_and_stage=Carried("extension", "`dkg_population`"),
    negation=Carried("field", "`negated`"),
    conflict=Carried("extension", "`dkg_conflict`: the IRI of each conflict of the claim"),
    frequency_as_stated=Carried("field", "`frequency_qualifier`, digits as printed"),
    category=Carried("extension", "`dkg_frequency_category`"),
    interval=Carried("extension", "`dkg_lower_bound` …; an open bound is empty"),
    proportion=Carried("field", "`has_quotient`, `has_percentage`"),
    numerator=Carried("field", "`has_count`; `dkg_numerator_is_derived` if it was computed"),
    denominator=Carried("field", "`has_total`"),
    arm=Carried("extension", "`dkg_arm`"),
    comparator=Carried("extension", "`dkg_comparator_arm`, `dkg_comparator`"),
    grouping_level=Carried("extension", "`dkg_grouping_level`"),
)


def write(release: Release) -> Written:
    """Return the table of nodes and the table of edges."""
    left = left_out(release.claims, lambda claim: _reason(release, claim))
    edges = [
        _row(edge, claim, target, line, frequency)
        for claim in release.claims
        if claim.iri not in left
        for line, frequency in claim.stated()
        if (edge := _edge(claim, line, frequency))
        for target in release.graph.iris(claim.iri, edge.object)
    ]
    ends = {
        end
        for claim in release.claims
        if claim.iri not in left
        for end in (*claim.products, *release.graph.iris(claim.iri, EDGE[claim.kind].object))
    }
    nodes = [_node(release, each) for each in sorted(ends)]
    return Written({NODES: _tsv(_NODE_COLUMNS, nodes), EDGES: _tsv(EDGE_COLUMNS, edges)}, left)


def curie(iri: str) -> str:
    """Return *iri* as a CURIE as the Biolink world writes it: MONDO:0005301, DRUGKG:kesimpta."""
    if iri.startswith(OBO):
        return iri.removeprefix(OBO).replace("_", ":", 1)
    for namespace, prefix in _PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _reason(release: Release, claim: Claim) -> str:
    edge = EDGE.get(claim.kind)
    if edge is None:
        return f"Biolink has no association for a claim of the class {claim.kind}"
    match claim.kind:
        case "ProductClaim" if release.graph.iri(claim.iri, "dkg:characteristic") != (
            DKG + "ActiveSubstance"
        ):
            return "Biolink has no association for this property of a product"
        case "CautionClaim" if release.graph.iri(claim.iri, "dkg:strength") != DKG + "Absolute":
            return "Biolink has contraindicated_in, and no predicate for a weaker caution"
    if not any(_edge(claim, line, frequency) for line, frequency in claim.stated()):
        return "sources only mention it, without a figure, and an edge would assert it"
    if release.graph.iris(claim.iri, edge.object):
        return ""
    person = "it forbids by who someone is; contraindicated_in is of a disease or finding"
    return person if release.barred(claim) else f"the claim names no object of {edge.predicate}"


def _edge(claim: Claim, line: Evidence, frequency: Frequency | None) -> Edge | None:
    """Return the edge that *line* supports, or the one that its figure does, if any."""
    if line.supports:
        return EDGE[claim.kind]
    return COUNTED if frequency and claim.kind == "SideEffectClaim" else None


def _row(
    edge: Edge,
    claim: Claim,
    target: str,
    line: Evidence,
    frequency: Frequency | None,
) -> dict[str, str]:
    stated = frequency.iri if frequency else line.iri
    return {
        "id": f"{stated}#{curie(target)}",
        "subject": curie(claim.products[0]),
        "predicate": edge.predicate,
        "object": curie(target),
        "category": edge.category,
        "negated": str(claim.negated).lower(),
        "knowledge_level": line.knowledge_level,
        "agent_type": line.agent_type,
        "primary_knowledge_source": SOURCE,
        "publications": _many(each for each in (line.source, *line.relies_on) if each),
        "has_evidence_of_type": _many(line.types),
        "supporting_text": _many(line.quotes),
        "dkg_claim": curie(claim.iri),
        "dkg_evidence_line": curie(line.iri),
        "dkg_section": line.section,
        "dkg_line": _many(line.lines),
        "dkg_page": _many(line.pages),
        "dkg_modality": curie(line.modality),
        "dkg_direction": curie(line.direction),
        "dkg_jurisdiction": _many(claim.jurisdictions),
        "dkg_population": _many(
            dict.fromkeys((*claim.scopes, *(frequency.populations if frequency else ())))
        ),
        "dkg_conflict": _many(claim.conflicts),
        "dkg_comparator": _many(claim.comparators),
    } | (_figure(frequency) if frequency else {})


def _figure(frequency: Frequency) -> dict[str, str]:
    proportion = frequency.proportion
    return {
        "frequency_qualifier": frequency.words,
        "has_count": frequency.numerator,
        "has_total": frequency.denominator,
        "has_quotient": proportion,
        "has_percentage": percentage(proportion) if proportion else "",
        "dkg_frequency": curie(frequency.iri),
        "dkg_frequency_category": curie(frequency.category),
        "dkg_lower_bound": frequency.lower,
        "dkg_lower_inclusive": frequency.lower_inclusive,
        "dkg_upper_bound": frequency.upper,
        "dkg_upper_inclusive": frequency.upper_inclusive,
        "dkg_numerator_is_derived": frequency.numerator_is_derived,
        "dkg_arm": curie(frequency.arm),
        "dkg_comparator_arm": curie(frequency.comparator_arm),
        "dkg_grouping_level": curie(frequency.grouping_level),
    }


def percentage(proportion: str) -> str:
    """Return a *proportion* times 100, exactly."""
    return f"{(Decimal(proportion) * 100).normalize():f}"


def _node(release: Release, iri: str) -> dict[str, str]:
    graph = release.graph
    same = [*graph.iris(iri, "skos:exactMatch")]
    same += [
        graph.iri(mapping, "sssom:object_id")
        for mapping in graph.subjects("sssom:subject_id", iri)
        if graph.iri(mapping, "sssom:predicate_id").endswith("exactMatch")
    ]
    return {
        "id": curie(iri),
        "category": _category(release, iri),
        "name": release.label(iri),
        "xref": _many(sorted(set(same))),
        "provided_by": SOURCE,
    }


def _category(release: Release, iri: str) -> str:
    kinds = {each.removeprefix(DKG) for each in release.graph.iris(iri, "rdf:type")}
    for kind, category in _CATEGORIES:
        if kind in kinds:
            return category
    if iri.startswith(OBO + "MONDO_"):
        return "biolink:Disease"
    if iri.startswith(OBO + "HP_"):
        return "biolink:PhenotypicFeature"
    return "biolink:DiseaseOrPhenotypicFeature"


def _many(values: Iterable[str]) -> str:
    found = [_shortened(each) for each in values]
    if clash := [each for each in found if MANY in each]:
        raise ExportError(f"a value in a cell of several values holds {MANY!r}: {clash[0]!r}")
    return MANY.join(found)


def _shortened(text: str) -> str:
    mapped = text.removeprefix("https://bioregistry.io/")
    return mapped if mapped != text else curie(text)


def _tsv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: " ".join(v.split()) for k, v in row.items()} for row in rows)
    return text.getvalue().encode()
