"""Ask what becomes of rows in the form of SIDER and of records of openFDA."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import UnreadableSourceError
from kg.ingest import gold, openfda, sider
from kg.ingest.rows import Extract, Observation, Unread
from kg.ingest.words import normal

Shared = Callable[[str], Path]


def _line(words: str, lower: str, upper: str, concept: str = "C1", placebo: str = "") -> str:
    return f"CID1\tCID2\tC0\t{placebo}\t{words}\t{lower}\t{upper}\tPT\t{concept}\tGout\n"


def _one(line: str) -> Observation | Unread:
    (extract,) = sider.extracts([line])
    read: tuple[Observation | Unread, ...] = extract.observations() or extract.unread()
    return read[0]


@pytest.mark.parametrize(
    ("words", "lower", "upper"),
    [
        ("8-10%", "0.08", "0.1"),
        ("0.1 - 1.0%", "0.001", "0.01"),
        ("0 to 15%", "0", "0.15"),
        ("0-2", "0", "0.02"),
        ("<1-15%", "0", "0.15"),
        ("21%", "0.21", "0.21"),
        ("very rare", "0", "0.0001"),
    ],
)
def test_each_spelling_of_a_range_is_loaded(words: str, lower: str, upper: str) -> None:
    row = _one(_line(words, lower, upper))
    assert isinstance(row, Observation)
    assert (row.lower, row.upper, row.raw) == (Decimal(lower), Decimal(upper), words)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (_line("1%", "0.01", "0.01", concept=""), "the concept id is empty"),
        (_line("1-0%", "0.01", "0"), "the lower bound is above the upper"),
        (_line("8-10%", "0.08", "0.2"), "the words state another range than the bounds"),
        (_line("1%", "one", "0.01"), "a bound is not a number"),
        (_line("200%", "2", "2"), "a bound is no proportion"),
        ("CID1\tCID2\n", "it has 2 columns and not 10"),
    ],
)
def test_a_row_that_cannot_be_loaded_is_reported(line: str, reason: str) -> None:
    row = _one(line)
    assert isinstance(row, Unread)
    assert (row.reason, row.line) == (reason, 1)


def test_placebo_is_an_arm() -> None:
    row = _one(_line("1%", "0.01", "0.01", placebo="placebo"))
    assert isinstance(row, Observation)
    assert row.arm == "placebo"


def test_every_row_of_sider_is_loaded_or_accounted_for(shared: Shared) -> None:
    summary = sider.load(shared("sider4/meddra_freq.tsv.gz"), None, lambda _: None)
    assert (summary.lines, summary.loaded) == (291_632, 291_211)
    assert Counter(row.reason for row in summary.rejected) == {
        "the concept id is empty": 419,
        "the lower bound is above the upper": 2,
    }


# openFDA

_TABLE = (
    "<table><caption>Table 1 Adverse reactions</caption><tr><td>Reaction</td>"
    "<td>Drug N=200</td><td>Placebo N=100</td></tr>"
    "<tr><td>Rash</td><td>5%</td><td>&lt;1%</td></tr></table>"
)


def _record(**fields: list[str]) -> Extract:
    record = {
        "set_id": "0000-A",
        "version": "3",
        "effective_time": "20260102",
        "openfda": {"brand_name": ["Newdrug"], "product_ndc": ["0000-0001"]},
        **fields,
    }
    (extract,) = openfda.extract(json.dumps({"results": [record]}).encode())
    return extract


def test_the_tables_of_a_record_are_read_like_those_of_a_label() -> None:
    rows = _record(adverse_reactions_table=[_TABLE]).observations()
    assert [(row.arm, row.denominator, row.percent, row.bound) for row in rows] == [
        ("Drug", 200, Decimal(5), ""),
        ("Placebo", 100, Decimal(1), "<"),
    ]


def test_other_tables_and_broken_ones_of_a_record_are_listed() -> None:
    extract = _record(clinical_studies_table=[_TABLE], adverse_reactions_table=["<table><tr>"])
    assert not extract.observations()
    assert len(extract.unread()) == 2


def test_a_record_is_known_by_set_id_and_version() -> None:
    source = _record().source
    assert (source.document, source.version, source.date) == ("0000-a", "3", "2026-01-02")


def test_something_else_than_a_record_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="no answer of openFDA"):
        openfda.extract(b"[]")


# Gold annotations


def test_what_tables_yield_is_compared_with_annotations(tmp_path: Path) -> None:
    text = (
        "Table 1: Adverse reactions (%)\n"
        " Reaction       Placebo(N=10)   Drug(N=10)\n\n"
        " Rash                8%            12%\n"
        " Headaches           4%             9%\n"
        " Weight loss         4%             9%\n"
    )
    file = tmp_path / "gold.json"
    section = {
        "section_name": "adverse reactions",
        "section_text": text,
        "adverse_events": [["rash"], ["headache"], ["gout"]],
    }
    file.write_text(json.dumps([section]), encoding="utf-8")
    found = gold.evaluate(file)
    assert (found.labels, found.observations) == (1, 6)
    assert (found.strict.found, found.strict.right, found.strict.annotated) == (3, 1, 3)
    assert (found.lenient.right, found.lenient.recalled) == (2, 2)
    assert found.strict.f1 == pytest.approx(1 / 3)


def test_the_gold_evaluation_repeats_its_figures(shared: Shared) -> None:
    found = gold.evaluate(shared("tac2017/train-labels.json"))
    assert found.labels == 98
    assert round(found.strict.precision, 3) >= 0.88
    assert round(found.strict_with_tables.recall, 3) >= 0.29
    assert round(found.lenient_with_tables.recall, 3) >= 0.338


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Diarrhoea", "diarrhea"),
        ("oedema, peripheral", "Peripheral edema"),
        ("infections of the urinary tract", "urinary tract infection"),
        ("anaemia (mild)", "Anemia"),
    ],
)
def test_names_that_differ_in_spelling_order_or_number_are_one(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"), [("rash", "gout"), ("virus", "viru"), ("sepsis", "seps")]
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)
