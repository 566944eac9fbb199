"""Lay the side effects out as rows, one for each figure that an evidence line states."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from kg.errors import ExportError
from kg.exports.claims import Claim, Conflict, Evidence, Frequency, Release
from kg.exports.report import Carried, carried, left_out
from kg.terms import DKG, PREFIXES, PROV

Kind: TypeAlias = Literal["string", "anyURI", "boolean", "integer", "decimal"]
Row: TypeAlias = dict[str, str]  # an empty cell is an unknown value, never a no
MANY: Final = "|"  # between the values of a cell that has several


@dataclass(frozen=True)
class Column:
    """Describe a column once, for CSV, Parquet, CSVW, Croissant and the data dictionary."""

    name: str
    kind: Kind
    about: str
    iri: str
    required: bool = False
    many: bool = False


def _dkg(name: str, kind: Kind, local: str, about: str, *, many: bool = False) -> Column:
    return Column(name, kind, about, DKG + local, many=many)


_RDFS_LABEL: Final = PREFIXES["rdfs"] + "label"
_BIOLINK: Final = PREFIXES["biolink"]
SIDE_EFFECTS: Final = (
    Column(
        "row", "integer", "number of the row", PREFIXES["dcterms"] + "identifier", required=True
    ),
    Column("claim", "anyURI", "the claim", PREFIXES["rdf"] + "subject", required=True),
    Column("product", "anyURI", "the medicine", DKG + "aboutProduct", required=True),
    Column("product_label", "string", "its name", _RDFS_LABEL, required=True),
    Column("effect", "anyURI", "the side effect", DKG + "effect", required=True),
    Column("effect_label", "string", "its name", _RDFS_LABEL, required=True),
    Column(
        "negated", "boolean", "true if the claim denies the effect", DKG + "negated", required=True
    ),
    _dkg("population", "anyURI", "population", "who the claim or the figure is about", many=True),
    _dkg("frequency", "anyURI", "frequency", "the frequency statement; empty if none is stated"),
    _dkg("as_stated", "string", "asStated", "how often, in the words and digits of the source"),
    _dkg("category", "anyURI", "category", "category that the source uses"),
    _dkg("category_label", "string", "category", "name of that category"),
    Column("scheme", "anyURI", "scheme that defines the category", PREFIXES["skos"] + "inScheme"),
    _dkg("derived_category", "anyURI", "derivedCategory", "category that a rule gives the number"),
    _dkg("lower_bound", "decimal", "lowerBound", "lower end, as a proportion from 0 to 1"),
    _dkg("lower_inclusive", "boolean", "lowerInclusive", "whether the lower end belongs to it"),
    _dkg("upper_bound", "decimal", "upperBound", "upper end, as a proportion from 0 to 1"),
    _dkg("upper_inclusive", "boolean", "upperInclusive", "whether the upper end belongs to it"),
    _dkg("proportion", "decimal", "proportion", "share of people affected, from 0 to 1"),
    _dkg("numerator", "integer", "numeratorCount", "people affected"),
    _dkg("numerator_is_derived", "boolean", "numeratorIsDerived", "true if it was computed"),
    _dkg("denominator", "integer", "denominator", "people in whom the effect was counted"),
    _dkg("arm", "anyURI", "arm", "trial arm of the figure"),
    _dkg("arm_label", "string", "arm", "name of that arm"),
    _dkg("comparator_arm", "anyURI", "comparatorArm", "trial arm that it stands against"),
    _dkg("comparator_arm_label", "string", "comparatorArm", "name of that arm"),
    _dkg("grouping_level", "anyURI", "groupingLevel", "how single terms were pooled"),
    _dkg("exposure_window", "string", "exposureWindow", "time of treatment of the figure"),
    Column("evidence_line", "anyURI", "the evidence line", DKG + "hasEvidenceLine", required=True),
    Column("direction", "anyURI", "how it bears on the claim", DKG + "direction"),
    Column("modality", "anyURI", "with what force it is put", DKG + "modality"),
    Column(
        "evidence_type",
        "anyURI",
        "kind of evidence (ECO)",
        _BIOLINK + "has_evidence_of_type",
        required=True,
        many=True,
    ),
    Column("knowledge_level", "string", "Biolink", _BIOLINK + "knowledge_level"),
    Column("agent_type", "string", "Biolink", _BIOLINK + "agent_type"),
    Column("source", "anyURI", "version of the document", PROV + "wasDerivedFrom"),
    Column("source_label", "string", "its name", _RDFS_LABEL),
    _dkg("source_jurisdiction", "anyURI", "jurisdiction", "where it holds", many=True),
    Column("section", "string", "heading of the section", DKG + "sectionTitle"),
    _dkg("line", "integer", "line", "lines of the document", many=True),
    _dkg("page", "integer", "page", "pages of the document", many=True),
    Column("quote", "string", "words quoted", PREFIXES["oa"] + "exact", many=True),
    _dkg("conflict", "anyURI", "conflict", "conflicts of the claim; see conflicts.csv", many=True),
)
CONFLICTS: Final = (
    Column(
        "row", "integer", "number of the row", PREFIXES["dcterms"] + "identifier", required=True
    ),
    Column("conflict", "anyURI", "the conflict", PREFIXES["rdf"] + "subject", required=True),
    Column("conflict_label", "string", "its name", _RDFS_LABEL),
    _dkg("relation", "anyURI", "conflictRelation", "how the sides stand to each other"),
    _dkg("type", "anyURI", "conflictType", "in what respect they differ", many=True),
    _dkg("computed", "boolean", "Conflict", "true if a rule found it and no curator"),
    _dkg("side", "string", "firstSide", "first or second"),
    _dkg("claim", "anyURI", "firstSide", "a claim on that side"),
    _dkg("claim_label", "string", "firstSide", "its name"),
)

CARRIES: Final = carried(
    Carried("field", "a column of its own"),
    jurisdiction=Carried("field", "`source_jurisdiction`, of the document"),
    machine_reading=Carried("field", "`agent_type` is `automated_agent`"),
    place_in_the_source=Carried("field", "`section`, `line`, `page`, `quote`"),
    population_and_stage=Carried("field", "`population`"),
    negation=Carried("field", "`negated`"),
    conflict=Carried("field", "`conflict`, and `conflicts.csv` with both sides"),
    frequency_as_stated=Carried("field", "`as_stated`, digits as printed"),
    interval=Carried("field", "bounds and whether each is inside; an open bound is empty"),
    evidence=Carried("field", "one row for each evidence line and figure"),
)


def _joined(values: Iterable[str]) -> str:
    """Return *values* as one cell.

    Raises:
        ExportError: one holds the separator, which CSVW cannot escape.
    """
    found = list(values)
    if clash := [each for each in found if MANY in each]:
        raise ExportError(f"a value in a cell of several values holds {MANY!r}: {clash[0]!r}")
    return MANY.join(found)


def left(release: Release) -> dict[str, str]:
    """Return the claims that are no rows, with the reason."""
    return left_out(release.claims, _reason)


def _reason(claim: Claim) -> str:
    if claim.kind == "SideEffectClaim":
        return ""
    return f"the table is of side effects, and this is a claim of the class {claim.kind}"


def rows(release: Release) -> list[Row]:
    """Return a row for each figure of each evidence line, or one for a line without a figure."""
    found = [
        _row(release, claim, effect, line, frequency)
        for claim in release.claims
        if claim.kind == "SideEffectClaim"
        for effect in release.graph.iris(claim.iri, "dkg:effect")
        for line, frequency in claim.stated()
    ]
    return [{"row": str(number), **each} for number, each in enumerate(found, start=1)]


def conflict_rows(release: Release) -> list[Row]:
    """Return a row for each side of each conflict of a claim that is a row."""
    kept = {each["claim"] for each in rows(release)}
    found = [
        row
        for conflict in release.conflicts.values()
        if kept & {*conflict.first, *conflict.second}
        for row in _sides(release, conflict)
    ]
    return [{"row": str(number), **each} for number, each in enumerate(found, start=1)]


def _sides(release: Release, conflict: Conflict) -> Iterator[Row]:
    for side, claims in (("first", conflict.first), ("second", conflict.second)):
        for claim in claims:
            yield {
                "conflict": conflict.iri,
                "conflict_label": conflict.label,
                "relation": conflict.relation,
                "type": _joined(conflict.types),
                "computed": str(conflict.computed).lower(),
                "side": side,
                "claim": claim,
                "claim_label": release.label(claim),
            }


def _row(
    release: Release, claim: Claim, effect: str, line: Evidence, frequency: Frequency | None
) -> Row:
    name = release.graph.label
    row = {
        "claim": claim.iri,
        "product": claim.products[0],
        "product_label": release.label(claim.products[0]),
        "effect": effect,
        "effect_label": release.label(effect),
        "negated": str(claim.negated).lower(),
        "evidence_line": line.iri,
        "direction": line.direction,
        "modality": line.modality,
        "evidence_type": _joined(line.types),
        "knowledge_level": line.knowledge_level,
        "agent_type": line.agent_type,
        "source": line.source,
        "source_label": release.label(line.source),
        "source_jurisdiction": _joined(release.graph.iris(line.source, "dkg:jurisdiction")),
        "section": line.section,
        "line": _joined(line.lines),
        "page": _joined(line.pages),
        "quote": _joined(line.quotes),
        "conflict": _joined(claim.conflicts),
        "population": _joined(
            dict.fromkeys((*claim.scopes, *(frequency.populations if frequency else ())))
        ),
    }
    return row | (_figure(release, frequency, name) if frequency else {})


def _figure(release: Release, frequency: Frequency, name: Callable[[str], str]) -> Row:
    category = frequency.category
    return {
        "frequency": frequency.iri,
        "as_stated": frequency.words,
        "category": category,
        "category_label": name(category),
        "scheme": release.graph.iri(category, "skos:inScheme"),
        "derived_category": frequency.derived_category,
        "lower_bound": frequency.lower,
        "lower_inclusive": frequency.lower_inclusive,
        "upper_bound": frequency.upper,
        "upper_inclusive": frequency.upper_inclusive,
        "proportion": frequency.proportion,
        "numerator": frequency.numerator,
        "numerator_is_derived": frequency.numerator_is_derived,
        "denominator": frequency.denominator,
        "arm": frequency.arm,
        "arm_label": name(frequency.arm),
        "comparator_arm": frequency.comparator_arm,
        "comparator_arm_label": name(frequency.comparator_arm),
        "grouping_level": frequency.grouping_level,
        "exposure_window": frequency.exposure_window,
    }
