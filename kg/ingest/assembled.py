"""Put what was read in bulk into a release that can be served, together with the curated facts.

The rules derive from all of it. The reasoner is told of the curated facts alone: its time grows
steeply with individuals (``kg/theory.py``), and conditions and effects that were read in bulk have
no axioms. The release names no inputs, so that it is never taken for an old build of the facts.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from kg import coverage, release, sssom
from kg.build import complete, examine
from kg.derive import derive
from kg.errors import FactsError, NoReuseError, UnreadableSourceError, Violation, in_order
from kg.ingest.bulk import CLAIMS
from kg.paths import Inputs
from kg.release import Manifest, version
from kg.terms import DKG, GRAPH
from kg.turtle import Document, Statement, load_shapes
from kg.validate import validate

PARTS: Final = "parts.json"  # in the release: which files it was put together from
READ: Final = GRAPH + "read/"
Say = Callable[[str], None]

_POLICY: Final = ox.NamedNode(DKG + "reusePolicy")
_NO_REUSE: Final = ox.NamedNode(DKG + "NoReuse")


def assemble(
    parts: Sequence[Path],
    out: Path,
    say: Say,
    inputs: Inputs | None = None,
    *,
    is_checked: bool = True,
) -> Manifest:
    """Write a release of the curated facts and of the claims in *parts* to *out*.

    A part is a directory that ``drugkg ingest`` has written, or a file of N-Quads. Checking them
    against the shapes takes about 1 ms a quad.

    Raises:
        FactsError: the curated facts have faults, or a claim in *parts* breaks a shape.
        NoReuseError: a source in *parts* may not be shared.
        OccupiedError: *out* holds something that is not a release.
        UnreadableSourceError: a part is missing, is no N-Quads, or has quads in other graphs than
            those of documents that were read.
    """
    inputs = inputs or Inputs()
    files = [_file(part) for part in parts]
    read = documents(files)
    _permitted(read)
    examined = examine(inputs, say)
    if examined.violations:
        raise FactsError(examined.violations)
    store = complete(examined, inputs, say)
    for document in read:
        for subject, predicate, value, _ in document.statements:
            store.add(ox.Quad(subject, predicate, value, document.graph))
    say(f"{sum(len(each.statements) for each in read):,} quads of {len(read):,} documents")
    if is_checked:
        violations = faults(examined.documents, read, inputs)
        if violations:
            raise FactsError(violations)
        say("every shape is met by what was read")
    new = derive(store, inputs.rules, examined.vocabulary.properties)
    say(f"derived {new:,} triples from all of it")
    tables = {
        coverage.NAME: coverage.table(store),
        sssom.NAME: sssom.table(store, version()),
        PARTS: _listed(files),
    }
    manifest = release.write(out, store, {}, tables)
    say(f"wrote {manifest.quads:,} quads in {len(manifest.graphs):,} graphs to {out}")
    return manifest


def _file(part: Path) -> Path:
    file = part / CLAIMS if part.is_dir() else part
    if not file.is_file():
        raise UnreadableSourceError(str(part), f"there is no {CLAIMS}; run drugkg ingest first")
    return file


def documents(files: Iterable[Path]) -> tuple[Document, ...]:
    """Return each graph of *files* as a document, the lines of which are those of its quads."""
    graphs: dict[str, dict[ox.Quad, int]] = {}
    for file in files:
        for quad in quads(file):
            assert isinstance(quad.graph_name, ox.NamedNode)  # noqa: S101 (narrows the type)
            lines = graphs.setdefault(quad.graph_name.value, {})
            lines.setdefault(quad, len(lines) + 1)
    return tuple(
        Document(graph, ox.NamedNode(graph), tuple(_statements(lines)))
        for graph, lines in sorted(graphs.items())
    )


def _statements(lines: Mapping[ox.Quad, int]) -> Iterator[Statement]:
    for quad, line in lines.items():
        assert not isinstance(quad.subject, ox.Triple)  # noqa: S101 (narrows the type)
        assert not isinstance(quad.object, ox.Triple)  # noqa: S101
        yield Statement(quad.subject, quad.predicate, quad.object, line)


def faults(
    curated: Iterable[Document], read: Iterable[Document], inputs: Inputs
) -> tuple[Violation, ...]:
    """Return which claims of the documents *read*, beside *curated* ones, break a shape."""
    read = tuple(read)
    report = validate((*curated, *read), load_shapes(inputs.ontology))
    names = {document.file for document in read}
    return in_order(each for each in report.violations if each.file in names)


def quads(file: Path) -> Iterator[ox.Quad]:
    """Yield the quads of *file*, all of documents that were read."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as content:
            for quad in ox.parse(cast("IO[bytes]", content), format=ox.RdfFormat.N_QUADS):
                graph = quad.graph_name
                if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(READ):
                    fault = f"{graph} is not the graph of a document that was read"
                    raise UnreadableSourceError(str(file), fault)
                yield quad
    except (OSError, EOFError, SyntaxError) as error:
        raise UnreadableSourceError(str(file), str(error)) from error


def _permitted(read: Iterable[Document]) -> None:
    for document in read:
        for statement in document.statements:
            if statement.predicate == _POLICY and statement.object == _NO_REUSE:
                raise NoReuseError(str(statement.subject))


def _listed(files: Iterable[Path]) -> bytes:
    digests = release.digests({str(number): file for number, file in enumerate(files, start=1)})
    return (json.dumps({"sha256": sorted(digests.values())}, indent=2) + "\n").encode()
