"""Run the cases that are written as HTTP requests, and those on the service description."""

from typing import Final

import pyoxigraph as ox

from tests.conformance import results
from tests.conformance.compare import Row, equal, iri
from tests.conformance.manifests import Case, Node, file_of
from tests.conformance.server import Reply, Server

_BOOLEANS: Final = {"application/sparql-results+json", "application/sparql-results+xml"}
_TABLES: Final = _BOOLEANS | {"text/csv", "text/tab-separated-values"}
_RDF: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
# RFC 9110 §15; the manifests name codes by the words of the W3C vocabulary of status codes.
_STATUSES: Final = {
    "OK": {200},
    "Created": {201},
    "NoContent": {204},
    "NotFound": {404},
    "StatusCode2xx": set(range(200, 300)),
    "StatusCode3xx": set(range(300, 400)),
    "StatusCode4xx": set(range(400, 500)),
    "StatusCode5xx": set(range(500, 600)),
}
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_TYPE: Final = iri("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def exchange(case: Case, server: Server) -> None:
    """Send the requests of *case* in their order and look at each reply."""
    manifest = case.manifest
    for data in manifest.values(case.node, "graphData"):
        assert isinstance(data, ox.BlankNode)
        file = manifest.node(data, "graph")
        assert file is not None
        server.put(
            manifest.text(data, "label"), file_of(file).read_bytes(), "application/n-triples"
        )
    known: dict[str, str] = {}
    requests = list(manifest.members(manifest.value(case.action, "requests")))
    assert requests
    for each in requests:
        _one(case, server, each, known)


def _one(case: Case, server: Server, request: Node, known: dict[str, str]) -> None:
    manifest = case.manifest
    method = manifest.text(request, "methodName") or "GET"
    path = manifest.text(request, "absolutePath") or ""
    headers = _headers(case, request)
    body = _body(case, request, headers.get("content-type", ""))
    for name, value in known.items():
        path = path.replace(name, value)
        body = body.replace(name.encode(), value.encode()) if body is not None else None
    path = _path(case, path, headers.get("content-type", ""), body or b"")
    reply = server.send(method, path, body, headers | server.credentials)
    response = manifest.node(request, "resp")
    assert response is not None
    expected = {
        value.value.rpartition("#")[2]
        for value in manifest.values(response, "expectedStatus")
        if isinstance(value, ox.NamedNode)
    }
    assert expected
    assert any(reply.status in _STATUSES[name] for name in expected), (method, path, reply)
    if place := manifest.text(response, "expectedLocation"):
        assert reply.headers.get("location"), reply
        known[place] = reply.headers["location"]
    _content(case, response, reply, method, server)


def _path(case: Case, path: str, kind: str, body: bytes) -> str:
    """Return the path of ours that stands for one of the suite."""
    if path.startswith("/gsp"):
        return "/graphs" + path.removeprefix("/gsp")
    _, _, query = path.partition("?")
    update = (
        kind.startswith("application/sparql-update")
        or query.startswith("update=")
        or body.startswith(b"update=")
        or case.iri.rpartition("#")[2].startswith("bad_update")
    )
    return ("/update" if update else "/sparql") + (f"?{query}" if query else "")


def _headers(case: Case, node: Node) -> dict[str, str]:
    manifest = case.manifest
    return {
        (manifest.text(each, "fieldName") or "").lower(): manifest.text(each, "fieldValue") or ""
        for each in manifest.members(manifest.value(node, "headers"))
    }


def _body(case: Case, node: Node, kind: str) -> bytes | None:
    manifest = case.manifest
    body = manifest.node(node, "body")
    if body is None:
        return None
    text = manifest.text(body, "chars") or ""
    if kind.startswith("multipart/"):  # RFC 2046 §5.1.1: lines of a multipart end with CRLF
        lines = [line.strip() for line in text.strip().splitlines()]
        return "\r\n".join(lines).encode() + b"\r\n"
    return text.encode(manifest.text(body, "characterEncoding") or "UTF-8")


def _content(case: Case, response: Node, reply: Reply, method: str, server: Server) -> None:
    manifest = case.manifest
    match manifest.text(response, "expectedFormat"):
        case "boolean":
            assert reply.kind in _BOOLEANS, reply
        case "tabular":
            assert reply.kind in _TABLES, reply
        case "RDF":
            assert reply.kind in _RDF, reply
    if (expected := manifest.text(response, "expectedBoolean")) is not None:
        xml = reply.kind.endswith("xml")
        answer = results.xml(reply.body) if xml else results.of_json(reply.body)
        assert answer is (expected == "true"), reply
    wanted = _headers(case, response)
    if kind := wanted.get("content-type"):
        assert reply.kind == kind.partition(";")[0], reply
    body = _body(case, response, "")
    if body is not None and method != "HEAD":
        base = server.address
        ours = results.graph(reply.body, _RDF[reply.kind], base)
        theirs = results.graph(body, ox.RdfFormat.TURTLE, base)
        assert equal(ours, theirs), (ours, theirs)
    if method == "HEAD":
        assert reply.body == b""


def description(case: Case, server: Server) -> None:
    """Look at what the endpoint says of itself in the way that *case* asks."""
    reply = server.send("GET", "/sparql", headers={"Accept": ", ".join(_RDF)})
    assert reply.status == 200, reply
    assert reply.kind in _RDF, reply
    triples = results.graph(reply.body, _RDF[reply.kind], f"{server.address}/sparql")
    match case.iri.rpartition("#")[2]:
        case "has-endpoint-triple":
            endpoints = {triple[2] for triple in triples if triple[1] == iri(SD + "endpoint")}
            assert iri(f"{server.address}/sparql") in endpoints
        case "conforms-to-schema":
            _conforms(triples)
        case name:
            assert name == "returns-rdf"


def _conforms(triples: list[Row]) -> None:
    """Check what SPARQL 1.1 Service Description §3 says of its classes and properties."""
    nodes = {"endpoint", "feature", "defaultEntailmentRegime", "defaultSupportedEntailmentProfile"}
    nodes |= {"entailmentRegime", "supportedEntailmentProfile", "extensionFunction"}
    nodes |= {"extensionAggregate", "languageExtension", "supportedLanguage", "propertyFeature"}
    nodes |= {"defaultDataset", "availableGraphs", "resultFormat", "inputFormat", "defaultGraph"}
    nodes |= {"namedGraph", "name", "graph"}
    domains = {"defaultGraph": "Dataset", "namedGraph": "Dataset", "name": "NamedGraph"}
    domains |= {"graph": "NamedGraph"} | dict.fromkeys(
        ("endpoint", "feature", "supportedLanguage", "defaultDataset", "resultFormat"), "Service"
    )
    ranges = {"defaultDataset": "Dataset", "defaultGraph": "Graph", "namedGraph": "NamedGraph"}
    ranges |= {"graph": "Graph"}
    types: dict[object, set[object]] = {}
    for subject, predicate, value in triples:
        if predicate == _TYPE:
            types.setdefault(subject, set()).add(value)
    services = [node for node, kinds in types.items() if iri(SD + "Service") in kinds]
    assert services
    for service in services:
        found = [triple for triple in triples if triple[0] == service]
        endpoints = [triple for triple in found if triple[1] == iri(SD + "endpoint")]
        assert len(endpoints) == 1
    for subject, predicate, value in triples:
        assert predicate is not None
        name = str(predicate[1]).removeprefix(SD)
        if name == predicate[1]:
            continue
        assert name in nodes, name
        assert value is not None
        assert value[0] in {"iri", "blank"}, value
        if name in domains:
            assert iri(SD + domains[name]) in types.get(subject, set()), (subject, name)
        if name in ranges:
            assert iri(SD + ranges[name]) in types.get(value, set()), (value, name)
