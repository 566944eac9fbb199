"""Do the words and the pictures of pages say what the figures say?"""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from flask import Flask, render_template_string

from api import create_app
from api.config import Settings
from api.pages import dosing, words
from api.pages.marks import Kind, Mark
from api.pages.scale import Scale
from kg.store import Store


@pytest.fixture(scope="module")
def app(small_store: Store) -> Flask:
    return create_app(Settings(), small_store)


@pytest.mark.parametrize(
    ("share", "low", "high", "included", "said"),
    [
        ("0.21", None, None, False, "21 %"),
        ("0.077", None, None, False, "7.7 %"),
        ("0", None, None, False, "0 %"),
        (None, "0.1", "1", False, "more than 10 %"),
        (None, "0.05", "1", True, "at least 5 %"),
        (None, "0", "0.1", True, "up to 10 %"),
        (None, "0", "0.0001", False, "less than 0.01 %"),
        (None, "0.01", "0.1", True, "1 % to 10 %"),
        (None, None, None, False, ""),
        (None, "0", "1", True, ""),
    ],
)
def test_figure_is_said_as_exactly_as_it_is_known(
    share: str | None, low: str | None, high: str | None, included: object, said: str
) -> None:
    found = words.figure(share, low, high, low_included=included, high_included=included)
    assert found == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P28D", "4 weeks"),
        ("P6M", "6 months"),
        ("P1M", "1 month"),
        ("P13D", "13 days"),
        ("PT0S", "no time"),
        ("P1Y6M", "1 year 6 months"),
        ("PT12H", "PT12H"),
    ],
)
def test_duration_keeps_months_months_and_says_whole_weeks(text: str, said: str) -> None:
    assert words.duration(text) == said


def test_difference_is_in_points_with_its_sign() -> None:
    assert words.points("0.0608") == "+6.08 points"
    assert words.points("-0.1152") == "\N{MINUS SIGN}11.52 points"
    assert words.points("0") == "0 points"


def test_scale_gives_each_power_of_ten_the_same_width() -> None:
    scale = Scale(-3)
    places = [scale.at(Decimal(text)) for text in ("0.001", "0.01", "0.1", "1")]
    steps = {round(b - a, 1) for a, b in pairwise(places)}
    assert steps == {32.0}
    assert scale.at(Decimal(0)) == 0
    assert [name for _, name in scale.ticks] == ["0.1 %", "1 %", "10 %", "100 %"]


def mark(kind: Kind, **figures: Decimal) -> Mark:
    return Mark("id:e", kind, "common", "src:s", "a source", "id:c", (), **figures)  # type: ignore[arg-type]


MARKS = {
    "point": mark("point", share=Decimal("0.21")),
    "zero": mark("point", share=Decimal(0)),
    "band": mark("band", low=Decimal("0.01"), high=Decimal("0.1")),
    "above": mark("above", low=Decimal("0.1"), high=Decimal(1)),
    "below": mark("below", low=Decimal(0), high=Decimal("0.1")),
    "word": mark("word"),
}


def drawn(app: Flask, each: Mark) -> str:
    """Return what is drawn for *each*, without numbers: the shapes and which way they point."""
    template = "{% import 'parts.html' as parts with context %}{{ parts.strip(scale, each) }}"
    with app.test_request_context("/"):
        svg = render_template_string(template, scale=Scale(-2), each=each)
    inside = re.sub(r"<title>.*?</title>|<line class=\"grid\"[^>]*>", "", svg)
    return " ".join(re.findall(r'class="(?!strip)\w+"| d="[^"]+"', inside))


def test_every_form_of_frequency_looks_different(app: Flask) -> None:
    shapes = {name: drawn(app, each) for name, each in MARKS.items()}
    assert len(set(shapes.values())) == len(MARKS), shapes
    assert "dot" in shapes["point"]
    assert "band" in shapes["band"]
    assert "open" in shapes["above"]
    assert "open" in shapes["below"]
    assert shapes["word"] == ""


def test_moment_says_when_and_in_which_week() -> None:
    assert dosing.Moment("PT0S", "dose", ()).when == "Start"
    later = dosing.Moment("P28D", "dose", ())
    assert (later.when, later.week) == ("After 4 weeks", "week 4")
    assert dosing.Moment("P1M", "dose", ()).week == ""
    assert dosing.Moment("P28D", "", ()).days < dosing.Moment("P1M", "", ()).days
