"""Show people what stands in the graph from each section of each source: docs/coverage.md."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.coverage import Row, rows
from kg.release import QUADS
from kg.terms import DKG, RDFS, curie

_LABEL: Final = ox.NamedNode(RDFS + "label")
_PART_READ: Final = ox.NamedNode(DKG + "partRead")
_PREAMBLE: Final = """\
# Coverage

What stands in the graph from each source and each of its sections. The release holds the same
counts as `coverage.tsv`. This page is made from a release:
`python -m kg.coverage_page release > docs/coverage.md`.

A claim that several sources make counts for each of them. Lines are counted where a document was
read line by line: how many of the lines that carry a statement are covered by the locator of an
evidence line. A source without claims is cited by another, or only its identity is known.

| Source | Sections | Claims | Evidence lines | Lines covered |
| --- | --- | --- | --- | --- |"""


def page(store: ox.Store) -> str:
    """Return the counts of *store* as Markdown: one line a source, then each source by section."""
    return "\n".join(_lines(store)) + "\n"


def _lines(store: ox.Store) -> Iterator[str]:
    counted = rows(store)
    wholes = [row for row in counted if not row.section]
    yield _PREAMBLE
    for row in wholes:
        sections = sum(1 for other in counted if other.source == row.source and other.section)
        lines = f"{row.content_lines_covered} of {row.content_lines}" if row.content_lines else ""
        name = _cell(_described(store, row.source, _LABEL))
        yield f"| {name} | {sections} | {row.claims} | {row.evidence_lines} | {lines} |"
    for whole in wholes:
        if whole.claims:
            yield from _by_section(store, whole, counted)


def _by_section(store: ox.Store, whole: Row, counted: Iterable[Row]) -> Iterator[str]:
    read = _described(store, whole.source, _PART_READ)
    yield f"\n## {_described(store, whole.source, _LABEL)}\n"
    yield f"`{curie(whole.source)}`" + (f", read: {read}\n" if read else "\n")
    covered = bool(whole.content_lines)
    yield "| Section | Claims | Evidence lines |" + (" Lines covered |" if covered else "")
    yield "| --- | --- | --- |" + (" --- |" if covered else "")
    for row in counted:
        if row.source == whole.source and row.section:
            lines = f" {row.content_lines_covered} |" if covered else ""
            yield f"| {_cell(row.section)} | {row.claims} | {row.evidence_lines} |{lines}"


def _described(store: ox.Store, iri: str, predicate: ox.NamedNode) -> str:
    """Return the first of the values of *predicate* of *iri*, or nothing."""
    values = (quad.object for quad in store.quads_for_pattern(ox.NamedNode(iri), predicate, None))
    return min((value.value for value in values if isinstance(value, ox.Literal)), default="")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    graph = ox.Store()
    quads = gzip.decompress((Path(sys.argv[1]) / QUADS).read_bytes())
    graph.load(quads, ox.RdfFormat.N_QUADS)
    sys.stdout.write(page(graph))
