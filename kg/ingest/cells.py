"""Read the cells of adverse-reaction tables: a count, a percentage, or both, never a guess."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from kg.ingest.rows import Bound

Unit: TypeAlias = Literal["", "n", "%", "n (%)", "% (n)"]


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold what one cell states; a percentage with a bound is a limit and not a figure."""

    count: int | None = None
    percent: Decimal | None = None
    bound: Bound = ""
    denominator: int | None = None


_HUNDRED: Final = Decimal(100)
_MARKERS = re.compile(r"(\s*[*†‡§¶#]+|\^[\w,]{1,3})+$")
_SPACES = re.compile(r"\s+")
_COUNT: Final = r"(?P<count>\d{1,3}(?:,\d{3})+|\d+)"
_SHARE: Final = r"(?P<bound>[<>≥≤]?)\s*(?P<percent>\d+(?:\.\d+)?)"
_BOUNDS: Final[dict[str, Bound]] = {"": "", "<": "<", "≤": "≤", ">": ">", "≥": "≥"}

# What a cell says by itself, whatever its column is called.
_PLAIN: Final = (
    re.compile(rf"{_COUNT}\s*/\s*(?P<of>[\d,]+)\s*\(\s*{_SHARE}\s*%?\s*\)"),
    re.compile(rf"{_COUNT}\s*\(\s*{_SHARE}\s*%\s*\)"),
    re.compile(rf"{_SHARE}\s*%\s*\(\s*(?:[nN]\s*=\s*)?{_COUNT}\s*\)"),
    re.compile(rf"{_SHARE}\s*%"),
)
# What it says only because its column tells the unit.
_BY_UNIT: Final[dict[Unit, tuple[re.Pattern[str], ...]]] = {
    "": (),
    "%": (re.compile(_SHARE),),
    "n": (re.compile(_COUNT),),
    "n (%)": (re.compile(rf"{_COUNT}\s*\(\s*{_SHARE}\s*\)"),),
    "% (n)": (re.compile(rf"{_SHARE}\s*\(\s*{_COUNT}\s*\)"),),
}


def clean(text: str) -> str:
    """Return *text* with single spaces and without footnote marks at its end."""
    return _MARKERS.sub("", _SPACES.sub(" ", text.replace("\u200b", "")).strip()).strip()


def figure(text: str, unit: Unit = "") -> Figure | None:
    """Return what the cell *text* states in a column of *unit*, or None if that is not clear.

    A bare number has no meaning without a unit. ``<1`` keeps its bound. A zero in a column of
    counts and percentages is both.
    """
    text = clean(text).replace("\u2009", "")
    if text in {"0", "0%", "0 %"} and unit in {"n (%)", "% (n)"}:
        return Figure(0, Decimal(0))
    for pattern in (*_PLAIN, *_BY_UNIT[unit]):
        if found := pattern.fullmatch(text):
            return _read(found.groupdict())
    return None


def is_figure(text: str) -> bool:
    """Return whether *text* could be a figure in a column of some unit."""
    return any(figure(text, unit) for unit in _BY_UNIT)


def _read(parts: dict[str, str | None]) -> Figure | None:
    count, percent, of = parts.get("count"), parts.get("percent"), parts.get("of")
    read = Figure(
        int(count.replace(",", "")) if count else None,
        Decimal(percent) if percent else None,
        _BOUNDS[parts.get("bound") or ""],
        int(of.replace(",", "")) if of else None,
    )
    return None if read.percent is not None and read.percent > _HUNDRED else read


def agree(figure: Figure, denominator: int | None) -> bool:
    """Return whether count, percentage and *denominator* fit together.

    A printed percentage may be off by the rounding of its last digit; a bound only has to hold.
    """
    if figure.count is None or denominator is None:
        return True
    if figure.count > denominator:
        return False
    if figure.percent is None or not denominator:
        return True
    share = _HUNDRED * figure.count / denominator
    exponent = figure.percent.as_tuple().exponent
    last = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    match figure.bound:
        case "<" | "≤":
            return share <= figure.percent + last / 2
        case ">" | "≥":
            return share >= figure.percent - last / 2
    return abs(share - figure.percent) <= Decimal("0.6") * last
