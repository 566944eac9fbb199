"""Read Turtle files into triples that know the line on which they stand."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, NoReturn, TypeAlias, cast

import pyoxigraph as ox

from kg.errors import FactsError, Violation
from kg.paths import shown
from kg.terms import ONTOLOGY_GRAPH, SHAPES_GRAPH, graph_iri

_LABEL = re.compile(rb"_:([\w.-]+)")  # Turtle §6.5, BLANK_NODE_LABEL


Node: TypeAlias = ox.NamedNode | ox.BlankNode
Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


class Statement(NamedTuple):
    """Hold one triple and the line of its file on which it is stated."""

    subject: Node
    predicate: ox.NamedNode
    object: Term
    line: int


@dataclass(frozen=True)
class Document:
    """Hold what one Turtle file says, and the named graph it says it in."""

    file: str
    graph: ox.NamedNode
    statements: tuple[Statement, ...]


class _LineReader(io.RawIOBase):
    """Hand out a text one line at a time, so that the parser is never ahead of its line."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self._lines = iter(text.splitlines(keepends=True))
        self._rest = b""
        self.line = 0

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            self._rest = next(self._lines, b"")
            self.line += bool(self._rest)
        end = size if size >= 0 else len(self._rest)
        chunk, self._rest = self._rest[:end], self._rest[end:]
        return chunk


def parse(path: Path, graph: str) -> Document:
    """Read the Turtle file at *path*; its triples belong to *graph*.

    Raises:
        FactsError: the file cannot be read, or is not Turtle in UTF-8.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise FactsError([Violation(shown(path), None, "", str(error.strerror))]) from error
    reader = _LineReader(text)
    stream = cast("IO[bytes]", reader)  # typeshed: RawIOBase.read may return None
    statements: list[Statement] = []
    try:
        for subject, predicate, value, _ in ox.parse(stream, format=ox.RdfFormat.TURTLE):
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                _refuse(path, reader.line, "triple terms of RDF 1.2 are not used here")
            statements.append(Statement(subject, predicate, value, reader.line))
    except SyntaxError as error:
        _refuse(path, error.lineno or reader.line, error.msg.split(": ", 1)[-1])
    labels = {match[1].decode() for match in _LABEL.finditer(text)}
    return Document(shown(path), ox.NamedNode(graph), tuple(_at_opening(statements, labels)))


def _refuse(path: Path, line: int, message: str) -> NoReturn:
    raise FactsError([Violation(shown(path), line, "", f"syntax error: {message}")]) from None


def _at_opening(statements: list[Statement], labels: set[str]) -> Iterator[Statement]:
    """Move a triple whose object is a nested node from the closing bracket to what opens it."""
    first: dict[str, int] = {}
    for subject, _, _, line in statements:
        if isinstance(subject, ox.BlankNode) and subject.value not in labels:
            first.setdefault(subject.value, line)
    for statement in statements:
        nested = isinstance(statement.object, ox.BlankNode)
        line = first.get(statement.object.value, statement.line) if nested else statement.line
        yield statement._replace(line=line)


def _parse_all(sources: Iterable[tuple[Path, str]]) -> tuple[Document, ...]:
    documents: list[Document] = []
    violations: list[Violation] = []
    for path, graph in sources:
        try:
            documents.append(parse(path, graph))
        except FactsError as error:
            violations += error.violations
    if violations:
        raise FactsError(violations)
    return tuple(documents)


def load_facts(facts_dir: Path) -> tuple[Document, ...]:
    """Read every ``.ttl`` file below *facts_dir*, each into the graph named after its path.

    Raises:
        FactsError: with all syntax errors of all files, or because there is no file.
    """
    paths = sorted(facts_dir.rglob("*.ttl"))
    if not paths:
        raise FactsError([Violation(shown(facts_dir), None, "", "no .ttl file lies here")])
    return _parse_all(
        (path, graph_iri(path.relative_to(facts_dir).with_suffix("").as_posix())) for path in paths
    )


def load_ontology(ontology_dir: Path) -> Document:
    """Read ``drug.ttl``, the terms that facts may use.

    Raises:
        FactsError: it does not parse.
    """
    return parse(ontology_dir / "drug.ttl", ONTOLOGY_GRAPH)


def load_shapes(ontology_dir: Path) -> Document:
    """Read ``shapes.ttl``, what complete facts contain; a release does not hold it.

    Raises:
        FactsError: it does not parse.
    """
    return parse(ontology_dir / "shapes.ttl", SHAPES_GRAPH)
