"""Read the result formats of SPARQL 1.1, and graphs, into rows of plain terms."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pyoxigraph as ox

from tests.conformance.compare import Row, Term, blank, iri, literal

_SRX: Final = "{http://www.w3.org/2005/sparql-results#}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_ITS: Final = "{http://www.w3.org/2005/11/its}"
_RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


@dataclass(frozen=True)
class Table:
    """Hold solutions: names of variables in a fixed order, and a row for each solution."""

    variables: tuple[str, ...]
    rows: list[Row]


Result = Table | bool | list[Row]  # the last is a graph


def table(variables: Iterable[str], solutions: Iterable[Mapping[str, Term]]) -> Table:
    names = tuple(sorted(set(variables)))
    return Table(names, [tuple(each.get(name) for name in names) for each in solutions])


def term_of(term: object) -> Term:
    """Return a term of pyoxigraph, whose parsers keep it as it is written, as a tuple."""
    match term:
        case ox.NamedNode():
            return iri(term.value)
        case ox.BlankNode():
            return blank(term.value)
        case ox.Literal():
            language = term.language
            if language and getattr(term, "direction", None):
                language = f"{language}--{term.direction}"
            return literal(term.value, term.datatype.value, language)
        case ox.Triple():
            return ("triple", *map(term_of, (term.subject, term.predicate, term.object)))
    raise AssertionError(term)


def graph(content: bytes, syntax: ox.RdfFormat, base: str) -> list[Row]:
    """Return the triples of a document as rows, each once."""
    quads = ox.parse(content, syntax, base_iri=base)
    return list({(term_of(q.subject), term_of(q.predicate), term_of(q.object)) for q in quads})


def read(path: Path) -> Result:
    """Return the expected result in the file at *path*."""
    content = path.read_bytes()
    match path.suffix:
        case ".srx":
            return xml(content)
        case ".srj":
            return of_json(content)
        case ".tsv":
            return tsv(content)
        case ".csv":
            return csv_table(content)
    syntax = ox.RdfFormat.from_extension(path.suffix[1:])
    assert syntax is not None, path
    triples = graph(content, syntax, path.resolve().as_uri())
    return _result_set(triples) or triples


def of_json(content: bytes) -> Result:
    document = json.loads(content)
    if "boolean" in document:
        return bool(document["boolean"])
    rows = [
        {name: _json_term(value) for name, value in row.items()}
        for row in document["results"]["bindings"]
    ]
    return table(document["head"].get("vars", []), rows)


def _json_term(value: Any) -> Term:  # noqa: ANN401 (any JSON)
    match value["type"]:
        case "uri":
            return iri(value["value"])
        case "bnode":
            return blank(value["value"])
        case "literal" | "typed-literal":
            language = value.get("xml:lang")
            if language and value.get("its:dir"):
                language = f"{language}--{value['its:dir']}"
            return literal(value["value"], value.get("datatype"), language)
        case "triple":
            parts = value["value"]
            names = ("subject", "predicate", "object")
            return ("triple", *(_json_term(parts[name]) for name in names))
    raise AssertionError(value)


def xml(content: bytes) -> Result:
    root = ET.fromstring(content)  # noqa: S314 (of the suite or of our server)
    if (boolean := root.find(f"{_SRX}boolean")) is not None:
        return (boolean.text or "").strip() == "true"
    names = [each.get("name", "") for each in root.iterfind(f"{_SRX}head/{_SRX}variable")]
    rows = [
        {each.get("name", ""): _xml_term(each[0]) for each in result.iterfind(f"{_SRX}binding")}
        for result in root.iterfind(f"{_SRX}results/{_SRX}result")
    ]
    return table(names, rows)


def _xml_term(element: ET.Element) -> Term:
    text = element.text or ""
    match element.tag.removeprefix(_SRX):
        case "uri":
            return iri(text)
        case "bnode":
            return blank(text)
        case "literal":
            language = element.get(f"{_XML}lang")
            if language and element.get(f"{_ITS}dir"):
                language = f"{language}--{element.get(f'{_ITS}dir')}"
            return literal(text, element.get("datatype"), language)
        case "triple":
            names = ("subject", "predicate", "object")
            parts = [element.find(f"{_SRX}{name}") for name in names]
            return ("triple", *(_xml_term(part[0]) for part in parts if part is not None))
    raise AssertionError(element.tag)


def tsv(content: bytes) -> Result:
    lines = content.decode().split("\n")
    names = [name.lstrip("?") for name in lines[0].rstrip("\r").split("\t")]
    rows = [
        {name: _tsv_term(text) for name, text in zip(names, line.split("\t"), strict=True) if text}
        for line in (each.rstrip("\r") for each in lines[1:])
        if line or len(names) == 1
    ]
    if rows and lines[-1] == "":
        rows = rows[:-1] if len(names) == 1 else rows
    return table(names, rows)


def _tsv_term(text: str) -> Term:
    if re.fullmatch(r"[+-]?[0-9]+", text):
        return literal(text, "http://www.w3.org/2001/XMLSchema#integer")
    document = f"<http://e/> <http://e/> {text} ."
    (row,) = graph(document.encode(), ox.RdfFormat.TURTLE, "http://e/")
    return row[2]


def csv_table(content: bytes) -> Table:
    """Return a table whose terms are strings, for CSV does not say of what kind they are."""
    header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    solutions = [
        {
            name: blank(text) if text.startswith("_:") else ("text", text)
            for name, text in zip(header, row, strict=True)
        }
        for row in rows
        if row or len(header) != 1
    ]
    return table(header, solutions)


def _result_set(triples: Sequence[Row]) -> Result | None:
    """Read a graph in the result set vocabulary of the suites."""
    about: dict[Term, dict[str, list[Term]]] = {}
    for subject, predicate, value in triples:
        assert predicate is not None
        about.setdefault(subject, {}).setdefault(str(predicate[1]), []).append(value)
    kind = iri(_RS + "ResultSet")
    types = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    root = next((node for node, each in about.items() if kind in each.get(types, [])), None)
    if root is None:
        return None
    found = about[root]
    if _RS + "boolean" in found:
        return found[_RS + "boolean"][0] == literal(
            "true", "http://www.w3.org/2001/XMLSchema#boolean"
        )
    names = [str(each[1]) for each in found.get(_RS + "resultVariable", []) if each]
    solutions = []
    for solution in found.get(_RS + "solution", []):
        bound = {}
        for binding in about[solution].get(_RS + "binding", []):
            name = about[binding][_RS + "variable"][0]
            assert name is not None
            bound[str(name[1])] = about[binding][_RS + "value"][0]
        solutions.append((about[solution].get(_RS + "index"), bound))
    solutions.sort(key=lambda each: int(str(each[0][0][1])) if each[0] and each[0][0] else 0)
    return table(names, [bound for _, bound in solutions])
