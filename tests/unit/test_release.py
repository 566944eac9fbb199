"""The release directory: its bytes, its manifest, and when it is replaced."""

import gzip
import hashlib
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import release
from kg.errors import NoReleaseError, OccupiedError
from kg.release import Manifest

GRAPHS = [ox.NamedNode("http://g/a"), ox.NamedNode("http://g/b")]
TEXTS = ["plain", "ünïcode \U0001f48a", 'quotes " and\nlines', "\x07"]


def quads() -> list[ox.Quad]:
    predicate = ox.NamedNode("http://p")
    return [
        ox.Quad(ox.NamedNode(f"http://s/{number}"), predicate, ox.Literal(text), graph)
        for number, text in enumerate(TEXTS)
        for graph in GRAPHS
    ]


@pytest.fixture
def store() -> ox.Store:
    filled = ox.Store()
    filled.extend(quads())
    return filled


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    path = tmp_path / "facts.ttl"
    path.write_text("anything", encoding="utf-8")
    return {"kg/facts/facts.ttl": path}


def test_two_builds_have_the_same_bytes(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    backwards = ox.Store()
    backwards.extend(reversed(quads()))
    release.write(tmp_path / "one", store, inputs)
    release.write(tmp_path / "two", backwards, inputs)
    for name in (release.QUADS, release.MANIFEST):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_quads_are_sorted_and_complete(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    release.write(tmp_path / "out", store, inputs)
    text = gzip.decompress((tmp_path / "out" / release.QUADS).read_bytes())
    lines = text.decode().splitlines()
    assert lines == sorted(lines)
    assert set(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == set(quads())


def test_the_database_holds_the_same_quads_and_their_union(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    release.write(tmp_path / "out", store, inputs)
    database = ox.Store.read_only(str(tmp_path / "out" / release.DATABASE))
    union = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads()}
    assert set(database) == set(quads()) | union


def test_the_manifest_counts_and_digests(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    out = tmp_path / "out"
    manifest = release.write(out, store, inputs)
    packed = (out / release.QUADS).read_bytes()
    assert manifest.quads == 8
    assert manifest.graphs == {"http://g/a": 4, "http://g/b": 4}
    assert manifest.inputs == {"kg/facts/facts.ttl": hashlib.sha256(b"anything").hexdigest()}
    assert manifest.outputs == {
        "drugkg.nq": hashlib.sha256(gzip.decompress(packed)).hexdigest(),
        "drugkg.nq.gz": hashlib.sha256(packed).hexdigest(),
    }
    assert manifest.version == release.version()
    assert Manifest.read(out) == manifest


def test_tables_stand_beside_the_quads(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    manifest = release.write(tmp_path / "out", store, inputs, {"counts.tsv": b"1\n"})
    assert (tmp_path / "out" / "counts.tsv").read_bytes() == b"1\n"
    assert manifest.outputs["counts.tsv"] == hashlib.sha256(b"1\n").hexdigest()
    assert set(manifest.outputs) == {"counts.tsv", "drugkg.nq", "drugkg.nq.gz"}


def test_a_release_is_replaced_whole(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    out = tmp_path / "out"
    release.write(out, store, inputs)
    (out / "left over").touch()
    store.clear_graph(GRAPHS[0])
    release.write(out, store, inputs)
    assert sorted(path.name for path in out.iterdir()) == [
        "drugkg.nq.gz",
        "manifest.json",
        "names.sqlite",
        "oxigraph",
    ]
    assert Manifest.read(out).quads == 4


def test_a_failed_build_leaves_the_old_release_and_nothing_else(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    out = tmp_path / "out"
    before = release.write(out, store, inputs)
    with pytest.raises(FileNotFoundError), release.replacing(out) as fresh:
        (fresh / release.QUADS).write_bytes((tmp_path / "never there").read_bytes())
    assert Manifest.read(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.ttl", "out"]


def test_a_directory_that_is_no_release_is_not_replaced(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    out = tmp_path / "home"
    out.mkdir()
    (out / "letters.txt").touch()
    with pytest.raises(OccupiedError, match="home"):
        release.write(out, store, inputs)
    assert (out / "letters.txt").exists()


def test_an_empty_directory_may_become_a_release(
    tmp_path: Path, store: ox.Store, inputs: dict[str, Path]
) -> None:
    (tmp_path / "deep" / "out").mkdir(parents=True)
    release.write(tmp_path / "deep" / "out", store, inputs)
    assert Manifest.read(tmp_path / "deep" / "out").quads == 8


@pytest.mark.parametrize("text", [None, "not json", "[]", json.dumps({"quads": 1})])
def test_what_is_not_a_manifest_is_no_release(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / release.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(NoReleaseError, match="drugkg build"):
        Manifest.read(tmp_path)
