"""Run one case of a suite against a server; an AssertionError says how it fails."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from tests.conformance import protocol, results
from tests.conformance.compare import Row, by_value, equal, iri
from tests.conformance.manifests import Case, Node, file_of
from tests.conformance.results import Result, Table
from tests.conformance.server import Reply, Server

_TYPES: Final = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
_ACCEPTS: Final = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}
_GRAPHS: Final = "application/n-triples"
_EITHER: Final = f"application/sparql-results+json, {_GRAPHS}"
_ORDERED: Final = re.compile(r"\bORDER\s+BY\b[^}]*\Z", re.IGNORECASE)
_EVERYTHING: Final = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_MALFORMED: Final = b"problem#malformed-query"


def check(case: Case, server: Server) -> None:
    """Raise AssertionError unless *server* does what *case* asks."""
    server.clear()
    _CHECKS[case.kind](case, server)


def _query(case: Case, server: Server) -> None:
    manifest, action = case.manifest, case.action
    text_of = manifest.node(action, "query")
    assert text_of is not None
    for data in manifest.values(action, "data"):
        _load(server, None, file_of(data))
    for data in manifest.values(action, "graphData"):
        _load_graph(case, server, data)
    path = file_of(text_of)
    text = _based(path)
    assert case.result is not None
    expected_file = file_of(case.result)
    accept = _ACCEPTS.get(expected_file.suffix, _EITHER)
    if re.search(r"\b(CONSTRUCT|DESCRIBE)\b", text, re.IGNORECASE):
        accept = _GRAPHS
    reply = server.query(text, accept)
    assert reply.status == 200, reply.body.decode()
    assert reply.kind in accept, reply.kind
    _same(_read(reply), results.read(expected_file), ordered=bool(_ORDERED.search(text)))


def _read(reply: Reply) -> Result:
    match reply.kind:
        case "application/sparql-results+json":
            return results.of_json(reply.body)
        case "application/sparql-results+xml":
            return results.xml(reply.body)
        case "text/tab-separated-values":
            return results.tsv(reply.body)
        case "text/csv":
            return results.csv_table(reply.body)
    return results.graph(reply.body, ox.RdfFormat.N_TRIPLES, "http://e/")


def _same(found: Result, expected: Result, *, ordered: bool = False) -> None:
    if isinstance(found, Table) and isinstance(expected, Table):
        assert found.variables == expected.variables
        ours, theirs = found.rows, expected.rows
    elif isinstance(found, bool) or isinstance(expected, bool):
        assert found is expected, (found, expected)
        return
    else:
        assert isinstance(found, list), found
        assert isinstance(expected, list), expected
        ours, theirs, ordered = found, expected, False
    same = equal(ours, theirs, ordered=ordered) or equal(
        by_value(ours), by_value(theirs), ordered=ordered
    )
    assert same, f"found {_told(ours)}\nexpected {_told(theirs)}"


def _told(rows: list[Row]) -> str:
    return "".join(f"\n  {row}" for row in sorted(rows, key=repr))


def _update(case: Case, server: Server) -> None:
    manifest, action = case.manifest, case.action
    text_of = manifest.node(action, "request")
    assert text_of is not None
    for data in manifest.values(action, "data"):
        _load(server, None, file_of(data))
    for data in manifest.values(action, "graphData"):
        _load_graph(case, server, data)
    reply = server.update(_based(file_of(text_of)))
    assert reply.status == 204, reply.body.decode()
    expected: list[Row] = []
    if case.result is not None:
        for data in manifest.values(case.result, "data"):
            expected += _quads(file_of(data), None)
        for data in manifest.values(case.result, "graphData"):
            assert isinstance(data, ox.BlankNode)
            file = manifest.node(data, "graph")
            assert file is not None
            expected += _quads(file_of(file), manifest.text(data, "label"))
    found = results.of_json(server.query(_EVERYTHING, "application/sparql-results+json").body)
    assert isinstance(found, Table)
    assert found.variables == ("g", "o", "p", "s")
    rows: list[Row] = [(row[0], row[3], row[2], row[1]) for row in found.rows]
    _same(rows, expected)


def _quads(path: Path, name: str | None) -> list[Row]:
    syntax = ox.RdfFormat.from_extension(path.suffix[1:])
    assert syntax is not None
    base = path.resolve().as_uri()
    if syntax.supports_datasets:
        return [
            (
                None if quad.graph_name == ox.DefaultGraph() else results.term_of(quad.graph_name),
                *map(results.term_of, (quad.subject, quad.predicate, quad.object)),
            )
            for quad in ox.parse(path.read_bytes(), syntax, base_iri=base)
        ]
    triples = results.graph(path.read_bytes(), syntax, base)
    # A blank node of one file is not that of another one.
    return [(iri(name) if name else None, *(_apart(term, path) for term in row)) for row in triples]


def _apart(term: object, path: Path) -> tuple[object, ...] | None:
    assert term is None or isinstance(term, tuple)
    if term and term[0] == "blank":
        return ("blank", f"{path.name} {term[1]}")
    return term


def _positive(case: Case, server: Server) -> None:
    reply = server.query(_based(file_of(case.action)), f"{_EITHER}, */*")
    assert reply.status == 200, reply.body.decode()


def _negative(case: Case, server: Server) -> None:
    reply = server.query(file_of(case.action).read_text(encoding="utf-8"), f"{_EITHER}, */*")
    assert reply.status == 400, reply
    assert _MALFORMED in reply.body, reply


def _positive_update(case: Case, server: Server) -> None:
    """Take an update for parsed if it is made, or refused for what it would do."""
    reply = server.update(_based(file_of(case.action)))
    parsed = reply.status == 204 or (
        reply.status in {403, 409}
        and (b"problem#write-refused" in reply.body or b"problem#conflict" in reply.body)
    )
    assert parsed, reply.body.decode()


def _negative_update(case: Case, server: Server) -> None:
    reply = server.update(file_of(case.action).read_text(encoding="utf-8"))
    assert reply.status == 400, reply
    assert _MALFORMED in reply.body, reply


def _based(path: Path) -> str:
    """Return the text in the file, with its own address as base (SPARQL 1.1 Query §4.1.1.2)."""
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    return f"BASE <{path.resolve().as_uri()}>\n{text}"


def _load_graph(case: Case, server: Server, data: object) -> None:
    manifest = case.manifest
    assert isinstance(data, (ox.NamedNode, ox.BlankNode))
    file: Node = manifest.node(data, "graph") or data
    name = manifest.text(data, "label") or file.value
    _load(server, name, file_of(file))


def _load(server: Server, graph: str | None, path: Path) -> None:
    content = path.read_bytes()
    syntax = ox.RdfFormat.from_extension(path.suffix[1:])
    assert syntax is not None
    if syntax.supports_datasets and graph is None:
        quads = ox.parse(content, syntax, base_iri=path.resolve().as_uri())
        parts = []  # in one operation, so that a blank node of two graphs stays one
        for quad in quads:
            triple = (ox.serialize([quad.triple], format=ox.RdfFormat.N_TRIPLES) or b"").decode()
            plain = quad.graph_name == ox.DefaultGraph()
            parts.append(triple if plain else f"GRAPH {quad.graph_name} {{ {triple} }}")
        reply = server.update(f"INSERT DATA {{ {' '.join(parts)} }}")
        assert reply.status == 204, reply
        return
    if path.suffix == ".rdf":
        found = ox.parse(content, syntax, base_iri=path.resolve().as_uri())
        content = (
            ox.serialize((quad.triple for quad in found), format=ox.RdfFormat.N_TRIPLES) or b""
        )
        server.put(graph, content, _TYPES[".nt"])
        return
    if path.suffix == ".ttl":
        content = f"@base <{path.resolve().as_uri()}> .\n".encode() + content
    server.put(graph, content, _TYPES[path.suffix])


_CHECKS: Final[Mapping[str, Callable[[Case, Server], None]]] = {
    "QueryEvaluationTest": _query,
    "CSVResultFormatTest": _query,
    "UpdateEvaluationTest": _update,
    "PositiveSyntaxTest": _positive,
    "PositiveSyntaxTest11": _positive,
    "NegativeSyntaxTest": _negative,
    "NegativeSyntaxTest11": _negative,
    "PositiveUpdateSyntaxTest": _positive_update,
    "PositiveUpdateSyntaxTest11": _positive_update,
    "NegativeUpdateSyntaxTest": _negative_update,
    "NegativeUpdateSyntaxTest11": _negative_update,
    "ProtocolTest": protocol.exchange,
    "GraphStoreProtocolTest": protocol.exchange,
    "ServiceDescriptionTest": protocol.description,
}
