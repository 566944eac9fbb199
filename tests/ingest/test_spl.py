"""Ask of tiny labels made here what the SPL reader does with each trap of real ones."""

from decimal import Decimal

import pytest

from kg.errors import UnreadableSourceError
from kg.ingest import spl
from kg.ingest.rows import Extract, Observation, Product, Section

_LABEL = """<document xmlns="urn:hl7-org:v3">
<title>A label</title><effectiveTime value="20260102"/>
<setId root="00000000-0000-4000-8000-00000000000A"/><versionNumber value="3"/>
<author><assignedEntity><representedOrganization><name>A maker</name></representedOrganization>
</assignedEntity></author>
<component><structuredBody>{body}</structuredBody></component></document>"""


def _section(code: str, inner: str, title: str = "") -> str:
    return (
        f'<component><section><code code="{code}"/><title>{title}</title>{inner}'
        "</section></component>"
    )


def _read(body: str) -> Extract:
    return spl.extract(_LABEL.format(body=body).encode(), "a label")


def _table(table: str, caption: str = "Table 1. Adverse reactions") -> Extract:
    text = f"<text><table><caption>{caption}</caption>{table}</table></text>"
    return _read(_section("34084-4", text))


def _rows(*rows: str, kind: str = "td") -> str:
    """Return table rows whose cells are parted by bars."""
    return "".join(
        "<tr>" + "".join(f"<{kind}>{cell}</{kind}>" for cell in row.split("|")) + "</tr>"
        for row in rows
    )


def _shown(extract: Extract) -> list[str]:
    return [
        f"{row.effect} / {row.arm} {row.denominator}: {row.count} {row.percent} {row.bound}".strip()
        for row in extract.observations()
    ]


_HEAD = "Reaction|Drug N=200|Placebo N=100"


def test_a_document_is_identified_by_set_id_version_and_date() -> None:
    source = _read("").source
    assert source.document == "00000000-0000-4000-8000-00000000000a"
    assert (source.version, source.date, source.publisher) == ("3", "2026-01-02", "A maker")


def test_a_product_has_its_ndc_and_the_unii_of_its_active_ingredient() -> None:
    product = """<subject><manufacturedProduct><manufacturedProduct>
        <code code="0000-0001" codeSystem="2.16.840.1.113883.6.69"/><name>Proper</name>
        <ingredient classCode="ACTIB"><ingredientSubstance>
          <code code="AAAAAAAAAA" codeSystem="2.16.840.1.113883.4.9"/><name>ACTIVE</name>
        </ingredientSubstance></ingredient>
        <ingredient classCode="IACT"><ingredientSubstance>
          <code code="BBBBBBBBBB" codeSystem="2.16.840.1.113883.4.9"/><name>WATER</name>
        </ingredientSubstance></ingredient>
        </manufacturedProduct></manufacturedProduct></subject>"""
    extract = _read(_section("48780-1", product))
    (row,) = (row for row in extract.rows if isinstance(row, Product))
    assert (row.name, row.ndc, row.unii) == ("Proper", "0000-0001", "AAAAAAAAAA")


def test_sections_are_found_at_any_depth() -> None:
    inner = _section("42229-5", _section("90374-0", "", "6.1.1"), "6.1")
    extract = _read(_section("34084-4", inner, "6"))
    sections = [row for row in extract.rows if isinstance(row, Section)]
    assert [(row.section, row.depth, row.parent) for row in sections] == [
        ("34084-4", 0, ""),
        ("42229-5", 1, "34084-4"),
        ("90374-0", 2, "42229-5"),
    ]


def test_a_table_is_read_once_where_parent_and_child_have_the_same_code() -> None:
    table = f"<text><table>{_rows(_HEAD, 'Rash|5%|1%')}</table></text>"
    extract = _read(_section("34084-4", _section("34084-4", table), "Adverse reactions"))
    assert len(extract.observations()) == 2


def test_a_trials_section_outside_adverse_reactions_is_read() -> None:
    table = f"<text><table>{_rows(_HEAD, 'Rash|5%|1%')}</table></text>"
    extract = _read(_section("42229-5", _section("90374-0", table), "6. SAFETY SUMMARY"))
    assert len(extract.observations()) == 2


def test_a_table_of_clinical_studies_is_listed_and_not_read() -> None:
    table = f"<text><table>{_rows(_HEAD, 'Response|50%|10%')}</table></text>"
    extract = _read(_section("34092-7", _section("42229-5", table), "14 CLINICAL STUDIES"))
    assert not extract.observations()
    assert [row.reason for row in extract.unread()] == ["not in a section of adverse reactions"]


def test_arms_have_names_and_sizes() -> None:
    assert _shown(_table(_rows(_HEAD, "Rash|5%|1%"))) == [
        "Rash / Drug 200: None 5",
        "Rash / Placebo 100: None 1",
    ]


def test_a_header_of_two_levels_names_drug_and_dose() -> None:
    head = (
        '<thead><tr><th rowspan="2">Reaction</th><th colspan="2">Drug</th><th>Placebo</th></tr>'
        "<tr><th>10 mg<br/>(n = 1,200)</th><th>20 mg<br/>(n = 90)</th><th>(n = 80)</th></tr>"
        "</thead>"
    )
    extract = _table(f"{head}<tbody>{_rows('Rash|5%|6%|1%')}</tbody>")
    assert [(row.arm, row.denominator) for row in extract.observations()] == [
        ("Drug 10 mg", 1200),
        ("Drug 20 mg", 90),
        ("Placebo", 80),
    ]


def test_organ_classes_are_headings_and_not_effects() -> None:
    extract = _table(_rows(_HEAD, "Skin||", "Rash|5%|1%", "Eye||", "Dry eye|2%|0%"))
    assert [(row.group, row.effect) for row in extract.observations()][::2] == [
        ("Skin", "Rash"),
        ("Eye", "Dry eye"),
    ]


def test_a_heading_may_span_the_whole_row_or_some_rows() -> None:
    across = '<tr><td colspan="3">Skin</td></tr>'
    assert _table(_rows(_HEAD) + across + _rows("Rash|5%|1%")).observations()[0].group == "Skin"
    down = '<tr><td rowspan="2">Skin</td><td>Rash</td><td>5%</td></tr>' + _rows("Itch|4%")
    beside = _table(_rows("System|Adverse reaction|Drug N=10") + down).observations()
    assert [(row.group, row.effect) for row in beside] == [("Skin", "Rash"), ("Skin", "Itch")]


def test_a_heading_below_which_nothing_comes_is_reported() -> None:
    extract = _table(_rows(_HEAD, "Rash|5%|1%", "Cough||"))
    assert [(row.raw, row.reason) for row in extract.unread()] == [
        ("Cough", "no figures, and no rows below it")
    ]


def test_footnotes_are_in_no_name_and_no_cell() -> None:
    rows = _rows(
        _HEAD,
        "Rash <footnote>Includes urticaria.</footnote>|5% <footnoteRef/>|1%<sup>a</sup>",
        "Injection site reaction **|4%<sup>1</sup>|2%†",
    )
    assert _shown(_table(rows)) == [
        "Rash / Drug 200: None 5",
        "Rash / Placebo 100: None 1",
        "Injection site reaction / Drug 200: None 4",
        "Injection site reaction / Placebo 100: None 2",
    ]


def test_a_raised_figure_after_a_figure_is_never_joined_to_it() -> None:
    extract = _table(_rows("Reaction (%)|Drug N=200", "Rash|5<sup>1</sup>"))
    assert extract.observations()[0].percent == Decimal(5)


def test_a_remark_below_the_rows_is_no_heading() -> None:
    remark = '<tr><td colspan="3">* Reactions of European trials only</td></tr>'
    extract = _table(_rows(_HEAD, "Rash|5%|1%") + remark)
    assert len(extract.observations()) == 2
    assert not extract.unread()


def test_a_footer_that_stands_before_the_body_comes_after_it() -> None:
    foot = '<tfoot><tr><td colspan="3">SOC = standard of care</td></tr></tfoot>'
    head = f"<thead>{_rows(_HEAD)}</thead>"
    extract = _table(f"{head}{foot}<tbody>{_rows('Rash|5%|1%')}</tbody>")
    assert [(row.row, row.column) for row in extract.observations()] == [(2, 2), (2, 3)]
    assert not extract.unread()


@pytest.mark.parametrize(
    ("cell", "unit", "count", "percent", "bound"),
    [
        ("10 (5%)", "", 10, "5", ""),
        ("10 (5)", "n (%)", 10, "5", ""),
        ("5 (10)", "% (n)", 10, "5", ""),
        ("5% (10)", "", 10, "5", ""),
        ("10/200 (5.0%)", "", 10, "5.0", ""),
        ("5", "%", None, "5", ""),
        ("10", "n", 10, None, ""),
        ("&lt;1", "%", None, "1", "<"),
        ("&lt; 1%", "", None, "1", "<"),
        ("1 (&lt;1%)", "", 1, "1", "<"),
        ("0", "n (%)", 0, "0", ""),
        ("1,200 (60%)", "", 1200, "60", ""),
    ],
)
def test_a_cell_says(cell: str, unit: str, count: int | None, percent: str, bound: str) -> None:
    size = 2000 if "1,200" in cell else 200
    (row,) = _table(_rows(f"Reaction|Drug N={size} {unit}", f"Rash|{cell}")).observations()
    assert row.count == count
    assert row.percent == (Decimal(percent) if percent else None)
    assert row.bound == bound


@pytest.mark.parametrize("cell", ["", "-", "NR", "5", "5 6", "101%", "see text", "5% - 6%"])
def test_a_row_is_kept_whole_or_reported_whole(cell: str) -> None:
    extract = _table(_rows(_HEAD, "Cough|3%|2%", f"Rash|{cell}|1%"))
    assert {row.effect for row in extract.observations()} == {"Cough"}
    (row,) = extract.unread()
    assert (row.what, row.row, row.raw) == ("row", 3, f"Rash | {cell} | 1%")


def test_a_count_that_does_not_fit_its_arm_is_reported() -> None:
    extract = _table(_rows(_HEAD, "Rash|50 (5%)|1 (1%)", "Cough|300 (3%)|1 (1%)"))
    assert not extract.observations()
    assert [row.row for row in extract.unread()] == [2, 3]


def test_a_column_of_counts_and_one_of_shares_are_one_arm() -> None:
    head = (
        '<thead><tr><th rowspan="2">Reaction</th><th colspan="2">Drug N=200</th></tr>'
        "<tr><th>n</th><th>%</th></tr></thead>"
    )
    assert _shown(_table(f"{head}<tbody>{_rows('Rash|10|5')}</tbody>")) == ["Rash / Drug 200: 10 5"]


def test_grades_are_no_part_of_the_arm() -> None:
    head = (
        '<thead><tr><th rowspan="2">Reaction</th><th colspan="2">Drug N=200</th></tr>'
        "<tr><th>All Grades (%)</th><th>Grade 3-4 (%)</th></tr></thead>"
    )
    extract = _table(f"{head}<tbody>{_rows('Rash|10|5')}</tbody>")
    assert [(row.arm, row.severity, row.percent) for row in extract.observations()] == [
        ("Drug", "All Grades", Decimal(10)),
        ("Drug", "Grade 3-4", Decimal(5)),
    ]


def test_the_size_of_an_arm_may_stand_in_a_row() -> None:
    extract = _table(_rows("Reaction|Drug|Placebo", "N|705|690", "Rash|5%|1%"))
    assert [row.denominator for row in extract.observations()] == [705, 690]


def test_differences_and_rates_are_no_arms() -> None:
    extract = _table(_rows("Reaction|Drug N=200|Difference (95% CI)", "Rash|5%|4%"))
    assert [row.arm for row in extract.observations()] == ["Drug"]
    assert [row.reason for row in extract.unread()] == ["not an arm: Difference (95% CI)"]


def test_a_table_of_something_else_is_listed() -> None:
    extract = _table(_rows("Dose|Week 1|Week 2", "Low|5%|6%"), caption="Table 9. Titration")
    assert [row.reason for row in extract.unread()] == [
        "neither caption nor header speaks of adverse reactions"
    ]


def test_running_text_about_effects_is_counted() -> None:
    extract = _read(_section("34084-4", "<text><paragraph>Rash occurred.</paragraph></text>"))
    assert [(row.what, row.raw) for row in extract.unread()] == [("text", "Rash occurred.")]


@pytest.mark.parametrize(
    "content",
    [
        b"<a>",
        b"<html/>",
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><document>&x;</document>',
    ],
)
def test_a_document_that_is_no_label_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSourceError, match="cannot be read"):
        spl.extract(content, "a file")


def test_an_observation_says_where_it_stands() -> None:
    (row, _) = _table(_rows(_HEAD, "Rash|5%|1%")).observations()
    assert isinstance(row, Observation)
    assert (row.section, row.table, row.row, row.column) == ("34084-4", "Table 1", 2, 2)
    assert row.raw == "5%"
