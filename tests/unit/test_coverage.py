"""Counts of what stands in the graph, by source and section, in the release and in the docs."""

import csv
import hashlib
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

from kg import paths
from kg.coverage import NAME, Row, rows, table
from kg.coverage_page import page
from kg.release import Manifest
from kg.terms import PREFIXES

PROLOGUE: Final = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
SOURCES: Final = """
    src:page a dkg:SourceDocument ; rdfs:label "the page"@en ; dkg:contentLine 2 , 3 , 5 , 9 ;
        dkg:partRead "whole text"@en .
    src:label a dkg:SourceDocument ; rdfs:label "the label"@en .
    src:cited a dkg:SourceDocument ; rdfs:label "the cited"@en .
"""
EVIDENCE: Final = """
    id:claim-{0} dkg:hasEvidenceLine id:line-{0}-{1} .
    id:line-{0}-{1} prov:wasDerivedFrom src:{1} ; dkg:locator id:place-{0}-{1} .
    id:place-{0}-{1} dkg:sectionTitle "{2}"@en {3} .
"""
PAGE: Final = PREFIXES["src"] + "page"
LABEL: Final = PREFIXES["src"] + "label"
CITED: Final = PREFIXES["src"] + "cited"


@pytest.fixture
def store() -> ox.Store:
    turtle = [
        SOURCES,
        EVIDENCE.format("a", "page", "Second", "; dkg:line 5"),
        EVIDENCE.format("b", "page", "First | one", "; dkg:line 1 ; dkg:lastLine 3"),
        EVIDENCE.format("c", "page", "First | one", "; dkg:line 3"),
        EVIDENCE.format("c", "label", "4.8", ""),
    ]
    filled = ox.Store()
    for number, text in enumerate([*turtle, turtle[1]]):  # what stands twice counts once
        graph = ox.NamedNode(f"http://g/{number}")
        filled.load(PROLOGUE + text, ox.RdfFormat.TURTLE, to_graph=graph)
    return filled


def test_each_source_is_counted_whole_and_by_section(store: ox.Store) -> None:
    assert rows(store) == [
        Row(CITED, "", 0, 0, None, None),
        Row(LABEL, "", 1, 1, None, None),
        Row(LABEL, "4.8", 1, 1, None, None),
        Row(PAGE, "", 3, 3, 3, 4),
        Row(PAGE, "First | one", 2, 2, 2, None),  # line 1 says nothing, so it does not count
        Row(PAGE, "Second", 1, 1, 1, None),
    ]


def test_the_table_has_a_row_for_each_count(store: ox.Store) -> None:
    lines = table(store).decode().splitlines()
    found = list(csv.reader(lines, dialect="excel-tab", strict=True))
    assert found[0] == list(Row._fields)
    assert found[4] == ["src:page", "", "3", "3", "3", "4"]
    assert found[5] == ["src:page", "First | one", "2", "2", "2", ""]


def test_the_page_shows_the_same(store: ox.Store) -> None:
    text = page(store)
    assert "| the page | 2 | 3 | 3 | 3 of 4 |\n" in text
    assert "| the cited | 0 | 0 | 0 |  |\n" in text
    assert "\n## the page\n\n`src:page`, read: whole text\n\n" in text
    assert "| First \\| one | 2 | 2 | 2 |\n" in text
    assert "\n## the label\n\n`src:label`\n\n" in text
    assert "## the cited" not in text
    assert text.endswith("| Second | 1 | 1 | 1 |\n")


def test_the_docs_show_the_coverage_of_the_release(quads: ox.Store) -> None:
    written = (paths.root() / "docs" / "coverage.md").read_text(encoding="utf-8")
    again = "python -m kg.coverage_page release > docs/coverage.md"
    assert written == page(quads), f"make the page anew: drugkg build && {again}"
    assert again in written


def test_the_table_is_an_output_of_the_release(release: Path, quads: ox.Store) -> None:
    written = (release / NAME).read_bytes()
    assert written == table(quads)
    assert Manifest.read(release).outputs[NAME] == hashlib.sha256(written).hexdigest()


def test_every_section_of_the_leaflet_and_every_line_of_the_page_is_covered(
    quads: ox.Store,
) -> None:
    counted = rows(quads)
    leaflet, page_ = (PREFIXES["src"] + name for name in ("leaflet-eu-2022", "mstrust-kesimpta"))
    sections = {row.section[:1] for row in counted if row.source == leaflet and row.section}
    assert sections == set("123456")
    for whole in (row for row in counted if row.source in {leaflet, page_} and not row.section):
        assert whole.content_lines
        assert whole.content_lines_covered == whole.content_lines
