"""Give the terms of a theory short names, which reasoners hand back whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.terms import OWL, RDF, RDFS
from kg.theory import HAS_VALUE, TYPE, iri

if TYPE_CHECKING:
    from kg.theory import Theory

BASE: Final = "http://r/"
NAME: Final = re.compile(r"\b[ct]\d+\b")
_LANGUAGE: Final = (OWL, RDF, RDFS)


class Shorthand:
    """Give every term of a theory a short name, and every pun two: one as class, one as thing.

    OWL 2 DL keeps the two apart anyway (Structural Specification §5.9); owlready2 does not. Short
    names also come back whole from Pellet, which prints local names only.
    """

    def __init__(self, theory: Theory) -> None:
        self._theory = theory
        terms = {iri(term) for triple in theory.triples for term in triple}
        ordered = sorted(terms, key=str)
        self._number = {term: number for number, term in enumerate(ordered)}
        self._term = dict(enumerate(ordered))

    def _named(self, term: ox.NamedNode, kind: str) -> ox.NamedNode | ox.BlankNode:
        if term in self._theory.parts:
            return ox.BlankNode(f"b{self._number[term]}")
        if is_language(term):
            return term
        return ox.NamedNode(f"{BASE}{kind}{self._number[term]}")

    def coded(self, triple: ox.Triple) -> ox.Triple:
        """Return *triple* in short names: ``t`` for a thing, ``c`` for a class or property."""
        is_type = triple.predicate == TYPE
        is_fact = not (is_language(triple.object) if is_type else is_language(triple.predicate))
        of_thing = is_fact and triple.subject in self._theory.individuals
        to_thing = triple.predicate == HAS_VALUE or (of_thing and not is_type)
        predicate = iri(self._named(triple.predicate, "c"))
        return ox.Triple(
            self._named(iri(triple.subject), "t" if of_thing else "c"),
            predicate,
            self._named(iri(triple.object), "t" if to_thing else "c"),
        )

    def lines(self) -> list[str]:
        """Return the theory as N-Triples in short names, one statement a line."""
        header = f"<{BASE.rstrip('/')}> <{TYPE.value}> <{OWL}Ontology> .\n"
        return [header, *sorted(f"{self.coded(triple)} .\n" for triple in self._theory.triples)]

    def term(self, name: str) -> ox.NamedNode:
        """Return the term that *name*, an IRI in short or OWL's own, stands for."""
        short = name.removeprefix(BASE)
        return self._term[int(short[1:])] if short != name else ox.NamedNode(name)

    def triple(self, *names: str) -> ox.Triple:
        """Return the triple that three *names* stand for."""
        subject, predicate, value = map(self.term, names)
        return ox.Triple(subject, predicate, value)

    def read(self, text: str) -> str:
        """Return *text* with the IRIs that its short names stand for."""
        return re.sub(rf"{BASE}[ct]\d+", lambda match: self.term(match[0]).value, text)

    def names(self, head: ox.Triple) -> frozenset[str]:
        """Return the local names that Pellet's words for the axiom *head* hold."""
        text = " ".join(str(self.coded(triple)) for triple in self._theory.whole(head))
        return frozenset(NAME.findall(text))


def is_language(term: object) -> bool:
    """Return whether *term* is one of OWL's own, such as ``owl:Thing``."""
    return isinstance(term, ox.NamedNode) and term.value.startswith(_LANGUAGE)
