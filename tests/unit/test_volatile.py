"""Are queries told apart that would have another answer tomorrow?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import paths
from kg.volatile import is_volatile


def test_no_named_query_depends_on_more_than_the_data_and_its_parameters() -> None:
    assert [path.name for path in paths.QUERIES.glob("*.rq") if is_volatile(path.read_text())] == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?now ?rand { ?now <urn:uuid:1> ?rand }",
        "SELECT (COUNT(*) AS ?n) { ?s a <http://example.org/brand> }",
        "CONSTRUCT { [] a ?type } WHERE { [] a ?type }",  # fresh nodes mean the same each time
    ],
)
def test_a_query_of_the_data_is_told_as_such(text: str) -> None:
    assert not is_volatile(text)


@given(
    st.sampled_from(["NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"]),
    st.text(max_size=20),
    st.text(" \t\r\n", max_size=5),
    st.text(max_size=20),
)
def test_a_call_is_found_whatever_stands_around_it(
    word: str, before: str, space: str, after: str
) -> None:
    assert is_volatile(f"{before}{word}{space}({after}")
    assert is_volatile(f"{before}{word.title()}{space}# {after}\n()")
