"""Read tables of side effects in the form of SIDER 4.1 into rows, drug by drug.

The table has ten columns without header: two compound ids, a concept id, "placebo" or nothing,
the frequency in words, its bounds as proportions, and the level, id and name of the effect. It is
licensed CC BY-NC-SA 4.0: what is read from it stays on the machine that reads it.
"""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import BufferedWriter
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from kg.ingest import claims, rows

VERSION: Final = "4.1"
SECTION: Final = "meddra_freq"
_COLUMNS: Final = 10
# The four spellings of a range: 8-10%, 0.1 - 1.0%, 0 to 15% and 0-2 without a sign.
_RANGE = re.compile(r"(?P<below><?)(?P<low>[\d.]+)\s*(?:-|to)\s*(?P<high>[\d.]+)\s*%?")
_HUNDRED: Final = Decimal(100)
_RANGES: Final = 16_384  # that are kept: a table repeats few of them often
_number: Final = lru_cache(_RANGES)(Decimal)


def read(file: Path) -> Iterator[rows.Extract]:
    """Yield what *file*, plain or packed by gzip, says of each compound, in its order."""
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from extracts(lines)


def extracts(lines: Iterable[str]) -> Iterator[rows.Extract]:
    """Yield what *lines* say of each compound; lines of one compound stand together."""
    numbered = ((number, line.rstrip("\r\n").split("\t")) for number, line in enumerate(lines, 1))
    for compound, group in groupby(numbered, key=lambda each: each[1][0]):
        found: list[rows.Any] = [rows.Product(name=f"medicines with compound {compound}")]
        found += (_row(number, cells) for number, cells in group)
        source = rows.Source(
            document=f"sider-{compound}", version=VERSION, kind="sider", title="SIDER 4.1"
        )
        yield rows.Extract(source, tuple(found))


def _row(number: int, cells: list[str]) -> rows.Observation | rows.Unread:
    fault = _fault(cells)
    if fault:
        return rows.Unread(
            what="row", reason=fault, section=SECTION, line=number, raw=" | ".join(cells)
        )
    _, _, _, placebo, words, lower, upper, _, concept, name = cells
    return rows.Observation(
        section=SECTION,
        title=SECTION,
        line=number,
        raw=words,
        effect=name,
        arm=placebo,
        lower=_number(lower),
        upper=_number(upper),
        concept=concept,
    )


def _fault(cells: list[str]) -> str:
    """Return why a row cannot be loaded, or nothing if it can."""
    if len(cells) != _COLUMNS:
        return f"it has {len(cells)} columns and not {_COLUMNS}"
    if not cells[8]:
        return "the concept id is empty"
    return _misstated(cells[4], cells[5], cells[6])


@lru_cache(_RANGES)
def _misstated(words: str, lower: str, upper: str) -> str:
    """Return what is wrong with the bounds of a range in *words*, or nothing."""
    try:
        low, high = _number(lower), _number(upper)
    except InvalidOperation:
        return "a bound is not a number"
    if low > high:
        return "the lower bound is above the upper"
    if not (low >= 0 and high <= 1):
        return "a bound is no proportion"
    return "" if _agree(words, low, high) else "the words state another range than the bounds"


def _agree(words: str, low: Decimal, high: Decimal) -> bool:
    """Return whether a range in *words* is the one between the bounds; other words have none."""
    stated = _RANGE.fullmatch(words.strip())
    if stated is None:
        return True
    begin = Decimal(0) if stated["below"] else Decimal(stated["low"]) / _HUNDRED
    return (begin, Decimal(stated["high"]) / _HUNDRED) == (low, high)


class Summary(NamedTuple):
    """Count the rows of a table, and keep those that were not loaded."""

    lines: int
    loaded: int
    rejected: tuple[rows.Unread, ...]


def load(file: Path, out: Path | None, say: Callable[[str], None]) -> Summary:
    """Write the claims that *file* makes to *out* as N-Quads, or only count its rows.

    They are packed by gzip if the name of *out* ends in ``.gz``.

    Raises:
        LostRowsError: not every row that can be loaded became one frequency statement.
    """
    loaded = 0
    rejected: list[rows.Unread] = []
    with _opened(out) if out else nullcontext() as claimed:
        for extract in read(file):
            loaded += len(extract.observations())
            rejected += extract.unread()
            if claimed is not None:
                claimed.write(claims.claims(extract))
            say(f"{loaded:,} rows loaded, {len(rejected):,} not")
    return Summary(loaded + len(rejected), loaded, tuple(rejected))


def _opened(out: Path) -> gzip.GzipFile | BufferedWriter:
    return gzip.open(out, "wb", compresslevel=1) if out.suffix == ".gz" else out.open("wb")
