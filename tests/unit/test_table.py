"""Is a table of solutions fit for a terminal?"""

import json
from typing import Any

from api.table import table


def results(*rows: dict[str, dict[str, str]]) -> bytes:
    document: dict[str, Any] = {"head": {"vars": ["drug", "label"]}}
    document["results"] = {"bindings": rows}
    return json.dumps(document).encode()


ROW = {
    "drug": {"type": "uri", "value": "https://w3id.org/drugkg/id/kesimpta"},
    "label": {"type": "literal", "value": "Kesimpta", "xml:lang": "en"},
}


def test_columns_are_aligned_and_iris_are_short() -> None:
    assert table(results(ROW, {}), 80).splitlines() == [
        "drug         label",
        "───────────  ────────",
        "id:kesimpta  Kesimpta",
        "",
        "(2 rows)",
    ]


def test_wide_column_is_cut_and_says_so() -> None:
    wide = {"label": {"type": "literal", "value": "x" * 100}}
    lines = table(results(ROW, wide), 30).splitlines()
    assert max(map(len, lines[:-1])) == 30
    assert lines[3].endswith("x…")
    assert lines[-1] == "(2 rows; … marks what was cut, --format tsv gives all)"


def test_what_is_too_wide_for_a_table_comes_in_blocks() -> None:
    wide = {"label": {"type": "literal", "value": "x" * 100}}
    assert table(results(ROW, wide), 20).splitlines() == [
        "─── 1 ───",
        "drug   id:kesimpta",
        "label  Kesimpta",
        "─── 2 ───",
        f"label  {'x' * 100}",
        "(2 rows)",
    ]


def test_other_languages_are_marked() -> None:
    row = {"label": {"type": "literal", "value": "Kopfschmerz", "xml:lang": "de"}}
    assert "Kopfschmerz@de" in table(results(row), 80)


def test_text_cannot_steer_the_terminal() -> None:
    row = {"label": {"type": "literal", "value": "a\x1b[2Jb\nc"}}
    drawn = table(results(row), 80)
    assert "\x1b" not in drawn
    assert "a [2Jb c" in drawn


def test_no_rows_are_counted() -> None:
    assert table(results(), 80).endswith("(0 rows)")


def test_yes_or_no() -> None:
    assert table(b'{"head":{},"boolean":true}', 80) == "yes"
    assert table(b'{"head":{},"boolean":false}', 80) == "no"
