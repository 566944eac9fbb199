"""Complete a graph by rules and reasoning until neither finds more."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.derive import derive
from kg.errors import FactsError, Violation
from kg.explain import Explainer
from kg.reason import ContradictionError, infer
from kg.reasons import Explanation, render
from kg.terms import DERIVED_GRAPH, INFERRED_GRAPH, PREFIXES, curie
from kg.theory import Theory, iri

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from kg.turtle import Document

_UNEXPLAINED: Final = "(no explanation was found)"
_INFERRED: Final = ox.NamedNode(INFERRED_GRAPH)
_KNOWLEDGE_LEVEL: Final = ox.NamedNode(PREFIXES["biolink"] + "knowledge_level")


class Entailed(NamedTuple):
    """Count what a graph was completed by."""

    derived: int
    inferred: int


def entail(
    store: ox.Store, documents: Collection[Document], rules_dir: Path, properties: Collection[str]
) -> Entailed:
    """Add to *store*, which holds *documents*, what the rules and the reasoner make of it.

    The reasoner needs edges that rules derive from claims, and rules use what it infers.

    Raises:
        FactsError: the facts contradict the ontology.
        RuleError: a rule cannot be applied.
    """
    derived, inferred = derive(store, rules_dir, properties), 0
    theory, before = Theory.of(store), None
    while theory.triples != before:
        try:
            found = infer(theory)
        except ContradictionError as error:
            explainer = Explainer(store, documents, rules_dir)
            raise FactsError([_violation(error, explainer)]) from error
        new = {ox.Quad(t.subject, t.predicate, t.object, _INFERRED) for t in found}
        inferred += sum(quad not in store for quad in new)
        store.extend(new)
        derived += derive(store, rules_dir, properties)
        theory, before = Theory.of(store), theory.triples
    for graph in (ox.NamedNode(DERIVED_GRAPH), _INFERRED):
        level = ox.Literal("logical_entailment")
        store.add(ox.Quad(graph, _KNOWLEDGE_LEVEL, level, graph))
    return Entailed(derived, inferred)


def _violation(error: ContradictionError, explainer: Explainer) -> Violation:
    """Return *error* at the place of a fact in it, with all its facts and axioms in words."""
    explanations = sorted(map(explainer.explain, error.heads), key=_is_of_ontology)
    places = [place for explanation in explanations for place in _places(explanation)]
    file, _, line = (places[0] if places else "kg/facts:0").rpartition(":")
    subject = error.impossible or (explanations[0].triple.subject if explanations else None)
    says = "nothing can be of this class, because" if error.impossible else "these cannot all hold:"
    parts = "\n".join(render(explanation) for explanation in explanations)
    message = f"{says}\n{textwrap.indent(parts or _UNEXPLAINED, '    ')}"
    return Violation(file, int(line) or None, curie(iri(subject).value) if subject else "", message)


def _is_of_ontology(explanation: Explanation) -> bool:
    return next(_places(explanation), "").startswith("ontology/")


def _places(explanation: Explanation) -> Iterator[str]:
    """Yield each ``file:line`` that *explanation* rests on."""
    for reason in explanation.reasons:
        if reason.kind == "asserted":
            yield reason.by
        for premise in reason.because:
            yield from _places(premise)
        yield from (evidence.place for evidence in reason.evidence if evidence.place)
