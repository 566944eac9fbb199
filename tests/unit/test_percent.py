"""Is what is percent-encoded decoded as by the standard library?"""

from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.percent import decoded

READABLE = st.text(st.characters(exclude_categories=["Cs"]))


@given(READABLE)
def test_any_text_comes_back(text: str) -> None:
    assert decoded(quote(text, safe="")) == decoded(quote_plus(text)) == text


@given(st.text("%09aAfFzZ+= ?&_.~-\r\n\x00é", max_size=30))
def test_what_is_decoded_is_what_the_standard_library_decodes(text: str) -> None:
    assert decoded(text) in (None, unquote_plus(text))


@pytest.mark.parametrize("text", ["%", "%4", "%zz", "a b", "é", "%FF", "%C3", "a\n"])
def test_what_is_not_well_formed_is_not_decoded(text: str) -> None:
    assert decoded(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a+b", "a b"),
        ("a=b", "a=b"),
        ("%3D%3d", "=="),
        ("%2B", "+"),
        ("a+++", "a   "),
        ("=41", "=41"),
    ],
)
def test_signs_that_quoted_printable_reads_otherwise_stay(text: str, value: str) -> None:
    assert decoded(text) == value


@pytest.mark.parametrize("ending", ["%0D%0A", "%0A", "+", "%20%0A", "%3D%0A", "%3D%0D%0A"])
def test_line_ends_and_spaces_before_them_stay(ending: str) -> None:
    assert decoded("a" + ending) == unquote_plus("a" + ending)
