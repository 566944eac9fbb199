"""Compare committed facts on the comparators with the leaflets they were taken from."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from kg import paths
from kg.ingest import facts

Shared = Callable[[str], Path]

_CURATED = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
SELECT ?claim ?words ?first ?last WHERE {
    ?claim dkg:asStated ?words ; dkg:hasEvidenceLine ?line .
    ?line dkg:locator ?place .
    ?place dkg:line ?first .
    OPTIONAL { ?place dkg:lastLine ?last }
}"""


class _Stated(NamedTuple):
    claim: str
    words: str
    first: int
    last: int


def _curated() -> Iterator[_Stated]:
    store = ox.Store()
    store.load(path=paths.FACTS / "aubagio" / "leaflet-eu-2022.ttl", format=ox.RdfFormat.TURTLE)
    found = store.query(_CURATED)
    assert isinstance(found, ox.QuerySolutions)
    for solution in found:
        claim, words, first, last = solution
        assert isinstance(claim, ox.NamedNode)
        assert isinstance(words, ox.Literal)
        assert isinstance(first, ox.Literal)
        end = last if isinstance(last, ox.Literal) else first
        yield _Stated(claim.value, words.value, int(first.value), int(end.value))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip().casefold()


def test_the_words_of_aubagio_stand_on_their_lines(shared: Shared) -> None:
    content = shared("leaflets/aubagio.fsh").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert digest in (paths.FACTS / "aubagio" / "leaflet-eu-2022.ttl").read_text(encoding="utf-8")
    lines = content.decode().splitlines()
    for stated in _curated():
        passage = _plain(" ".join(lines[stated.first - 1 : stated.last]))
        assert _plain(stated.words) in passage, stated


@pytest.mark.parametrize("product", ["avonex", "extavia", "fampyra"])
def test_machine_read_facts_are_what_the_reader_reads(shared: Shared, product: str) -> None:
    content = shared(f"leaflets/{product}.fsh").read_bytes()
    committed = paths.FACTS / product / "read-leaflet-eu-2022.ttl"
    again = facts.turtle("leaflet", content, f"{product}.fsh", product)
    assert again == committed.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(paths.FACTS.rglob("*.ttl")), ids=lambda file: file.stem)
def test_only_files_that_say_so_are_read_by_machine(file: Path) -> None:
    has_agent = '"automated_agent"' in file.read_text(encoding="utf-8")
    assert has_agent == file.name.startswith("read-")
