"""Find the few axioms and facts that an inferred triple follows from.

Pellet could say it too, at two seconds a triple. The patterns here are those that the ontology
uses; a test asks HermiT whether each proof suffices and whether it can spare nothing.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox

from kg.theory import (
    CHAIN,
    DOMAIN,
    EQUIVALENT,
    HAS_VALUE,
    INTERSECTION,
    INVERSE,
    ON_PROPERTY,
    RANGE,
    SOME,
    SUB_CLASS,
    SUB_PROPERTY,
    SYMMETRIC,
    TYPE,
    UNION,
    iri,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.theory import Theory

Proof: TypeAlias = frozenset[ox.Triple]
Node: TypeAlias = ox.NamedNode

_NONE_NEEDED: Final[Proof] = frozenset()


class Prover:
    """Prove triples from the heads of a theory, each goal once."""

    def __init__(self, theory: Theory) -> None:
        self._theory = theory
        self._things = sorted(theory.individuals, key=str)
        self._open: set[tuple[object, ...]] = set()

    def prove(self, triple: ox.Triple) -> Proof | None:
        """Return a smallest set of heads that *triple* follows from, or None if none is found."""
        subject, predicate, value = iri(triple.subject), triple.predicate, iri(triple.object)
        if predicate == SUB_CLASS:
            return self._below(subject, value)
        if predicate == TYPE:
            return self._member(subject, value)
        return self._statement(subject, predicate, value)

    def _least(self, goal: tuple[object, ...], proofs: Iterator[Proof | None]) -> Proof | None:
        """Return the smallest of *proofs* of *goal*; a goal is no step in its own proof."""
        if goal in self._open:
            return None
        self._open.add(goal)
        try:
            found = [proof for proof in proofs if proof is not None]
        finally:
            self._open.remove(goal)
        return min(found, key=len, default=None)

    def _below(self, narrow: Node, wide: Node) -> Proof | None:
        if narrow == wide:
            return _NONE_NEEDED
        ways = chain(self._by_parts(narrow, wide), self._by_axioms(narrow, wide))
        return self._least((narrow, wide), ways)

    def _by_parts(self, narrow: Node, wide: Node) -> Iterator[Proof | None]:
        theory = self._theory
        for part in theory.objects(wide, INTERSECTION):
            yield _all(self._below(narrow, member) for member in theory.members(part))
        for part in theory.objects(wide, UNION):
            for member in theory.members(part):
                yield self._below(narrow, member)
        for part in theory.objects(narrow, INTERSECTION):
            for member in theory.members(part):
                yield self._below(member, wide)
        for part in theory.objects(narrow, UNION):
            yield _all(self._below(member, wide) for member in theory.members(part))
        yield self._restricted(narrow, wide)

    def _by_axioms(self, narrow: Node, wide: Node) -> Iterator[Proof | None]:
        theory = self._theory
        for relation in (SUB_CLASS, EQUIVALENT):
            for above in theory.objects(narrow, relation):
                yield _with(ox.Triple(narrow, relation, above), self._below(above, wide))
        for below in theory.objects(wide, EQUIVALENT):
            yield _with(ox.Triple(wide, EQUIVALENT, below), self._below(narrow, below))
        for name in theory.subjects(EQUIVALENT, narrow):
            yield _with(ox.Triple(name, EQUIVALENT, narrow), self._below(name, wide))
        for name in theory.subjects(EQUIVALENT, wide):
            yield _with(ox.Triple(name, EQUIVALENT, wide), self._below(narrow, name))

    def _restricted(self, narrow: Node, wide: Node) -> Proof | None:
        """Compare two restrictions on one property by what they restrict it to."""
        theory = self._theory
        on = theory.objects(wide, ON_PROPERTY)
        if not on or on != theory.objects(narrow, ON_PROPERTY):
            return None
        values = theory.objects(narrow, HAS_VALUE)
        for filler in theory.objects(wide, SOME):
            for own in theory.objects(narrow, SOME):
                return self._below(own, filler)
            for value in values:
                return self._member(value, filler)
        return _NONE_NEEDED if values and values == theory.objects(wide, HAS_VALUE) else None

    def _member(self, thing: Node, kind: Node) -> Proof | None:
        ways = chain(
            self._by_classes(thing, kind), self._by_content(thing, kind), self._by_use(thing, kind)
        )
        return self._least((thing, TYPE, kind), ways)

    def _by_classes(self, thing: Node, kind: Node) -> Iterator[Proof | None]:
        theory = self._theory
        for own in theory.objects(thing, TYPE):
            yield _with(ox.Triple(thing, TYPE, own), self._below(own, kind))
        for relation in (EQUIVALENT, SUB_CLASS):
            for below in theory.subjects(relation, kind):
                yield _with(ox.Triple(below, relation, kind), self._member(thing, below))
        for below in theory.objects(kind, EQUIVALENT):
            yield _with(ox.Triple(kind, EQUIVALENT, below), self._member(thing, below))

    def _by_content(self, thing: Node, kind: Node) -> Iterator[Proof | None]:
        """Prove membership of a class expression from what it is made of."""
        theory = self._theory
        for part in theory.objects(kind, INTERSECTION):
            yield _all(self._member(thing, member) for member in theory.members(part))
        for part in theory.objects(kind, UNION):
            for member in theory.members(part):
                yield self._member(thing, member)
        for on in theory.objects(kind, ON_PROPERTY):
            for value in theory.objects(kind, HAS_VALUE):
                yield self._statement(thing, on, value)
            for filler in theory.objects(kind, SOME):
                for value in self._things:
                    related = self._statement(thing, on, value)
                    yield related and _all((related, self._member(value, filler)))

    def _by_use(self, thing: Node, kind: Node) -> Iterator[Proof | None]:
        """Prove membership from the domain or range of a property that is used of *thing*."""
        for axiom, use in (
            (ox.Triple(on, relation, kind), use)
            for relation in (DOMAIN, RANGE)
            for on in self._theory.subjects(relation, kind)
            for use in sorted(self._theory.using(on), key=str)
            if thing == (use.subject if relation == DOMAIN else use.object)
        ):
            yield frozenset({axiom, use})

    def _statement(self, subject: Node, on: Node, value: Node) -> Proof | None:
        triple = ox.Triple(subject, on, value)
        if triple in self._theory.triples:
            return frozenset({triple})
        return self._least((subject, on, value), self._ways_related(subject, on, value))

    def _ways_related(self, subject: Node, on: Node, value: Node) -> Iterator[Proof | None]:
        theory = self._theory
        for steps in theory.objects(on, CHAIN):
            head = ox.Triple(on, CHAIN, steps)
            yield _with(head, self._chained(subject, theory.members(steps), value))
        for narrower in theory.subjects(SUB_PROPERTY, on):
            axiom = ox.Triple(narrower, SUB_PROPERTY, on)
            yield _with(axiom, self._statement(subject, narrower, value))
        for other in theory.objects(on, INVERSE):
            yield _with(ox.Triple(on, INVERSE, other), self._statement(value, other, subject))
        for other in theory.subjects(INVERSE, on):
            yield _with(ox.Triple(other, INVERSE, on), self._statement(value, other, subject))
        symmetric = ox.Triple(on, TYPE, SYMMETRIC)
        if symmetric in theory.triples:
            yield _with(symmetric, self._statement(value, on, subject))

    def _chained(self, subject: Node, chained: list[Node], value: Node) -> Proof | None:
        first, *rest = chained
        if not rest:
            return self._statement(subject, first, value)
        steps = ((self._statement(subject, first, middle), middle) for middle in self._things)
        ways = (step and _all((step, self._chained(middle, rest, value))) for step, middle in steps)
        return self._least((subject, *chained, value), ways)


def _all(proofs: Iterable[Proof | None]) -> Proof | None:
    """Return what proves everything that *proofs* prove, or None if one is missing."""
    heads: set[ox.Triple] = set()
    for proof in proofs:
        if proof is None:
            return None
        heads |= proof
    return frozenset(heads)


def _with(axiom: ox.Triple, proof: Proof | None) -> Proof | None:
    return None if proof is None else proof | {axiom}
