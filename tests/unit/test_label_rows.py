"""Does what was verified of labels, appraisals and trials stand in the facts, and nothing else?

``label_rows.tsv`` was written from the list of verified statements (rows L01 to L82), not from the
facts. Each of its lines names a claim, a source that must state it, and figures that must stand on
the claim, or on one frequency of it, in the file of that source.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox
import pytest

from kg import paths
from kg.terms import DKG, ID, PROV, SRC
from kg.turtle import Document, Node, load_facts

TABLE: Final = Path(__file__).with_name("label_rows.tsv")
ROWS_VERIFIED: Final = 82

# Figures that were recalled, or read only in pages that are no source: they must not get in.
# The last four are those of table 1 of the US label, which was read in no copy of the label.
UNVERIFIED_PERCENT: Final = frozenset(
    map(
        Decimal,
        ["39.4", "20.6", "11.9", "10.9", "37.8", "15.3", "20.2", "8.1", "97.5", "93.8", "82"],
    )
) | frozenset(map(Decimal, (38, 13, 12, 8)))
UNVERIFIED_RATIOS: Final = frozenset(map(Decimal, ("0.66", "0.68")))
UNVERIFIED_RATES: Final = frozenset(
    map(Decimal, ("0.01", "0.03", "0.46", "0.52", "0.64", "0.72", "4.00", "4.16"))
)
UNVERIFIED_WORDS: Final = re.compile(
    r"(?<![\d.,])(?:39[.,]4|20[.,]6|11[.,]9|10[.,]9|37[.,]8|20[.,]2|97[.,]5|93[.,]8)(?![\d])"
    r"|(?<![\d.,])(?:80 ?mg|27 ?days)\b"
)
WORDS: Final = frozenset(
    (f"{DKG}asStated", "http://www.w3.org/ns/oa#exact", f"{DKG}pValueAsStated")
)

Values = dict[str, set[str]]


class Line(NamedTuple):
    row: str
    claim: str
    source: str
    figures: frozenset[tuple[str, str]]


def lines() -> Iterator[Line]:
    for text in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        row, claim, source, figures = text.split("\t")
        pairs = (figure.split("=", 1) for figure in figures.split())
        yield Line(row, claim, source, frozenset((name, value) for name, value in pairs))


ROWS: Final[dict[str, list[Line]]] = {
    row: [line for line in lines() if line.row == row] for row in {line.row for line in lines()}
}


def shown(term: object) -> str:
    if isinstance(term, ox.Literal):
        if term.datatype.value.endswith(("#decimal", "#integer")):
            return f"{Decimal(term.value).normalize():f}"
        return term.value.replace(" ", "~")
    return re.split(r"[/#]", term.value)[-1] if isinstance(term, ox.NamedNode) else str(term)


def nodes(document: Document) -> dict[Node, dict[str, list[object]]]:
    found: dict[Node, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value, _ in document.statements:
        found[subject][predicate.value].append(value)
    return found


def said(document: Document) -> Iterator[tuple[str, str, list[Values]]]:
    """Give each claim with each source of its evidence, and the groups of values it has there."""
    known = nodes(document)

    def values(node: object) -> Values:
        assert isinstance(node, ox.NamedNode | ox.BlankNode)
        return {
            name.removeprefix(DKG): set(map(shown, terms)) for name, terms in known[node].items()
        }

    for claim, edges in tuple(known.items()):
        origins: dict[str, set[object]] = defaultdict(set)
        for evidence in edges.get(f"{DKG}hasEvidenceLine", ()):
            assert isinstance(evidence, ox.NamedNode | ox.BlankNode)
            for source in known[evidence][f"{PROV}wasDerivedFrom"]:
                assert isinstance(source, ox.NamedNode)
                origins[source.value.removeprefix(SRC)].add(evidence)
        for source_name, evidence_lines in origins.items():
            assert isinstance(claim, ox.NamedNode)
            groups = [values(claim)]
            for frequency in edges.get(f"{DKG}frequency", ()):
                assert isinstance(frequency, ox.NamedNode | ox.BlankNode)
                if known[frequency][f"{DKG}statedBy"][0] in evidence_lines:
                    groups.append(values(frequency))
            yield claim.value.removeprefix(f"{ID}claim-"), source_name, groups


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    return load_facts(paths.FACTS)


@pytest.fixture(scope="module")
def statements(documents: tuple[Document, ...]) -> dict[tuple[str, str], list[Values]]:
    found: dict[tuple[str, str], list[Values]] = defaultdict(list)
    for document in documents:
        for claim, source, groups in said(document):
            found[claim, source] += groups
    return found


def test_every_verified_row_has_a_claim() -> None:
    assert sorted(ROWS) == [f"L{number:02}" for number in range(1, ROWS_VERIFIED + 1)]


@pytest.mark.parametrize("row", sorted(ROWS))
def test_the_row_stands_in_the_files_of_its_sources(
    row: str, statements: dict[tuple[str, str], list[Values]]
) -> None:
    missing = [
        line
        for line in ROWS[row]
        if not any(
            all(value in group.get(name, ()) for name, value in line.figures)
            for group in statements.get((line.claim, line.source), ())
        )
    ]
    assert missing == []


def unverified(documents: Iterable[Document]) -> list[str]:
    """Find figures that nobody verified, as values or as words of a source."""
    bad = {
        ("proportion", ""): frozenset(percent / 100 for percent in UNVERIFIED_PERCENT),
        ("numericValue", "PERCENT"): UNVERIFIED_PERCENT,
        ("numericValue", "MilliGM"): frozenset({Decimal(80)}),
        ("numericValue", "DAY"): frozenset({Decimal(27)}),
    }
    found = []
    for document in documents:
        for node, edges in nodes(document).items():
            unit = next(map(shown, edges.get(f"{DKG}unit", ())), "")
            measure = next(map(shown, edges.get(f"{DKG}measure", ())), "")
            for name, terms in edges.items():
                numbers = {Decimal(shown(term)) for term in terms if is_number(term)}
                refused = bad.get((name.removeprefix(DKG), unit), frozenset())
                if name == f"{DKG}numericValue" and measure == "HazardRatio":
                    refused = UNVERIFIED_RATIOS
                if name == f"{DKG}numericValue" and "lesion" in str(node):
                    refused = UNVERIFIED_RATES
                found += [f"{document.file}: {node} {name} {n}" for n in numbers & refused]
                if name in WORDS:
                    found += [
                        f"{document.file}: {node} {term}"
                        for term in terms
                        if UNVERIFIED_WORDS.search(getattr(term, "value", ""))
                    ]
    return found


def is_number(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value.endswith(("#decimal", "#integer"))


def test_no_unverified_figure_stands_in_the_facts(documents: tuple[Document, ...]) -> None:
    assert unverified(documents) == []


@pytest.mark.parametrize(
    "planted",
    [
        "id:f dkg:proportion 0.394",
        "id:f dkg:proportion 0.109",
        "id:c dkg:numericValue 0.66 ; dkg:measure dkg:HazardRatio",
        "id:c dkg:numericValue 97.5 ; dkg:unit unit:PERCENT",
        "id:c dkg:numericValue 80 ; dkg:unit unit:MilliGM",
        "id:c dkg:numericValue 27 ; dkg:unit unit:DAY",
        "id:claim-lesions dkg:numericValue 0.01",
        'id:c dkg:asStated "39.4%"@en',
        'id:c dkg:asStated "97,5 %"@de',
        'id:c dkg:asStated "80 mg"@en',
    ],
)
def test_a_planted_figure_is_found(planted: str, tmp_path: Path) -> None:
    prefixes = (
        f"@prefix dkg: <{DKG}> .\n@prefix id: <{ID}> .\n"
        "@prefix unit: <http://qudt.org/vocab/unit/> .\n"
    )
    (tmp_path / "planted.ttl").write_text(f"{prefixes}{planted} .\n", encoding="utf-8")
    assert len(unverified(load_facts(tmp_path))) == 1
