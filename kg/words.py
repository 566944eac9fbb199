"""Put triples into plain words, with the labels of what they are about."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.lookup import iris, literals
from kg.terms import DKG, RDFS, curie
from kg.theory import (
    CHAIN,
    DISJOINT,
    DISJOINT_PROPERTY,
    DOMAIN,
    EQUIVALENT,
    FIRST,
    HAS_VALUE,
    INTERSECTION,
    ON_PROPERTY,
    RANGE,
    REST,
    SOME,
    SUB_CLASS,
    SUB_PROPERTY,
    SYMMETRIC,
    TYPE,
    UNION,
)

_LABEL: Final = ox.NamedNode(RDFS + "label")
_HAS_LINE: Final = ox.NamedNode(DKG + "hasEvidenceLine")
_PATTERNS: Final = {
    CHAIN: "whatever holds by {value} holds by {subject}",
    DISJOINT: "nothing is both {subject} and {value}",
    DISJOINT_PROPERTY: "{subject} and {value} never hold between the same two",
    DOMAIN: "what {subject} is said of is {value}",
    EQUIVALENT: "{subject} means {value}",
    RANGE: "what {subject} leads to is {value}",
    SUB_CLASS: "every {subject} is {value}",
    SUB_PROPERTY: "whatever holds by {subject} holds by {value}",
    TYPE: "{subject} is {value}",
}
_OF_PROPERTIES: Final = frozenset({CHAIN, DISJOINT_PROPERTY, SUB_PROPERTY})


class Words:
    """Name terms by their labels in a store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def name(self, term: object) -> str:
        """Return the label of *term*, in quotes for a claim, else its CURIE; text for a literal."""
        if isinstance(term, ox.Literal):
            return f'"{term.value}"'
        if not isinstance(term, ox.NamedNode):
            return str(term)
        labels = literals(self._store, term, _LABEL)
        label = labels[0].value if labels else curie(term.value)
        return f"“{label}”" if iris(self._store, term, _HAS_LINE) else label

    def sentence(self, triple: ox.Triple) -> str:
        """Return what *triple* says."""
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        if predicate == TYPE and value == SYMMETRIC:
            return f"{self._quoted(subject)} holds both ways"
        pattern = _PATTERNS.get(predicate)
        if pattern is None:
            return f"{self.name(subject)} {self.name(predicate)} {self.name(value)}"
        of_properties = predicate in _OF_PROPERTIES
        if of_properties or predicate in {DOMAIN, RANGE}:
            first = self._quoted(subject)
        else:
            first = self._class(subject) if predicate == DISJOINT else self.name(subject)
        return pattern.format(
            subject=first, value=self._quoted(value) if of_properties else self._class(value)
        )

    def _quoted(self, term: object) -> str:
        """Return the name of a property, or of each in a chain of them."""
        steps = self._members(term) or [term]
        return " and then ".join(f"“{self.name(step)}”" for step in steps)

    def _class(self, term: object) -> str:
        """Return what a class expression asks for, in words."""
        for relation, word in ((INTERSECTION, " and "), (UNION, " or ")):
            for part in self._iris(term, relation):
                return word.join(map(self._class, self._members(part)))
        for on in self._iris(term, ON_PROPERTY):
            for value in self._iris(term, HAS_VALUE):
                return f"something with “{self.name(on)}” {self.name(value)}"
            for filler in self._iris(term, SOME):
                return f"something with “{self.name(on)}” {self._class(filler)}"
        name = self.name(term)
        return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"

    def _members(self, node: object) -> list[object]:
        found: list[object] = list(self._iris(node, FIRST))
        for rest in self._iris(node, REST):
            found += self._members(rest)
        return found

    def _iris(self, subject: object, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        return iris(self._store, subject, predicate) if isinstance(subject, ox.NamedNode) else []
