"""Write what is served to all: a release, and the same triples as text for those who load it."""

import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import claims
from kg import build, release
from kg.fans import entities, fans
from kg.release import DATABASE, MANIFEST, QUADS, Manifest
from kg.terms import DKG, RDF, RDFS

REAL: Final = "real"
_MOST_KEYS: Final = 200
_TRIPLES: Final = "union.nt"  # each triple once, without its graph
_LOADED: Final = "loaded.nq"  # both: what our default graph holds, and the named graphs
_KEYS: Final = "keys.json"


@dataclass(frozen=True)
class Dataset:
    """Name a release and what can be asked of it."""

    name: str
    release: Path
    manifest: Manifest
    labelled: tuple[str, ...]  # IRIs
    products: tuple[str, ...]
    group: str  # a therapeutic class

    @property
    def triples(self) -> Path:
        """Return the file of all triples, each once."""
        return self.release / _TRIPLES

    @property
    def loaded(self) -> Path:
        """Return the file of what our store holds: the named graphs and their union."""
        return self.release / _LOADED


def dataset(name: str, directory: Path) -> Dataset:
    """Return the data called *name*, ``real`` or a number of triples, made now if need be."""
    out = directory / name
    if not (out / _KEYS).exists() or not Manifest.read(out).entities:  # as older ones have none
        print(f"making {out} …", flush=True)
        shutil.rmtree(out, ignore_errors=True)
        if name == REAL:
            build(out, lambda _: None)
            _write_texts(out)
        else:
            _write_release(out, int(name))
        (out / _KEYS).write_text(json.dumps(_keys(out)))
    keys = json.loads((out / _KEYS).read_text())
    manifest = Manifest.read(out)
    return Dataset(
        name, out, manifest, tuple(keys["labelled"]), tuple(keys["products"]), keys["group"]
    )


def _write_texts(out: Path) -> None:
    """Write the triples of a release as its database holds them."""
    store = ox.Store.read_only(str(out / DATABASE))
    store.dump(str(out / _LOADED), ox.RdfFormat.N_QUADS)
    store.dump(str(out / _TRIPLES), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())


def _write_release(out: Path, triples: int) -> None:
    """Write synthetic claims as a release that is served as it is."""
    out.mkdir(parents=True, exist_ok=True)
    graphs: Counter[str] = Counter()
    digest = hashlib.sha256()
    with (
        gzip.open(out / QUADS, "wb", compresslevel=1) as quads,
        (out / _TRIPLES).open("wb") as union,
        (out / _LOADED).open("wb") as loaded,
    ):
        for triple, graph in claims.lines(triples):
            quad, plain = f"{triple} <{graph}> .\n".encode(), f"{triple} .\n".encode()
            graphs[graph] += 1
            digest.update(quad)
            quads.write(quad)
            union.write(plain)
            loaded.write(quad + plain)
    database = ox.Store(str(out / DATABASE))
    database.bulk_load(path=str(out / _LOADED), format=ox.RdfFormat.N_QUADS)
    database.flush()
    database.optimize()
    manifest = Manifest(
        version=release.version(),
        quads=sum(graphs.values()),
        graphs=dict(graphs),
        inputs={},
        outputs={QUADS.removesuffix(".gz"): digest.hexdigest()},
        tools={},
        predicates=fans(database),
        entities=entities(database),
    )
    (out / MANIFEST).write_text(manifest.document())


def _keys(out: Path) -> dict[str, object]:
    """Return what queries can ask for: the same of the same data."""
    store = ox.Store.read_only(str(out / DATABASE))
    default = ox.DefaultGraph()

    def some(quads: Iterable[ox.Quad], part: str) -> list[str]:
        iris = {
            node.value for quad in quads if isinstance(node := getattr(quad, part), ox.NamedNode)
        }
        return sorted(iris, key=lambda iri: hashlib.sha256(iri.encode()).digest())[:_MOST_KEYS]

    product = ox.NamedNode(DKG + "MedicinalProduct")
    label, kind = ox.NamedNode(RDFS + "label"), ox.NamedNode(RDF + "type")
    group = ox.NamedNode(DKG + "hasTherapeuticClass")
    return {
        "labelled": some(store.quads_for_pattern(None, label, None, default), "subject"),
        "products": some(store.quads_for_pattern(None, kind, product, default), "subject"),
        "group": min(
            some(store.quads_for_pattern(None, group, None, default), "object"), default=""
        ),
    }
