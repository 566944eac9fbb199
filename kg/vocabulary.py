"""Find every term in the facts that nobody declared, described or still stands by."""

import difflib
import functools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.errors import Violation
from kg.literals import malformed
from kg.terms import DCTERMS, DKG, ID, OBO, OWL, PREFIXES, RDF, RDFS, SRC, XSD, curie
from kg.turtle import Document, Node, Statement, Term

_OURS: Final = (DKG, ID, SRC)
_TYPE: Final = RDF + "type"
_MAPPED_TO: Final = PREFIXES["sssom"] + "object_id"  # a term of others, described by them
_REPLACED_BY: Final = frozenset({DCTERMS + "isReplacedBy", OBO + "IAO_0100001"})
_SUPERSESSION: Final = _REPLACED_BY | {DCTERMS + "replaces"}
_PROPERTY_KINDS: Final = frozenset(
    {
        OWL + "AnnotationProperty",
        OWL + "DatatypeProperty",
        OWL + "ObjectProperty",
        RDF + "Property",
    }
)
_CLASS_KINDS: Final = frozenset({OWL + "Class", RDFS + "Class"})


@dataclass(frozen=True)
class Vocabulary:
    """Hold which IRIs may stand where, as the ontology and the facts together say it."""

    properties: frozenset[str]
    classes: frozenset[str]
    described: frozenset[str]
    labelled: frozenset[str]
    replacements: dict[str, str | None]  # deprecated IRI → the one to use instead

    @classmethod
    def of(
        cls, ontology: Document, facts: Iterable[Document], minted: Collection[str] = ()
    ) -> "Vocabulary":
        """Collect what *ontology* declares and *facts* describe; *minted* nodes need no type."""
        everything = [ontology, *facts]
        types = list(_types(everything))
        language = _language()
        return cls(
            properties=_subjects(_types([ontology]), _PROPERTY_KINDS) | language,
            classes=_subjects(types, _CLASS_KINDS) | language,
            described=frozenset(iri for iri, _ in types).union(minted),
            labelled=frozenset(
                s.subject.value for s in _all(everything) if s.predicate.value == RDFS + "label"
            ),
            replacements=_replacements(everything),
        )


def functional(ontology: Document) -> frozenset[str]:
    """Return the properties of *ontology* that have at most one value."""
    return _subjects(_types([ontology]), {OWL + "FunctionalProperty"})


def _all(documents: Iterable[Document]) -> Iterator[Statement]:
    return (statement for document in documents for statement in document.statements)


def _types(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    for subject, predicate, value, _ in _all(documents):
        if predicate.value == _TYPE and isinstance(subject, ox.NamedNode):
            yield subject.value, value.value


def _subjects(types: Iterable[tuple[str, str]], kinds: Collection[str]) -> frozenset[str]:
    return frozenset(iri for iri, kind in types if kind in kinds)


def _replacements(documents: Iterable[Document]) -> dict[str, str | None]:
    statements = list(_all(documents))
    replacement = {s.subject.value: s.object.value for s in statements if _is_replacement(s)}
    return {
        s.subject.value: replacement.get(s.subject.value)
        for s in statements
        if s.predicate.value == OWL + "deprecated" and s.object.value in {"true", "1"}
    }


def _is_replacement(statement: Statement) -> bool:
    return statement.predicate.value in _REPLACED_BY


def _language() -> frozenset[str]:
    """Return the terms of RDF, RDFS, OWL and XSD themselves, which need no declaration."""
    from rdflib import namespace

    closed = (namespace.RDF, namespace.RDFS, namespace.OWL, namespace.XSD)
    return frozenset(str(term) for vocabulary in closed for term in dir(vocabulary))


def check_vocabulary(
    vocabulary: Vocabulary, ontology: Document, facts: Iterable[Document]
) -> tuple[Violation, ...]:
    """Report each use of an IRI, datatype or literal that *vocabulary* does not bear out."""
    facts = tuple(facts)
    bad = malformed(s.object for s in _all(facts) if isinstance(s.object, ox.Literal))
    violations: list[Violation] = []
    untyped: set[Node] = set()
    for document in (ontology, *facts):
        for statement in document.statements:
            faults = list(_undeclared(statement, vocabulary))
            if _untyped(statement.subject, vocabulary) and statement.subject not in untyped:
                untyped.add(statement.subject)
                known = vocabulary.described
                faults.append(_unknown(statement.subject.value, "has no rdf:type anywhere", known))
            if document is not ontology:
                faults += _unlabelled(statement, vocabulary)
                faults += _superseded(statement, vocabulary)
            if statement.object in bad:
                faults.append(f"{_shown(statement.object)} is not a value of its datatype")
            violations += (
                Violation(document.file, statement.line, _shown(statement.subject), fault)
                for fault in faults
            )
    return tuple(violations)


def _untyped(node: Term, vocabulary: Vocabulary) -> bool:
    return (
        isinstance(node, ox.NamedNode)
        and node.value.startswith(_OURS)
        and node.value not in vocabulary.described
    )


def _undeclared(statement: Statement, vocabulary: Vocabulary) -> Iterator[str]:
    _, predicate, value, _ = statement
    if predicate.value not in vocabulary.properties:
        yield _unknown(
            predicate.value,
            "is not a property that ontology/drug.ttl declares",
            vocabulary.properties,
        )
    match value:
        case ox.Literal() if value.datatype.value not in vocabulary.classes:
            datatypes = frozenset(iri for iri in vocabulary.classes if iri.startswith(XSD))
            yield _unknown(value.datatype.value, "is not a datatype", datatypes)
        case ox.NamedNode() if predicate.value == _TYPE:
            if value.value not in vocabulary.classes:
                yield _unknown(value.value, "is not a declared class", vocabulary.classes)
        case ox.NamedNode() if _untyped(value, vocabulary):
            yield _unknown(value.value, "is described nowhere", vocabulary.described)


def _unlabelled(statement: Statement, vocabulary: Vocabulary) -> Iterator[str]:
    value = statement.object.value
    is_obo = isinstance(statement.object, ox.NamedNode) and value.startswith(OBO)
    exempt = {_TYPE, _MAPPED_TO}
    if is_obo and statement.predicate.value not in exempt and value not in vocabulary.labelled:
        yield f"{curie(value)} has no rdfs:label in kg/facts"  # a number is not nearly another


def _superseded(statement: Statement, vocabulary: Vocabulary) -> Iterator[str]:
    value = statement.object.value
    if value in vocabulary.replacements and statement.predicate.value not in _SUPERSESSION:
        instead = vocabulary.replacements[value]
        advice = f"; use {curie(instead)}" if instead else ""
        yield f"{curie(value)} is deprecated{advice}"


@functools.lru_cache(maxsize=1024)  # one slip of the keyboard may stand in a thousand places
def _unknown(iri: str, fault: str, known: frozenset[str]) -> str:
    """Say that *iri* has *fault*, and which of the *known* IRIs was perhaps meant."""
    namespace = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
    near = difflib.get_close_matches(
        iri.removeprefix(namespace),
        sorted(term.removeprefix(namespace) for term in known if term.startswith(namespace)),
        n=1,
        cutoff=0.75,
    )
    advice = f"; did you mean {curie(namespace + near[0])}?" if near else ""
    return f"{curie(iri)} {fault}{advice}"


def _shown(term: Term) -> str:
    match term:
        case ox.NamedNode():
            return curie(term.value)
        case ox.Literal():
            return f'"{term.value}"^^{curie(term.datatype.value)}'
        case _:
            return str(term)
