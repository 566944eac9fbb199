"""Part a release by graph on disk, so that it can be sent with little of it in memory."""

import gzip
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

import pyoxigraph as ox

from kg.engines.fill import batched
from kg.errors import NoReleaseError
from kg.release import QUADS

_HELD: Final = 16 * 1024 * 1024  # bytes that wait to be written to their file
_BUCKETS: Final = 64  # one is in memory at a time
_LINES: Final = 5_000  # that are read at once


@dataclass
class Parts:
    """Hold where the triples of each graph lie; the files have one of N-Triples in a line."""

    directory: Path
    files: dict[str, Path] = field(default_factory=dict)

    def triples(self, graph: str) -> Iterator[ox.Triple]:
        """Yield the triples of *graph*."""
        with self.files[graph].open("rb") as lines:
            for several in batched(lines, _LINES):
                for quad in ox.parse(b"".join(several), ox.RdfFormat.N_TRIPLES):
                    yield quad.triple


def parted_by_graph(release: Path) -> AbstractContextManager[Parts]:
    """Return the parts of the release in *release*, which are there as long as they are used.

    Raises:
        NoReleaseError: there is no release.
    """
    return _parted(release, lambda _, graph: graph)


def each_once(release: Path) -> Iterator[ox.Triple]:
    """Yield each triple of the release in *release* once, in however many graphs it stands.

    Raises:
        NoReleaseError: there is no release.
    """
    with _parted(release, lambda triple, _: str(crc32(triple) % _BUCKETS)) as parts:
        for path in parts.files.values():
            for several in batched(set(path.read_bytes().splitlines(keepends=True)), _LINES):
                for quad in ox.parse(b"".join(several), ox.RdfFormat.N_TRIPLES):
                    yield quad.triple


@contextmanager
def _parted(release: Path, name: Callable[[bytes, str], str]) -> Iterator[Parts]:
    """Yield the triples of *release* in files by what *name* makes of triple and graph."""
    with tempfile.TemporaryDirectory(prefix="drugkg-push-") as directory:
        parts = Parts(Path(directory))
        waiting: dict[str, list[bytes]] = {}
        held = 0
        for triple, graph in _rows(release):
            waiting.setdefault(name(triple, graph), []).append(triple + b" .\n")
            held += len(triple)
            if held > _HELD:
                _flush(parts, waiting)
                held = 0
        _flush(parts, waiting)
        yield parts


def _rows(release: Path) -> Iterator[tuple[bytes, str]]:
    """Yield the triple of each line and its graph, which is an IRI and so holds no space."""
    try:
        with gzip.open(release / QUADS) as lines:
            for line in lines:
                triple, graph, _ = line.rsplit(b" ", 2)
                yield triple, graph[1:-1].decode()
    except (OSError, EOFError, ValueError) as error:
        raise NoReleaseError(release) from error


def _flush(parts: Parts, waiting: dict[str, list[bytes]]) -> None:
    for graph, lines in waiting.items():
        path = parts.files.setdefault(graph, parts.directory / str(len(parts.files)))
        with path.open("ab") as file:
            file.writelines(lines)
    waiting.clear()
