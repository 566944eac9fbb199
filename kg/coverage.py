"""Count what stands in the graph from each section of each source."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.terms import curie

NAME: Final = "coverage.tsv"

_SOURCES: Final = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
SELECT DISTINCT ?source ?line WHERE {
    ?source a dkg:SourceDocument .
    OPTIONAL { ?source dkg:contentLine ?line }
}
"""
_EVIDENCE: Final = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?source ?section ?claim ?evidence ?first ?last WHERE {
    ?claim dkg:hasEvidenceLine ?evidence .
    ?evidence prov:wasDerivedFrom ?source ;
        dkg:locator ?place .
    ?place dkg:sectionTitle ?section .
    OPTIONAL {
        ?place dkg:line ?first .
        OPTIONAL { ?place dkg:lastLine ?stated }
        BIND(COALESCE(?stated, ?first) AS ?last)
    }
}
"""


class Row(NamedTuple):
    """Count one section of one source, or the whole source, which is the row without a section.

    *content_lines* are those that carry a statement; they are counted only where the whole
    document was read line by line.
    """

    source: str
    section: str
    claims: int
    evidence_lines: int
    content_lines_covered: int | None
    content_lines: int | None


class _Part:
    """Collect what was found in one section or source."""

    def __init__(self) -> None:
        self.claims: set[str] = set()
        self.evidence: set[str] = set()
        self.lines: set[int] = set()

    def add(self, claim: str, evidence: str, lines: Iterable[int]) -> None:
        self.claims.add(claim)
        self.evidence.add(evidence)
        self.lines.update(lines)

    def row(self, source: str, section: str, content: set[int]) -> Row:
        covered = len(self.lines & content) if content else None
        total = len(content) if content and not section else None
        return Row(source, section, len(self.claims), len(self.evidence), covered, total)


def rows(store: ox.Store) -> list[Row]:
    """Return the counts of *store*: by source, the whole before its sections in order of line."""
    content: dict[str, set[int]] = {}
    for solution in _solutions(store, _SOURCES):
        lines = content.setdefault(_text(solution["source"]), set())
        if solution["line"] is not None:
            lines.add(int(_text(solution["line"])))
    parts: dict[tuple[str, str], _Part] = defaultdict(_Part)
    for solution in _solutions(store, _EVIDENCE):
        source = _text(solution["source"])
        place: Iterable[int] = ()
        if solution["first"] is not None:
            place = range(int(_text(solution["first"])), int(_text(solution["last"])) + 1)
        for section in ("", _text(solution["section"])):
            found = parts[source, section]
            found.add(_text(solution["claim"]), _text(solution["evidence"]), place)
    for source in content:
        parts[source, ""]  # a source that nothing was read from is shown too
    order = sorted(parts, key=lambda key: (key[0], key[1] != "", _first(parts[key]), key[1]))
    return [parts[key].row(*key, content.get(key[0], set())) for key in order]


def _first(part: _Part) -> float:
    return min(part.lines, default=float("inf"))


def _solutions(store: ox.Store, query: str) -> ox.QuerySolutions:
    answer = store.query(query, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (narrows the type)
    return answer


def _text(term: object) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)  # noqa: S101 (narrows the type)
    return term.value


def table(store: ox.Store) -> bytes:
    """Return the counts as tab-separated values, sources as CURIEs."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(row._replace(source=curie(row.source)) for row in rows(store))
    return text.getvalue().encode()
