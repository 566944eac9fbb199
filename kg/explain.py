"""Explain why a triple is in the graph: where it is stated, or what it follows from."""

from __future__ import annotations

import functools
import gzip
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.applied import Application, applications
from kg.errors import ParameterError
from kg.lookup import iris, literals, subjects
from kg.paths import Inputs
from kg.places import Places
from kg.proofs import Prover
from kg.reasons import Evidence, Explanation, Reason
from kg.release import QUADS
from kg.skolem import skolemise, skolemise_ontology
from kg.terms import DERIVED_GRAPH, DKG, INFERRED_GRAPH, PREFIXES, PROV
from kg.theory import TYPE, Theory, iri
from kg.turtle import load_facts, load_ontology
from kg.vocabulary import functional
from kg.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.turtle import Document

_COMPUTED: Final = frozenset({DERIVED_GRAPH, INFERRED_GRAPH})
_EVIDENCE_LINE: Final = ox.NamedNode(DKG + "EvidenceLine")
_HAS_LINE: Final = ox.NamedNode(DKG + "hasEvidenceLine")
_DIRECTION: Final = ox.NamedNode(DKG + "direction")
_SUPPORTS: Final = ox.NamedNode(DKG + "Supports")
_SOURCE: Final = ox.NamedNode(PROV + "wasDerivedFrom")
_COMPARISON: Final = ox.NamedNode(DKG + "ArmComparison")
_DERIVED_FROM: Final = ox.NamedNode(DKG + "derivedFrom")
_FREQUENCY: Final = ox.NamedNode(DKG + "frequency")
_STATED_BY: Final = ox.NamedNode(DKG + "statedBy")
_LOCATOR: Final = ox.NamedNode(DKG + "locator")
_WHERE: Final = {"sectionTitle": "section", "line": "line", "page": "page"}


class Explainer:
    """Explain the triples of *store*, which was entailed from *documents* by the rules."""

    def __init__(self, store: ox.Store, documents: Iterable[Document], rules_dir: Path) -> None:
        self.store = store
        self._rules_dir = rules_dir
        self._words = Words(store)
        self._places = Places(documents)

    @functools.cached_property
    def _applied(self) -> dict[ox.Triple, list[Application]]:
        return applications(self.store, self._rules_dir)

    @functools.cached_property
    def _prover(self) -> Prover:
        return Prover(Theory.of(self.store))

    def explain(self, triple: ox.Triple) -> Explanation:
        """Return *triple* with all reasons for it; each of their premises has one of its own."""
        return self._with(triple, tuple(self._reasons(triple, frozenset())))

    def _with(self, triple: ox.Triple, reasons: tuple[Reason, ...]) -> Explanation:
        return Explanation(triple, self._words.sentence(triple), reasons)

    def _reasons(self, triple: ox.Triple, above: frozenset[ox.Triple]) -> Iterator[Reason]:
        """Yield the reasons for *triple* that do not rest on the triples *above* it."""
        quads = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        graphs = {str(quad.graph_name).strip("<>") for quad in quads}
        above |= {triple}
        for place in self._places.of(triple):
            yield Reason("asserted", place)
        if str(triple.subject).strip("<>") in graphs & _COMPUTED:
            yield Reason("added by the build", "what is in this graph was computed")
            return
        if DERIVED_GRAPH in graphs:
            subject = iri(triple.subject)
            if _COMPARISON in iris(self.store, subject, TYPE) and (
                reason := self._computed(subject, above)
            ):
                yield reason
            for applied in self._applied.get(triple, ()):
                because = self._premises(applied.premises, above)
                if because is not None:
                    evidence = self._evidence(applied, because)
                    yield Reason("derived", applied.rule, self._needed(because), evidence)
        if INFERRED_GRAPH in graphs:
            proof = self._prover.prove(triple)
            because = None if proof is None else self._premises(sorted(proof, key=str), above)
            if because is not None:
                yield Reason("inferred", "the reasoner", because)

    def _premises(
        self, triples: Iterable[ox.Triple], above: frozenset[ox.Triple]
    ) -> tuple[Explanation, ...] | None:
        """Return each of *triples* with its first reason, or None if one has none but *above*."""
        found = []
        for triple in triples:
            reason = None if triple in above else next(self._reasons(triple, above), None)
            if reason is None:
                return None
            found.append(self._with(triple, (reason,)))
        return tuple(found)

    def _computed(self, node: ox.NamedNode, above: frozenset[ox.Triple]) -> Reason | None:
        """Return from what kg/compare.py computed the comparison *node*."""
        compared = iris(self.store, node, _DERIVED_FROM)
        quads = {
            quad.triple
            for frequency in compared
            for quad in self.store.quads_for_pattern(frequency, None, None)
        }
        stated = [
            triple
            for triple in sorted(quads, key=str)
            if triple.predicate not in {TYPE, _STATED_BY} and self._places.of(triple)
        ]
        evidence = [
            self._described(claim, line)
            for frequency in compared
            for claim in subjects(self.store, _FREQUENCY, frequency)
            for line in iris(self.store, frequency, _STATED_BY)
        ]
        because = self._premises(stated, above)
        return Reason("computed", "kg/compare.py", because, tuple(evidence)) if because else None

    def _needed(self, because: Sequence[Explanation]) -> tuple[Explanation, ...]:
        """Leave out what a claim says where a premise was derived from that claim already."""
        claims = {node for node in _newly_said_of(because) if iris(self.store, node, _HAS_LINE)}
        return tuple(e for e in because if e.triple.subject not in claims or not e.is_asserted)

    def _evidence(
        self, applied: Application, because: Sequence[Explanation]
    ) -> tuple[Evidence, ...]:
        """Return the lines of evidence of the claims that a rule was applied to.

        What a premise was derived from is said there.
        """
        found = []
        for claim in applied.nodes:
            lines = [] if claim in _newly_said_of(because) else iris(self.store, claim, _HAS_LINE)
            used = [line for line in lines if line in applied.nodes]
            used = used or [
                line
                for line in lines
                if not applied.needs_support or _SUPPORTS in iris(self.store, line, _DIRECTION)
            ]
            found += [self._described(claim, line) for line in used]
        return tuple(found)

    def _described(self, claim: ox.NamedNode, line: ox.NamedNode) -> Evidence:
        where = [
            f"{word} {value.value}"
            for locator in iris(self.store, line, _LOCATOR)
            for name, word in _WHERE.items()
            for value in literals(self.store, locator, ox.NamedNode(DKG + name))
        ]
        sources = map(self._words.name, iris(self.store, line, _SOURCE))
        place = next(iter(self._places.of(ox.Triple(line, TYPE, _EVIDENCE_LINE))), "")
        return Evidence(claim, " and ".join(sources), ", ".join(where), place)


def _newly_said_of(because: Iterable[Explanation]) -> set[ox.NamedNode]:
    """Return what the derived and inferred triples among *because* are about."""
    return {iri(e.triple.subject) for e in because if not e.is_asserted}


def of_release(release: Path, inputs: Inputs | None = None) -> Explainer:
    """Explain the triples of *release*, which was built from *inputs*.

    Raises:
        FactsError: a file of *inputs* does not parse any more.
    """
    inputs = inputs or Inputs()
    ontology = load_ontology(inputs.ontology)
    named = skolemise(load_facts(inputs.facts), functional(ontology))
    store = ox.Store()
    quads = gzip.decompress((release / QUADS).read_bytes())
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    return Explainer(store, (skolemise_ontology(ontology), *named.documents), inputs.rules)


def read_triple(subject: str, predicate: str, value: str) -> ox.Triple:
    """Return the triple that three terms as in Turtle say: CURIEs, IRIs, ``a``, literals.

    Raises:
        ParameterError: one of them is no such term.
    """
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    terms = [
        f"<{text}>" if text.startswith(("http://", "https://")) else text
        for text in (subject, predicate, value)
    ]
    for position, name in enumerate(("SUBJECT", "PREDICATE", "OBJECT")):
        tried = [*terms[: position + 1], *["dkg:x", "dkg:x"][position:]]
        try:
            quads = list(ox.parse(f"{head}{' '.join(tried)} .", format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            fault = f"{terms[position]} is no CURIE, IRI or literal as in Turtle"
            raise ParameterError(name, fault) from error
        if len(quads) != 1:
            raise ParameterError(name, f"{terms[position]} is more than one term")
    subject_, predicate_, value_, _ = quads[0]
    return ox.Triple(subject_, predicate_, value_)
