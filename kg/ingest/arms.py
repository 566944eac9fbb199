"""Read the header of a table of adverse reactions: which columns are arms, and how large."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.ingest.cells import Unit, is_figure
from kg.ingest.markup import Grid

_SIZE = re.compile(r"[(\[]?\s*\b[nN]\s*=\s*(\d[\d,]*)\s*[)\]]?")
_UNITS: Final[tuple[tuple[Unit, re.Pattern[str]], ...]] = (
    ("n (%)", re.compile(r"\(?\b(n|no\.?|number)\s*\(\s*%\s*\)\)?", re.IGNORECASE)),
    ("n (%)", re.compile(r"\bn\s*,\s*%", re.IGNORECASE)),
    ("% (n)", re.compile(r"%\s*\(\s*(n|no\.?)\s*\)", re.IGNORECASE)),
    (
        "%",
        re.compile(
            r"\(?\s*(%|\bpercent(age)?s?\b)(\s*of\s+(all\s+)?(patients|subjects))?\s*\)?",
            re.IGNORECASE,
        ),
    ),
    (
        "n",
        re.compile(
            r"\(?(?<!\w)(n|no\.|number)(\s+of\s+(patients|subjects))?(?![\w=])\s*\)?", re.IGNORECASE
        ),
    ),
)
_LABEL = re.compile(
    r"advers|reaction|events?\b|body system|organ|preferred term|symptom|parameter|test\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"differen|\bCI\b|confidence|p[\s-]?value|\bratio\b|relative|hazard|odds|patient[\s-]years"
    r"|per 100|person[\s-]years|exposure",
    re.IGNORECASE,
)
_SEVERITY = re.compile(
    r"\b((all|any)\s+grades?|grades?\s*[≥>]?\s*\d(\s*([-\u2013,]|or|and|to)\s*\d)*|severe|serious"
    r"|(all|any)\s+severit\w+)\b",
    re.IGNORECASE,
)
_DESCRIPTION = re.compile(
    r"[\s(]*(percent\w*|number|incidence|frequency|rate|patients?|subjects?|of|the|with|in|by|and"
    r"|treatment|group|arm|reporting|experiencing|adverse|reactions?|events?|%|n|\W|\d)+",
    re.IGNORECASE,
)


class Head(NamedTuple):
    """Say how many rows form the header."""

    rows: int


@dataclass(frozen=True)
class Arm:
    """Name a group of people who had one treatment, and the columns that count among them."""

    name: str
    size: int | None
    columns: tuple[int, ...]
    units: tuple[Unit, ...]
    severity: str = ""


def head_of(grid: Grid) -> Head:
    """Return the header of *grid*: its thead, and rows below it that only say more of columns."""
    rows = grid.heads
    while rows < len(grid.rows):
        label, *rest = grid.rows[rows]
        texts = [cell.text for cell in rest]
        if label.width == grid.width or any(map(is_figure, texts)):
            break
        says_more = any(_SIZE.search(text) for text in texts) or (not label.text and any(texts))
        names_labels = not any(texts) and bool(_LABEL.search(label.text)) and rows <= grid.heads + 2
        is_first = rows == 0 and bool(any(texts))
        all_heads = bool(texts) and all(cell.is_header for cell in (label, *rest))
        if not (says_more or (names_labels and _is_early(grid, rows)) or is_first or all_heads):
            break
        rows += 1
    return Head(rows)


def _is_early(grid: Grid, row: int) -> bool:
    """Return whether no size of an arm is still to come, but one has been before or none is."""
    return row == 0 or any(_SIZE.search(cell.text) for above in grid.rows[:row] for cell in above)


def labels_of(grid: Grid, head: Head) -> int | None:
    """Return how many columns name effects, before the first of figures; None if none has any."""
    for column in range(grid.width):
        cells = [row[column].text for row in grid.rows[head.rows :]]
        if column and any(_says_arm(row[column].text) for row in grid.rows[: head.rows]):
            return column
        if any(is_figure(cell) for cell in cells):
            return max(column, 1)
    return None


def _says_arm(header: str) -> bool:
    return _SIZE.search(header) is not None or "%" in header


def arms_of(
    grid: Grid, head: Head, labels: int, caption: str
) -> tuple[list[Arm], list[tuple[int, str]]]:
    """Return the arms of *grid*, and the other columns with their names.

    The first *labels* columns name effects. The unit of a column stands in its header, else in
    the header of the effects, else in *caption*. A column whose figures are not clear is an arm
    all the same: to leave it out would leave a row with another arm only.
    """
    beside = " ".join(row[0].text for row in grid.rows[: head.rows])
    general = _unit(beside) or _unit(caption)
    if general == "n" and "%" in caption:
        general = "%"
    arms: list[Arm] = []
    others: list[tuple[int, str]] = []
    for column in range(labels, grid.width):
        texts = _header(grid, head, column, labels)
        name = " ".join(texts)
        if not any(row[column].text for row in grid.rows):
            continue
        if _OTHER.search(name):
            others.append((column, name))
            continue
        _add(arms, _arm(texts, column, general))
    return arms, others


def _header(grid: Grid, head: Head, column: int, labels: int) -> list[str]:
    """Return the texts above *column*, from the top, without those that only describe figures."""
    texts: list[str] = []
    for index, row in enumerate(grid.rows[: head.rows]):
        cell = row[column]
        if not cell.text or cell is row[labels - 1] or cell.text in texts:
            continue
        covers_all = all(each is cell for each in row[labels:])
        if covers_all and grid.width - labels > 1 and _is_description(cell.text):
            if index + 1 < head.rows:
                unit = _unit(cell.text)
                texts += [unit] if unit else []
            continue
        texts.append(cell.text)
    return texts


def _is_description(text: str) -> bool:
    return _DESCRIPTION.fullmatch(text) is not None and not _SIZE.search(text)


def _unit(text: str) -> Unit:
    text = _SIZE.sub(" ", text)
    return next((unit for unit, pattern in _UNITS if pattern.search(text)), "")


def _arm(texts: Sequence[str], column: int, general: Unit) -> Arm:
    joined = " ".join(texts)
    size = _SIZE.search(joined)
    unit = _unit(joined) or general
    severity = _SEVERITY.search(joined)
    name = _SIZE.sub(" ", joined)
    for _, pattern in _UNITS:
        name = pattern.sub(" ", name)
    if severity:
        name = name.replace(severity[0], " ")
    name = re.sub(r"\s+", " ", name).strip(" ,;:()")
    return Arm(
        name,
        int(size[1].replace(",", "")) if size else None,
        (column,),
        (unit,),
        severity[0] if severity else "",
    )


def _add(arms: list[Arm], arm: Arm) -> None:
    """Add *arm*, or join it to the arm before if one column counts and the other gives shares."""
    last = arms[-1] if arms else None
    if (
        last is not None
        and (last.name, last.severity) == (arm.name, arm.severity)
        and last.size in {arm.size, None}
        and {*last.units, *arm.units} == {"n", "%"}
    ):
        arms[-1] = Arm(
            last.name,
            last.size or arm.size,
            last.columns + arm.columns,
            last.units + arm.units,
            last.severity,
        )
    else:
        arms.append(arm)
