"""Describe the named queries as RDF, in the words of SHACL that other tools look for."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from kg.queries import Query
from kg.store import BASE
from kg.terms import DCTERMS, RDF, RDFS, SH

_NOT_CODE: Final = re.compile(r"#[^\n]*|<[^<>\s]*>|PREFIX\s+\S+", re.IGNORECASE)
GRAPHS: Final = frozenset({"construct", "describe"})  # the forms that answer with a graph
_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


def form(query: Query) -> str:
    """Return select, ask, construct or describe."""
    found = _FORM.search(_NOT_CODE.sub(" ", query.text))
    return found[1].lower() if found else "select"


def triples(queries: Iterable[Query]) -> Iterator[ox.Triple]:
    """Yield what there is to say of each of *queries*.

    Source: SHACL-AF §5.2 (sh:SPARQLExecutable), as sib-swiss/sparql-examples uses it.
    """
    for query in queries:
        iri = ox.NamedNode(f"{BASE}queries/{query.name}")
        kind = form(query)
        facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            (RDF + "type", ox.NamedNode(SH + "SPARQLExecutable")),
            (RDF + "type", ox.NamedNode(f"{SH}SPARQL{kind.title()}Executable")),
            (DCTERMS + "title", ox.Literal(query.title, language="en")),
            (DCTERMS + "description", ox.Literal(query.description, language="en")),
            (RDFS + "comment", ox.Literal(query.question, language="en")),
            (SH + kind, ox.Literal(query.text)),
            ("http://schema.org/target", ox.NamedNode(BASE + "sparql")),
        ]
        for predicate, value in facts:
            yield ox.Triple(iri, ox.NamedNode(predicate), value)
