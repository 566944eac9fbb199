"""Ask of runs over many files whether they can be repeated, broken off, and done by several."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ingest import bulk, lookup
from kg.ingest.partition import Result, Task, partition
from kg.terms import DKG, ID, PREFIXES

_LABEL = """<document xmlns="urn:hl7-org:v3"><title>A label</title>
<effectiveTime value="20260102"/><setId root="set-{document}"/><versionNumber value="{version}"/>
<component><structuredBody><component><section><code code="34084-4"/><title>6</title><text>
<table><caption>Table 1. Adverse reactions</caption>
<tr><td>Reaction</td><td>Drug N=200</td><td>Placebo N=100</td></tr>
<tr><td>Rash</td><td>5%</td><td>{percent}%</td></tr></table></text></section></component>
</structuredBody></component></document>"""


def _write(where: Path, name: str, document: str, version: int = 1, percent: int = 1) -> Path:
    where.mkdir(parents=True, exist_ok=True)
    path = where / f"{name}.xml"
    label = _LABEL.format(document=document, version=version, percent=percent)
    path.write_text(label, encoding="utf-8")
    return path


def _run(where: Path, out: Path, engine: bulk.Engine | None = None) -> bulk.Summary:
    tasks, doubles = bulk.plan(bulk.files(where, "spl"), "spl", is_linked=False)
    return bulk.run(tasks, out, engine or bulk.local(1), lambda _: None, doubles)


def _claims(out: Path) -> bytes:
    return gzip.decompress((out / bulk.CLAIMS).read_bytes())


def test_the_same_documents_twice_change_nothing(tmp_path: Path) -> None:
    _write(tmp_path / "in", "a", "a")
    first = _run(tmp_path / "in", tmp_path / "out")
    packed = (tmp_path / "out" / bulk.CLAIMS).read_bytes()
    second = _run(tmp_path / "in", tmp_path / "out")
    assert (first.read, second.read, second.unchanged) == (1, 0, 1)
    assert second.counts == first.counts
    assert (tmp_path / "out" / bulk.CLAIMS).read_bytes() == packed


def test_a_document_in_two_files_is_read_once(tmp_path: Path) -> None:
    _write(tmp_path / "in", "a", "a")
    _write(tmp_path / "in", "b", "a")
    summary = _run(tmp_path / "in", tmp_path / "out")
    assert (summary.files, summary.read, summary.doubles) == (2, 1, 1)


def test_a_newer_version_follows_the_older_which_stays(tmp_path: Path) -> None:
    _write(tmp_path / "in", "a", "a", version=9)
    _run(tmp_path / "in", tmp_path / "out")
    _write(tmp_path / "in", "b", "a", version=10, percent=2)
    assert _run(tmp_path / "in", tmp_path / "out").read == 1
    store = ox.Store()
    store.load(_claims(tmp_path / "out"), ox.RdfFormat.N_QUADS)
    (revision,) = store.quads_for_pattern(
        None, ox.NamedNode(PREFIXES["prov"] + "wasRevisionOf"), None
    )
    assert str(revision.subject).endswith("-10>")
    assert str(revision.object).endswith("-9>")
    assert len(list(store.named_graphs())) == 2


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        _write(tmp_path / "in", name, name)

    def breaks(tasks: Sequence[Task], out: Path) -> Iterator[Result]:
        yield from partition(tasks[:2], out)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path / "in", tmp_path / "out", breaks)
    assert not (tmp_path / "out" / bulk.CLAIMS).exists()
    summary = _run(tmp_path / "in", tmp_path / "out")
    assert (summary.read, summary.unchanged) == (1, 2)
    assert summary.counts["observation"] == 6


def test_two_processes_make_the_same_bytes_as_one(tmp_path: Path) -> None:
    for number in range(20):
        _write(tmp_path / "in", f"{number:02}", str(number), percent=number)
    _run(tmp_path / "in", tmp_path / "one")
    _run(tmp_path / "in", tmp_path / "two", bulk.local(2))
    for name in (bulk.CLAIMS, bulk.REPORT):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_file_that_is_no_label_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    _write(tmp_path / "in", "a", "a")
    (tmp_path / "in" / "b.xml").write_text("<html>", encoding="utf-8")
    summary = _run(tmp_path / "in", tmp_path / "out")
    assert summary.read == 1
    assert [Path(path).name for path, _ in summary.faults] == ["b.xml"]


def test_each_graph_stands_in_order_and_alone(tmp_path: Path) -> None:
    for name in ("b", "a"):
        _write(tmp_path / "in", name, name)
    _run(tmp_path / "in", tmp_path / "out")
    graphs = [line.split()[-2] for line in _claims(tmp_path / "out").splitlines()]
    assert graphs == sorted(graphs)
    assert len(set(graphs)) == 2


def test_the_report_lists_what_was_not_understood(tmp_path: Path) -> None:
    path = _write(tmp_path / "in", "a", "a")
    path.write_text(path.read_text(encoding="utf-8").replace("5%", "see text"), encoding="utf-8")
    _run(tmp_path / "in", tmp_path / "out")
    (line,) = (tmp_path / "out" / bulk.REPORT).read_text(encoding="utf-8").splitlines()
    row = json.loads(line)
    assert (row["what"], row["row"], row["raw"]) == ("row", "2", "Rash | see text | 1%")
    assert bulk.reasons(tmp_path / "out") == {("row", "\u2026 is not a clear figure"): 1}


def test_a_label_of_a_curated_product_speaks_of_that_product(tmp_path: Path) -> None:
    path = _write(tmp_path / "in", "a", "a")
    (known,) = (key for key, iri in lookup.products().items() if "SPL:" in key and "aubagio" in iri)
    label = path.read_text(encoding="utf-8").replace("set-a", known.removeprefix("SPL:"))
    path.write_text(label, encoding="utf-8")
    tasks, _ = bulk.plan([path], "spl", is_linked=True)
    bulk.run(tasks, tmp_path / "out", bulk.local(1), lambda _: None)
    store = ox.Store()
    store.load(_claims(tmp_path / "out"), ox.RdfFormat.N_QUADS)
    about = store.quads_for_pattern(None, ox.NamedNode(DKG + "aboutProduct"), None)
    assert {quad.object for quad in about} == {ox.NamedNode(ID + "aubagio")}
