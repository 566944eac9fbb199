"""What the rules compute: each finds what is planted, and nothing where nothing is to find."""

import shutil
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph as ox
import pytest

from kg.derive import derive
from kg.paths import FACTS, ONTOLOGY, RULES
from kg.terms import DERIVED_GRAPH, DKG, ID, PREFIXES, RDF, RDFS, curie
from kg.turtle import Document, Statement, load_shapes
from kg.validate import validate

Edges: TypeAlias = set[tuple[str, str, str]]

DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
PROLOGUE: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
KNOWN: Final = ox.Store()
KNOWN.load(path=ONTOLOGY / "drug.ttl", format=ox.RdfFormat.TURTLE)
PROPERTIES: Final = {
    quad.subject.value
    for quad in KNOWN.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None)
    if isinstance(quad.subject, ox.NamedNode)
} | {RDF + "type", RDFS + "label"}

NAMES: Final = """
    id:pen rdfs:label "the pen"@en . id:tablet rdfs:label "the tablet"@en .
    id:rash rdfs:label "rash"@en . id:fever rdfs:label "fever"@en .
    id:rash-or-fever rdfs:label "rash or fever"@en ;
        owl:equivalentClass [ owl:unionOf ( id:rash id:fever ) ] .
    id:gout rdfs:label "gout"@en . id:here rdfs:label "Here"@en . id:there rdfs:label "There"@en .
    src:page rdfs:label "the page"@en . src:label rdfs:label "the label"@en .
    id:on-page prov:wasDerivedFrom src:page ; dkg:direction dkg:Supports .
    id:on-label prov:wasDerivedFrom src:label ; dkg:direction dkg:Supports .
    id:counted prov:wasDerivedFrom src:label ; dkg:direction dkg:Mentions .
    id:denied prov:wasDerivedFrom src:label ; dkg:direction dkg:Disputes .
    dkg:Absolute rdfs:label "absolute"@en . dkg:Relative rdfs:label "relative"@en .
    dkg:Must rdfs:label "must"@en . dkg:Should rdfs:label "should"@en .
"""


def apply(rule: str, directory: Path, *turtle: str) -> ox.Store:
    """Return the graph *turtle* with what *rule* makes of it."""
    (directory / "rules").mkdir()
    shutil.copy(RULES / f"{rule}.rq", directory / "rules")
    store = ox.Store()
    for number, text in enumerate((NAMES, *turtle)):
        graph = ox.NamedNode(f"{ID}graph-{number}")
        store.load(PROLOGUE + text, ox.RdfFormat.TURTLE, to_graph=graph)
    derive(store, directory / "rules", PROPERTIES)
    return store


def edges(store: ox.Store, *predicates: str) -> Edges:
    """Return what was derived, as CURIEs; of some *predicates* only."""
    found = store.quads_for_pattern(None, None, None, DERIVED)
    triples = {(text(q.subject), text(q.predicate), text(q.object)) for q in found}
    return {edge for edge in triples if edge[1] in predicates} if predicates else triples


def text(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return curie(term.value)
    assert isinstance(term, ox.Literal)
    return term.value


def the_conflict(store: ox.Store) -> str:
    ((node, _, _),) = edges(store, "dkg:conflictRelation")
    assert node.startswith("id:computed-conflict-")
    assert (node, "rdf:type", "dkg:Conflict") in edges(store)
    assert (node, "prov:wasAttributedTo", "id:drugkg-rules") in edges(store)
    assert len(edges(store, "rdfs:label")) == len(edges(store, "dkg:note")) == 1
    return node


def about(store: ox.Store, predicate: str) -> set[str]:
    return {value for _, _, value in edges(store, predicate)}


def effect_claim(name: str, effect: str, frequency: str, more: str = "") -> str:
    return f"""id:claim-{name} a dkg:SideEffectClaim ; dkg:aboutProduct id:pen ;
        dkg:effect id:{effect} ; dkg:frequency id:freq-{name} . {more}
        id:freq-{name} {frequency} ."""


# A lower bound above the sum of the single shares

MOST: Final = "dkg:lowerBound 0.5 ; dkg:statedBy id:on-page"
SHARE: Final = "dkg:proportion {} ; dkg:arm id:arm ; dkg:statedBy id:on-label"
RASH: Final = effect_claim("rash", "rash", SHARE.format(0.21))
FEVER: Final = effect_claim("fever", "fever", SHARE.format(0.11))


def test_a_bound_above_the_sum_of_the_shares_disputes_them(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    store = apply("conflict-bound-above-sum", tmp_path, either, RASH, FEVER, RASH)
    the_conflict(store)
    assert about(store, "dkg:conflictRelation") == {"dkg:Dispute"}
    assert about(store, "dkg:conflictType") == {"dkg:ValueConflict"}
    assert about(store, "dkg:firstSide") == {"id:claim-either"}
    assert about(store, "dkg:secondSide") == {"id:claim-rash", "id:claim-fever"}
    assert about(store, "dkg:derivedFrom") == {"id:freq-either", "id:freq-rash", "id:freq-fever"}
    assert about(store, "rdfs:label") == {"rash or fever: at least 0.5 against at most 0.32"}


def test_what_is_only_counted_bounds_what_is_asserted(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    counted = FEVER.replace("id:on-label", "id:counted")
    the_conflict(apply("conflict-bound-above-sum", tmp_path, either, RASH, counted))


def test_an_upper_bound_counts_like_a_share(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    bounded = effect_claim("fever", "fever", SHARE.format(0.2).replace("proportion", "upperBound"))
    store = apply("conflict-bound-above-sum", tmp_path, either, RASH, bounded)
    assert about(store, "rdfs:label") == {"rash or fever: at least 0.5 against at most 0.41"}


@pytest.mark.parametrize(
    ("either", "fever"),
    [
        pytest.param(MOST, FEVER.replace("0.11", "0.3"), id="the sum is higher"),
        pytest.param(MOST.replace("0.5", "0.33"), FEVER, id="rounding explains it"),
        pytest.param(MOST, FEVER.replace("id:fever", "id:gout"), id="one share is unknown"),
        pytest.param(MOST, FEVER.replace("on-label", "on-page"), id="another source"),
        pytest.param(MOST, FEVER.replace("id:arm ;", "id:other ;"), id="another arm"),
        pytest.param(MOST, FEVER.replace("0.11", "0.11 ; dkg:population id:few"), id="population"),
        pytest.param(MOST, FEVER.replace("id:pen", "id:tablet"), id="another product"),
        pytest.param(MOST, FEVER.replace("on-label", "denied"), id="the share is disputed"),
        pytest.param(MOST.replace("on-page", "denied"), FEVER, id="the bound is disputed"),
        pytest.param(MOST.replace("on-page", "counted"), FEVER, id="the bound is not asserted"),
        pytest.param(f"{MOST} ; dkg:arm id:other", FEVER, id="the bound is of another arm"),
        pytest.param(f"{MOST} . id:claim-either dkg:negated true", FEVER, id="denied"),
    ],
)
def test_no_bound_is_disputed_without_need(tmp_path: Path, either: str, fever: str) -> None:
    asserted = effect_claim("either", "rash-or-fever", either)
    store = apply("conflict-bound-above-sum", tmp_path, asserted, RASH, fever)
    assert edges(store) == set()


def test_a_share_of_a_population_does_not_bound_that_of_all(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    of_few = [
        claim.replace("id:arm ;", "id:arm ; dkg:population id:few ;") for claim in (RASH, FEVER)
    ]
    assert edges(apply("conflict-bound-above-sum", tmp_path, either, *of_few)) == set()


def test_a_denied_share_bounds_nothing(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    denied = "id:claim-fever dkg:negated true ."
    assert edges(apply("conflict-bound-above-sum", tmp_path, either, RASH, FEVER, denied)) == set()


@pytest.mark.parametrize(
    "other",
    [
        SHARE.format(0.11).replace("id:arm", "id:other"),
        SHARE.format(0.11).replace("id:arm", "id:arm ; dkg:population id:few"),
        SHARE.format(0.11).replace("on-label", "denied"),
        SHARE.format(0.11).replace("on-label", "on-page"),
        "dkg:lowerBound 0.01 ; dkg:arm id:arm ; dkg:statedBy id:on-label",
    ],
)
def test_only_what_was_added_up_is_disputed(tmp_path: Path, other: str) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    more = effect_claim("more", "fever", other)
    store = apply("conflict-bound-above-sum", tmp_path, either, RASH, FEVER, more)
    assert about(store, "dkg:secondSide") == {"id:claim-rash", "id:claim-fever"}
    assert about(store, "dkg:derivedFrom") == {"id:freq-either", "id:freq-rash", "id:freq-fever"}


def test_of_several_statements_on_one_effect_the_highest_counts(tmp_path: Path) -> None:
    either = effect_claim("either", "rash-or-fever", MOST)
    more = effect_claim("fever-too", "fever", SHARE.format(0.3))
    store = apply("conflict-bound-above-sum", tmp_path, either, RASH, FEVER, more)
    assert edges(store) == set()


# Frequencies that cannot both hold

UP_TO: Final = "dkg:upperBound 0.1 ; dkg:upperInclusive {} ; dkg:statedBy id:on-page"
FROM: Final = "dkg:lowerBound 0.1 ; dkg:lowerInclusive {} ; dkg:statedBy id:on-label"


def test_intervals_without_a_common_point_dispute_each_other(tmp_path: Path) -> None:
    low = effect_claim("low", "rash", UP_TO.format("true"))
    high = effect_claim("high", "rash", FROM.format("false"))
    store = apply("conflict-disjoint-intervals", tmp_path, low, high)
    node = the_conflict(store)
    assert (node, "rdf:type", "dkg:CurationFlag") not in edges(store)
    assert about(store, "dkg:conflictRelation") == {"dkg:Dispute"}
    assert about(store, "dkg:firstSide") == {"id:claim-low"}
    assert about(store, "dkg:secondSide") == {"id:claim-high"}
    assert about(store, "dkg:derivedFrom") == {"id:freq-low", "id:freq-high"}


def test_within_one_claim_disjoint_intervals_are_a_flag(tmp_path: Path) -> None:
    claim = effect_claim("rash", "rash", SHARE.format(0.1))
    more = f"id:claim-rash dkg:frequency id:freq-more . id:freq-more {SHARE.format(0.3)} ."
    store = apply("conflict-disjoint-intervals", tmp_path, claim, more)
    node = the_conflict(store)
    assert (node, "rdf:type", "dkg:CurationFlag") in edges(store)
    assert about(store, "dkg:conflictRelation") == {"dkg:Flag"}
    assert about(store, "dkg:firstSide") == {"id:claim-rash"}
    assert edges(store, "dkg:secondSide") == set()
    assert about(store, "rdfs:label") == {"rash: at most 0.105 against at least 0.295"}


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param(UP_TO.format("true"), FROM.format("true"), id="they touch"),
        pytest.param(SHARE.format(0.1), SHARE.format(0.11), id="rounding explains it"),
        pytest.param(SHARE.format(0.1), f"{SHARE.format(0.3)} ; dkg:population id:few", id="few"),
        pytest.param(SHARE.format(0.1), SHARE.format(0.3).replace(":arm id:", ":arm id:x"), id="x"),
        pytest.param(SHARE.format(0.1), FROM.format("true").replace("0.1", "0.3"), id="no arm"),
        pytest.param(
            f"{SHARE.format(0.1)} ; dkg:groupingLevel dkg:SingleTerm",
            f"{SHARE.format(0.3)} ; dkg:groupingLevel dkg:AnyOf",
            id="pooled to different degrees",
        ),
        pytest.param(SHARE.format(0.1), SHARE.format(0.3).replace("on-label", "denied"), id="no"),
        pytest.param(SHARE.format(0.1).replace("on-label", "denied"), SHARE.format(0.3), id="nor"),
        pytest.param(
            f"{SHARE.format(0.1)} . id:claim-low dkg:negated true", SHARE.format(0.3), id="denied"
        ),
        pytest.param(
            SHARE.format(0.1), f"{SHARE.format(0.3)} . id:claim-high dkg:negated true", id="negated"
        ),
        pytest.param("dkg:statedBy id:on-page", SHARE.format(0.3), id="nothing is known of one"),
    ],
)
def test_no_frequencies_are_disputed_without_need(tmp_path: Path, low: str, high: str) -> None:
    claims = effect_claim("low", "rash", low), effect_claim("high", "rash", high)
    assert edges(apply("conflict-disjoint-intervals", tmp_path, *claims)) == set()


@pytest.mark.parametrize("other", ["id:fever", "id:pen"])
def test_frequencies_of_different_things_are_not_compared(tmp_path: Path, other: str) -> None:
    low = effect_claim("low", "rash", SHARE.format(0.1))
    high = effect_claim("high", "rash", SHARE.format(0.3))
    moved = high.replace("id:rash" if other == "id:fever" else "id:pen", "id:fever")
    assert edges(apply("conflict-disjoint-intervals", tmp_path, low, moved)) == set()


# Cautions that are stricter in one jurisdiction than in another


def caution(name: str, strength: str, where: str, more: str = "") -> str:
    return f"""id:claim-{name} a dkg:CautionClaim ; dkg:aboutProduct id:pen ;
        dkg:condition id:gout ; dkg:strength dkg:{strength} ; dkg:jurisdiction id:{where} ;
        dkg:hasEvidenceLine id:line-{name} {more} .
        id:line-{name} dkg:direction dkg:Supports ."""


def test_a_caution_that_is_stricter_elsewhere_is_in_tension(tmp_path: Path) -> None:
    store = apply(
        "conflict-strength-by-jurisdiction",
        tmp_path,
        caution("lenient", "Relative", "here"),
        caution("strict", "Absolute", "there"),
        caution("strict-too", "Absolute", "there"),
    )
    the_conflict(store)
    assert about(store, "dkg:conflictType") == {"dkg:JurisdictionConflict", "dkg:StrengthConflict"}
    assert about(store, "dkg:conflictRelation") == {"dkg:Tension"}
    assert about(store, "dkg:firstSide") == {"id:claim-strict", "id:claim-strict-too"}
    assert about(store, "dkg:secondSide") == {"id:claim-lenient"}
    assert about(store, "rdfs:label") == {"gout: absolute (There) against relative (Here)"}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(caution("other", "Relative", "there"), id="as strict"),
        pytest.param(caution("other", "Absolute", "here"), id="the same jurisdiction"),
        pytest.param(
            caution("other", "Absolute", "there", "; dkg:population id:few"), id="of a population"
        ),
        pytest.param(caution("other", "Absolute", "there", "; dkg:negated true"), id="negated"),
        pytest.param(
            caution("other", "Absolute", "there").replace("Supports", "Mentions"), id="mentioned"
        ),
        pytest.param(
            caution("other", "Absolute", "there").replace("id:gout", "id:rash"), id="of another"
        ),
        pytest.param(
            caution("other", "Absolute", "there").replace("id:pen", "id:tablet"), id="of a tablet"
        ),
    ],
)
def test_no_cautions_are_in_tension_without_need(tmp_path: Path, other: str) -> None:
    mine = caution("mine", "Relative", "here")
    assert edges(apply("conflict-strength-by-jurisdiction", tmp_path, mine, other)) == set()


def test_a_denied_caution_is_not_lenient(tmp_path: Path) -> None:
    denied = caution("lenient", "Relative", "here", "; dkg:negated true")
    strict = caution("strict", "Absolute", "there")
    assert edges(apply("conflict-strength-by-jurisdiction", tmp_path, denied, strict)) == set()


# Claims put with different force

FORCE: Final = """id:claim rdfs:label "wash your hands"@en ; dkg:hasEvidenceLine id:{0} .
    id:{0} dkg:modality dkg:{1} ; dkg:direction dkg:{2} ."""


def test_evidence_of_different_force_is_in_tension(tmp_path: Path) -> None:
    lines = FORCE.format("one", "Should", "Supports"), FORCE.format("two", "Must", "Supports")
    store = apply("conflict-modality", tmp_path, *lines)
    the_conflict(store)
    assert about(store, "dkg:conflictType") == {"dkg:ModalityConflict"}
    assert about(store, "dkg:firstSide") == {"id:claim"}
    assert edges(store, "dkg:secondSide") == set()
    assert about(store, "dkg:derivedFrom") == {"id:one", "id:two"}
    assert about(store, "rdfs:label") == {"“must” against “should”: wash your hands"}


def test_the_label_of_a_long_claim_is_short(tmp_path: Path) -> None:
    lines = FORCE.format("one", "Should", "Supports"), FORCE.format("two", "Must", "Supports")
    long = [line.replace("hands", "hands " + "again and " * 8) for line in lines]
    (label,) = about(apply("conflict-modality", tmp_path, *long), "rdfs:label")
    assert label.startswith("“must” against “should”: wash your hands again and")
    assert label.endswith("…")
    assert len(label) < 100


@pytest.mark.parametrize(("force", "direction"), [("Should", "Supports"), ("Must", "Mentions")])
def test_evidence_of_one_force_is_in_no_tension(tmp_path: Path, force: str, direction: str) -> None:
    lines = FORCE.format("one", "Should", "Supports"), FORCE.format("two", force, direction)
    assert edges(apply("conflict-modality", tmp_path, *lines)) == set()


# Categories of observed shares

THIRTY: Final = "dkg:numeratorCount 30 ; dkg:denominator 301"


@pytest.mark.parametrize(
    ("observed", "category"),
    [
        ("dkg:proportion 0.1", "CIOMSVeryCommon"),
        ("dkg:proportion 1.0", "CIOMSVeryCommon"),
        ("dkg:proportion 0.099", "CIOMSCommon"),
        ("dkg:proportion 0.01", "CIOMSCommon"),
        ("dkg:proportion 0.009", "CIOMSUncommon"),
        ("dkg:proportion 0.0001", "CIOMSRare"),
        ("dkg:proportion 0.00009", "CIOMSVeryRare"),
        # 30 of 301 are printed as 10.0 %, but they are fewer than one in ten
        (f"dkg:proportion 0.1 ; {THIRTY}", "CIOMSCommon"),
        (f"dkg:proportion 0.1 ; {THIRTY} ; dkg:numeratorIsDerived true", "CIOMSVeryCommon"),
    ],
)
def test_a_share_falls_in_one_category(tmp_path: Path, observed: str, category: str) -> None:
    schemes = (FACTS / "terms" / "frequency-schemes.ttl").read_text(encoding="utf-8")
    store = apply("cioms-categories", tmp_path, schemes, f"id:f {observed} ; dkg:arm id:arm .")
    assert edges(store) == {("id:f", "dkg:derivedCategory", f"dkg:{category}")}


@pytest.mark.parametrize(
    "observed", ["dkg:proportion 0.2", "dkg:proportion 0.0 ; dkg:arm id:arm", "dkg:arm id:arm"]
)
def test_without_a_share_of_an_arm_there_is_no_category(tmp_path: Path, observed: str) -> None:
    schemes = (FACTS / "terms" / "frequency-schemes.ttl").read_text(encoding="utf-8")
    assert edges(apply("cioms-categories", tmp_path, schemes, f"id:f {observed} .")) == set()


# Claims that a later version of their source replaces

VERSIONS: Final = """
    src:second prov:wasRevisionOf src:first . src:third prov:wasRevisionOf src:second .
    id:old-code dcterms:isReplacedBy id:new-code .
"""
CODED: Final = """id:claim-{0} dkg:aboutProduct id:pen ; dkg:characteristic id:code ;
    dkg:value id:{0}-code ; dkg:hasEvidenceLine id:line-{0}-{1} .
    id:line-{0}-{1} prov:wasDerivedFrom src:{1} ; dkg:direction dkg:{2} ."""
OLD: Final = CODED.format("old", "first", "Supports")
NEW: Final = CODED.format("new", "third", "Supports")
SUPERSEDED: Final = {("id:claim-old", "dkg:supersededBy", "id:claim-new")}


def test_a_claim_whose_value_is_replaced_is_superseded(tmp_path: Path) -> None:
    assert edges(apply("superseded-claims", tmp_path, VERSIONS, OLD, NEW)) == SUPERSEDED


def test_a_claim_in_temporal_conflict_with_a_later_one_is_superseded(tmp_path: Path) -> None:
    sides = "id:c dkg:firstSide id:claim-old ; dkg:secondSide id:claim-new ; dkg:conflictType {} ."
    versions = VERSIONS.replace("isReplacedBy", "relation")
    conflict = sides.format("dkg:TemporalConflict")
    assert edges(apply("superseded-claims", tmp_path, versions, OLD, NEW, conflict)) == SUPERSEDED


@pytest.mark.parametrize(
    "turtle",
    [
        pytest.param((VERSIONS, OLD), id="the later version is silent"),
        pytest.param((VERSIONS.replace("isReplacedBy", "relation"), OLD, NEW), id="another value"),
        pytest.param((OLD, NEW, "id:old-code dcterms:isReplacedBy id:new-code ."), id="no version"),
        pytest.param((VERSIONS, OLD, NEW, CODED.format("old", "third", "Supports")), id="kept"),
        pytest.param((VERSIONS, OLD, NEW, CODED.format("new", "first", "Supports")), id="both"),
        pytest.param((VERSIONS, OLD, CODED.format("new", "third", "Mentions")), id="mentioned"),
        pytest.param((VERSIONS, OLD, NEW.replace("id:pen", "id:tablet")), id="another product"),
        pytest.param((VERSIONS, OLD, NEW.replace("id:code", "id:size")), id="another respect"),
    ],
)
def test_no_claim_is_superseded_without_need(tmp_path: Path, turtle: tuple[str, ...]) -> None:
    assert edges(apply("superseded-claims", tmp_path, *turtle)) == set()


# The real graph


def document(store: ox.Store, graph: ox.NamedNode) -> Document:
    found = store.quads_for_pattern(None, None, None, graph)
    statements = [Statement(q.subject, q.predicate, q.object, 0) for q in found]  # type: ignore[arg-type]
    return Document(graph.value, graph, tuple(statements))


def test_computed_conflicts_meet_the_shapes_of_curated_ones(quads: ox.Store) -> None:
    graphs = [graph for graph in quads.named_graphs() if isinstance(graph, ox.NamedNode)]
    report = validate([document(quads, graph) for graph in graphs], load_shapes(ONTOLOGY))
    assert [v for v in report.violations if "computed-conflict" in v.node] == []


def test_the_page_disputes_what_the_label_says_of_injection_reactions(quads: ox.Store) -> None:
    most = ox.NamedNode(ID + "claim-kesimpta-side-effect-most-have-injection-reactions")
    found = quads.quads_for_pattern(None, ox.NamedNode(DKG + "firstSide"), most, DERIVED)
    (conflict,) = (quad.subject for quad in found)  # X02
    second = quads.quads_for_pattern(conflict, ox.NamedNode(DKG + "secondSide"), None, DERIVED)
    assert {text(quad.object) for quad in second} == {
        "id:claim-kesimpta-side-effect-injection-related-reactions",
        "id:claim-kesimpta-side-effect-injection-site-reactions",
    }
