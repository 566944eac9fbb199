"""Is there a reason for everything that was computed, and is it the right one?"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.derive import derive
from kg.errors import ParameterError
from kg.explain import Explainer, of_release, read_triple
from kg.paths import root
from kg.places import Places
from kg.proofs import Prover
from kg.reason import infer
from kg.reasons import Explanation, Reason, render
from kg.terms import DERIVED_GRAPH, INFERRED_GRAPH, OWL, PREFIXES
from kg.theory import SUB_CLASS, TYPE, Theory, iri
from kg.turtle import parse

PLACE = re.compile(r"(?P<file>\S+\.ttl):(?P<line>\d+)")
EXAMPLE = "https://example.org/"


@pytest.fixture(scope="module")
def explainer(release: Path) -> Explainer:
    return of_release(release)


@pytest.fixture(scope="module")
def quads(explainer: Explainer) -> ox.Store:
    return explainer.store


def computed(quads: ox.Store, graph: str) -> list[ox.Triple]:
    node = ox.NamedNode(graph)
    return [quad.triple for quad in quads.quads_for_pattern(None, None, None, node)]


def reasons(explanation: Explanation) -> Iterator[Reason]:
    for reason in explanation.reasons:
        yield reason
        for premise in reason.because:
            yield from reasons(premise)


def lines_of(file: str) -> list[str]:
    return (root() / file).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("graph", [DERIVED_GRAPH, INFERRED_GRAPH])
def test_there_is_a_reason_for_every_triple(
    explainer: Explainer, quads: ox.Store, graph: str
) -> None:
    kinds: Counter[str] = Counter()
    places: set[str] = set()
    for triple in computed(quads, graph):
        explanation = explainer.explain(triple)
        assert explanation.reasons, triple
        for reason in reasons(explanation):
            kinds[reason.kind] += 1
            if reason.kind == "asserted":
                places.add(reason.by)
            elif reason.kind != "added by the build":
                assert reason.because, triple  # it goes back to what files state
            places.update(evidence.place for evidence in reason.evidence)
            assert all(evidence.source and evidence.where for evidence in reason.evidence)
    assert kinds["added by the build"] == 1
    texts = {place[1]: lines_of(place[1]) for place in map(PLACE.fullmatch, places) if place}
    for place in places:
        found = PLACE.fullmatch(place)
        assert found, place
        assert texts[found["file"]][int(found["line"]) - 1].strip(" .;"), place


def test_a_derived_edge_names_its_rule_and_each_line_of_evidence(explainer: Explainer) -> None:
    text = render(
        explainer.explain(read_triple("id:kesimpta", "dkg:hasSideEffect", "obo:OAE_0000366"))
    )
    assert text.startswith("Kesimpta has side effect injection-site adverse event\n")
    assert "derived: kg/rules/side-effects.rq (Products and their side effects), because" in text
    assert re.search(
        r"Kesimpta \(ofatumumab\), MS Trust page, section What side effects could I get with "
        r"Kesimpta\?, line 53 \(kg/facts/kesimpta/mstrust\.ttl:\d+\)",
        text,
    )
    assert "leaflet-eu-2022.ttl" in text


def test_an_inferred_edge_names_its_axioms_and_where_its_facts_come_from(
    explainer: Explainer,
) -> None:
    (reason,) = explainer.explain(
        read_triple("id:ofatumumab", "dkg:sparesCellType", "obo:CL_0000786")
    ).reasons
    assert reason.kind == "inferred"
    absent, target, axiom = reason.because
    assert absent.sentence == "CD20 absent from surface of plasma cell"
    assert target.sentence == "ofatumumab has molecular target CD20"
    assert axiom.sentence == (
        "whatever holds by “has molecular target” and then “absent from surface of” "
        "holds by “spares cell type”"
    )
    assert [step.reasons[0].kind for step in (absent, target, axiom)] == [
        "derived",
        "derived",
        "asserted",
    ]
    assert any("lacks plasma membrane part" in p.sentence for p in absent.reasons[0].because)
    assert any(line.where.endswith("line 86") for line in target.reasons[0].evidence)


def test_what_a_claim_covers_goes_back_through_the_reasoner_to_the_words_of_its_source(
    explainer: Explainer,
) -> None:
    claim = "id:claim-kesimpta-us-contraindication-active-hbv"
    text = render(
        explainer.explain(
            read_triple(claim, "dkg:coversCondition", "id:chronic-active-hepatitis-b")
        )
    )
    steps = [
        "derived: kg/rules/covers-condition.rq",
        "every chronic active hepatitis B virus infection is an active hepatitis B virus infection",
        "inferred: the reasoner, because",
        "active hepatitis B virus infection means a hepatitis B virus infection and an active",
        "MSfocus autumn 2023, section Do not use KESIMPTA if you:, page 28",
    ]
    assert [step for step in steps if step not in text] == []


def test_a_comparison_goes_back_to_both_frequencies(explainer: Explainer, quads: ox.Store) -> None:
    lower = ox.NamedNode(PREFIXES["dkg"] + "confidenceLower")
    derived = ox.NamedNode(DERIVED_GRAPH)
    for quad in quads.quads_for_pattern(None, lower, None, derived):
        (reason,) = explainer.explain(quad.triple).reasons
        assert (reason.kind, reason.by) == ("computed", "kg/compare.py")
        assert len({premise.triple.subject for premise in reason.because}) == 2
        assert reason.evidence


def test_a_stated_triple_has_its_places(explainer: Explainer) -> None:
    explanation = explainer.explain(read_triple("id:ofatumumab", "a", "dkg:MonoclonalAntibody"))
    (reason,) = explanation.reasons
    file, _, line = reason.by.rpartition(":")
    assert file == "kg/facts/kesimpta/product.ttl"
    assert "dkg:MonoclonalAntibody" in lines_of(file)[int(line) - 1]
    assert render(explanation) == f"ofatumumab is a monoclonal antibody ({reason.by})"


def test_what_the_graph_does_not_say_has_no_reason(explainer: Explainer) -> None:
    explanation = explainer.explain(read_triple("id:aubagio", "a", "dkg:AntiCD20Product"))
    assert not explanation.reasons
    assert render(explanation) == "Aubagio is an anti-CD20 product: the graph does not say so"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (("id:x", "a", "dkg:Test"), "<{id}x> <{rdf}type> <{dkg}Test>"),
        (("http://a.b/x", "rdfs:label", '"y"@en'), '<http://a.b/x> <{rdfs}label> "y"@en'),
        (("<urn:x>", "<urn:p>", "0.10"), '<urn:x> <urn:p> "0.10"^^<{xsd}decimal>'),
    ],
)
def test_terms_are_read_as_in_turtle(terms: tuple[str, str, str], expected: str) -> None:
    assert str(read_triple(*terms)) == expected.format(**PREFIXES)


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        (("kesimpta", "a", "dkg:Test"), "SUBJECT"),
        (("id:x", "nothing:p", "id:y"), "PREDICATE"),
        (("id:x", "a", "id:y , id:z"), "OBJECT"),
        (("id:x", "a", '"y'), "OBJECT"),
        (("id:x", "a", "id:y . id:z a id:w"), "OBJECT"),
    ],
)
def test_what_is_no_term_is_refused_by_its_place(terms: tuple[str, str, str], name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        read_triple(*terms)


def test_two_conditions_below_each_other_do_not_explain_each_other(tmp_path: Path) -> None:
    (tmp_path / "step.rq").write_text(
        """CONSTRUCT { ?a <https://example.org/over> ?c } WHERE {
            { ?a <https://example.org/up> ?c } UNION
            { ?a <https://example.org/over> ?b . ?b <https://example.org/up> ?c } }""",
        encoding="utf-8",
    )
    facts = tmp_path / "facts.ttl"
    facts.write_text(
        "@prefix : <https://example.org/> .\n:x :up :y .\n:y :up :z .\n:z :up :y .\n",
        encoding="utf-8",
    )
    document = parse(facts, "https://example.org/graph")
    store = ox.Store()
    store.extend(ox.Quad(s, p, o, document.graph) for s, p, o, _ in document.statements)
    derive(store, tmp_path, {EXAMPLE + "over"})
    found = Explainer(store, [document], tmp_path)
    over = ox.NamedNode(EXAMPLE + "over")
    for one in "xyz":
        for other in "yz":
            triple = ox.Triple(ox.NamedNode(EXAMPLE + one), over, ox.NamedNode(EXAMPLE + other))
            leaves = [r for r in reasons(found.explain(triple)) if r.kind == "asserted"]
            assert leaves, triple


def test_numbers_are_found_as_the_store_writes_them(tmp_path: Path) -> None:
    facts = tmp_path / "facts.ttl"
    facts.write_text("<urn:x> <urn:share> 0.10 .\n", encoding="utf-8")
    places = Places([parse(facts, "urn:graph")])
    (quad,) = list(ox.parse("<urn:x> <urn:share> 0.1 .", format=ox.RdfFormat.TURTLE))
    assert places.of(quad.triple) == (f"{facts}:1",)


def test_each_proof_suffices_and_can_spare_nothing(quads: ox.Store) -> None:
    """Ask HermiT once, of copies side by side: each proof whole, and without each of its parts."""
    theory = Theory.of(quads)
    prover = Prover(theory)
    copies: list[tuple[ox.Triple, frozenset[ox.Triple], bool]] = []
    for goal in computed(quads, INFERRED_GRAPH):
        if iri(goal.subject).value == INFERRED_GRAPH:
            continue
        proof = prover.prove(goal)
        assert proof, goal
        copies.append((goal, proof, True))
        copies += ((goal, proof - {part}, False) for part in proof)
    declarations = {t for t in theory.triples if t.predicate == TYPE and is_owl(t.object)}
    everything: set[ox.Triple] = set()
    individuals: set[ox.NamedNode] = set()
    for number, (_, heads, _) in enumerate(copies):
        whole = [triple for head in heads for triple in theory.whole(head)]
        terms = {term for triple in whole for term in triple}
        whole += (triple for triple in declarations if triple.subject in terms)
        everything.update(copied(triple, number) for triple in whole)
        individuals.update(iri(copy(term, number)) for term in theory.individuals & terms)
    together = Theory(everything, individuals)
    found = closed(infer(together) | together.triples)
    assert sum(follows for _, _, follows in copies) > 30
    for number, (goal, heads, follows) in enumerate(copies):
        assert (copied(goal, number) in found) is follows, (goal, heads)


def is_owl(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(OWL)


def copy(term: object, number: int) -> ox.NamedNode:
    node = iri(term)
    return (
        node
        if node.value.startswith("http://www.w3.org/")
        else ox.NamedNode(f"{node.value}/{number}")
    )


def copied(triple: ox.Triple, number: int) -> ox.Triple:
    subject, predicate, value = (copy(term, number) for term in triple)
    return ox.Triple(subject, predicate, value)


def closed(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Add what lies above along rdfs:subClassOf."""
    found = set(triples)
    above: dict[object, set[ox.NamedNode]] = {}
    for triple in found:
        if triple.predicate == SUB_CLASS:
            above.setdefault(triple.subject, set()).add(iri(triple.object))
    due = [triple for triple in found if triple.predicate in {SUB_CLASS, TYPE}]
    while due:
        triple = due.pop()
        for wider in above.get(triple.object, ()):
            new = ox.Triple(triple.subject, triple.predicate, wider)
            if new not in found:
                found.add(new)
                due.append(new)
    return found
