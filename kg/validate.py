"""Check facts against SHACL shapes with pyshacl, and point at the line of each fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyoxigraph as ox

from kg.errors import ShapesError, Violation, in_order
from kg.terms import RDF, XSD, curie

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from rdflib import Graph
    from rdflib.plugins.sparql.sparql import Query
    from rdflib.term import BNode, Identifier, Literal, Node, URIRef

    from kg.turtle import Document, Term

_STRING: Final = XSD + "string"
_TYPE: Final = RDF + "type"
_IRI: Final = re.compile(r"https?://[^\s<>\"{}|^`]+[^\s<>\"{}|^`.,;:!?)]")


class Report(NamedTuple):
    """Separate what stops a build from what only deserves a look."""

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]


def validate(documents: Iterable[Document], shapes: Document) -> Report:
    """Check the union of *documents* against *shapes*.

    Raises:
        ShapesError: the shapes themselves cannot be used.
    """
    import pyshacl
    from rdflib import Graph

    documents = tuple(documents)
    try:
        _, results, _ = pyshacl.validate(
            _data_graph(documents), shacl_graph=_filled(Graph(), [shapes]), inplace=True
        )
    except (pyshacl.errors.ReportableRuntimeError, SyntaxError) as error:
        raise ShapesError(f"{shapes.file}: {error}") from error
    if not isinstance(results, Graph):  # pyshacl hands its failures over as a value
        raise ShapesError(f"{shapes.file}: {results}")
    return _report(results, _Places(documents, shapes.file))


def _filled(graph: Graph, documents: Iterable[Document]) -> Graph:
    """Add the union of *documents* to *graph*."""
    for document in documents:
        for subject, predicate, value, _ in document.statements:
            graph.add((_rdflib(subject), _rdflib(predicate), _rdflib(value)))
    return graph


def _data_graph(documents: Collection[Document]) -> Graph:
    """Return the union of *documents* as a graph whose SPARQL pyoxigraph answers.

    pyshacl asks each SPARQL constraint once for each focus node. rdflib parses the query anew each
    time, which takes 9 ms; pyoxigraph parses and answers it in 0.1 ms. Like rdflib it substitutes
    ``$this`` in every part of the query (SHACL appendix A, pre-binding of variables).
    """
    from rdflib import Graph
    from rdflib.plugins.stores.memory import Memory
    from rdflib.query import Result
    from rdflib.term import Variable

    engine = ox.Store()

    class Answering(Memory):
        def query(  # the seam that rdflib offers to stores with an engine of their own
            self,
            query: Query | str,
            initNs: Mapping[str, Any],  # noqa: N803 (rdflib's name)
            initBindings: Mapping[str, Identifier],  # noqa: N803 (rdflib's name)
            queryGraph: str,  # noqa: N803 (rdflib's name)
            **kwargs: object,
        ) -> Result:
            del initNs, queryGraph, kwargs  # prefixes stand in the query, the graph is the union
            rows = engine.query(str(query), substitutions=_substitutions(initBindings))
            if not isinstance(rows, ox.QuerySolutions):
                raise ShapesError(
                    f"a SPARQL constraint is a SELECT query (SHACL §5.2), not: {query}"
                )
            answer = Result("SELECT")
            answer.vars = [Variable(variable.value) for variable in rows.variables]
            answer.bindings = [
                {
                    name: _rdflib(term)
                    for name, term in zip(answer.vars, row, strict=True)
                    if term is not None
                }
                for row in rows
            ]
            return answer

    engine.extend(ox.Quad(*statement[:3]) for doc in documents for statement in doc.statements)
    return _filled(Graph(store=Answering()), documents)


def _rdflib(term: Term) -> URIRef | BNode | Literal:
    from rdflib.term import BNode, Literal, URIRef

    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = None if term.datatype.value == _STRING else URIRef(term.datatype.value)
    return Literal(term.value, datatype=datatype, normalize=False)


def _substitutions(
    bindings: Mapping[str, Identifier],
) -> dict[ox.Variable, Term | ox.Triple]:
    return {ox.Variable(name): _pyoxigraph(node) for name, node in bindings.items()}


def _pyoxigraph(node: Identifier) -> Term:
    from rdflib.term import BNode, Literal

    match node:
        case BNode():
            return ox.BlankNode(node)
        case Literal():
            datatype = ox.NamedNode(node.datatype) if node.datatype else None
            return ox.Literal(node, datatype=datatype, language=node.language)
        case _:
            return ox.NamedNode(node)


class _Places:
    """Find the line to look at, given what a SHACL result names."""

    def __init__(self, documents: Iterable[Document], otherwise: str) -> None:
        self._otherwise = (otherwise, None)
        self._places: dict[tuple[str, ...], tuple[str, int]] = {}
        for document in documents:
            for subject, predicate, value, line in document.statements:
                place = (document.file, line)
                self._places.setdefault((subject.value, predicate.value, value.value), place)
                self._places.setdefault((subject.value, predicate.value), place)
                self._places.setdefault((subject.value,), place)

    def of(self, node: str, path: str, value: str) -> tuple[str, int | None]:
        """Return file and line of the triple, else of the property, else of the node."""
        for key in ((node, path, value), (node, path), (node, _TYPE), (node,)):
            if key in self._places:
                return self._places[key]
        return self._otherwise


def _report(results: Graph, places: _Places) -> Report:
    """Turn a validation report (SHACL §3.6) into violations and warnings."""
    from rdflib.namespace import RDF, SH

    nested = set(results.objects(predicate=SH.detail))
    found: dict[bool, list[Violation]] = {True: [], False: []}
    for result in results.subjects(RDF.type, SH.ValidationResult):
        if result in nested:
            continue
        node, path, value = (
            results.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value)
        )
        file, line = places.of(str(node), str(path), str(value))
        messages = sorted(
            _IRI.sub(_short, str(text)) for text in results.objects(result, SH.resultMessage)
        )
        about = " ".join(_shown(part) for part in (path, value) if part not in (None, node))
        message = "; ".join(messages) + (f" ({about})" if about else "")
        is_violation = results.value(result, SH.resultSeverity) == SH.Violation
        found[is_violation].append(Violation(file, line, _shown(node), message))
    return Report(in_order(found[True]), in_order(found[False]))


def _short(match: re.Match[str]) -> str:
    """Return the CURIE for an IRI in a message, where there is one."""
    short = curie(match[0])
    return match[0] if short.startswith("<") else short


def _shown(node: Node | None) -> str:
    from rdflib.term import URIRef

    return curie(node) if isinstance(node, URIRef) else f'"{node}"'
