"""Reading Turtle: what is said, on which line, and what is refused."""

from pathlib import Path

import pytest

from kg.errors import FactsError
from kg.terms import GRAPH
from kg.turtle import Document, load_facts, parse

PREFIXES = "@prefix d: <http://d/> .\n"


def read(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "some.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return parse(path, "http://g")


def lines(document: Document) -> dict[str, int]:
    return {
        f"{statement.predicate.value.removeprefix('http://d/')} {statement.object.value[-4:]}": (
            statement.line
        )
        for statement in document.statements
    }


def test_each_triple_stands_on_the_line_of_its_object(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        """d:a
    d:p "1" ,
        "2"@en ;  # a remark
    # another remark, with "quotes" .
    d:q 3.50 ;
    d:r true .

d:b d:s \"\"\"two
lines\"\"\" .
""",
    )
    assert lines(document) == {"p 1": 3, "p 2": 4, "q 3.50": 6, "r true": 7, "s ines": 10}


def test_a_nested_node_stands_where_its_bracket_opens(tmp_path: Path) -> None:
    document = read(tmp_path, "d:a d:p [\n    d:q 1 ;\n    d:r [\n        d:s 2\n    ]\n] .\n")
    by_predicate = {s.predicate.value[-1]: s.line for s in document.statements}
    assert by_predicate == {"p": 3, "q": 3, "r": 5, "s": 5}


def test_a_reference_to_a_labelled_node_stands_on_its_own_line(tmp_path: Path) -> None:
    document = read(tmp_path, "_:n d:q 1 .\n\n\nd:a d:p _:n .\n")
    assert [(s.predicate.value[-1], s.line) for s in document.statements] == [("q", 2), ("p", 5)]


def test_numbers_keep_the_digits_they_were_written_with(tmp_path: Path) -> None:
    document = read(tmp_path, "d:a d:p 0.50 , 0.0000001 , 007 .\n")
    assert [s.object.value for s in document.statements] == ["0.50", "0.0000001", "007"]


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("d:a d:p d:b\nd:c d:p d:d .\n", 3, "dot is expected"),
        ("d:a d:p x:b .\n", 2, "prefix x: has not been declared"),
        ("\nd:a d:p <b c> .\n", 3, "Invalid IRI"),
        ("d:a d:p <relative> .\n", 2, "No scheme"),
        ('d:a d:p "open .\n', 2, "Unexpected end of file"),
        ("d:a d:p d:b", 2, "Unexpected end"),
        ("d:a d:p <<( d:a d:p d:b )>> .\n", 2, "triple terms"),
    ],
)
def test_what_is_not_turtle_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, fault: str
) -> None:
    with pytest.raises(FactsError) as refused:
        read(tmp_path, text)
    (violation,) = refused.value.violations
    assert violation.file.endswith("some.ttl")
    assert violation.line == line
    assert violation.message.startswith("syntax error: ")
    assert fault in violation.message


def test_what_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.ttl").write_bytes('<http://a> <http://b> "\xe9" .\n'.encode("latin-1"))
    with pytest.raises(FactsError, match=r"latin\.ttl:1: syntax error"):
        load_facts(tmp_path)


def test_the_path_of_a_file_names_its_graph(tmp_path: Path) -> None:
    folder = tmp_path / "kesimpta"
    folder.mkdir()
    (folder / "mstrust.ttl").write_text("<http://a> <http://b> <http://c> .\n", encoding="utf-8")
    (document,) = load_facts(tmp_path)
    assert document.graph.value == GRAPH + "kesimpta/mstrust"


def test_the_faults_of_all_files_are_reported_together(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("nonsense", encoding="utf-8")
    with pytest.raises(FactsError) as refused:
        load_facts(tmp_path)
    assert [Path(v.file).name for v in refused.value.violations] == ["a.ttl", "b.ttl"]


def test_a_directory_without_facts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"no \.ttl file lies here"):
        load_facts(tmp_path / "nowhere")
