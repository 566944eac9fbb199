"""Lay out the chain from a medicine to the cells it acts on, from what the graph says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.pages import words
from api.pages.public import Node

Steps: TypeAlias = list[list[tuple[str, Node]]]  # things, each with how the last step leads there

_HIGH: Final = 44
_MOST: Final = 3  # cells of a kind; the text beside the picture names all
_LETTER: Final = 8.4  # units of a letter at 15 units, in a wide face
_SMALL: Final = 7.0  # at 12.5 units


@dataclass(frozen=True)
class Box:
    """Place a thing in the picture."""

    x: float
    y: float
    width: float
    name: str
    address: str
    main: bool = False
    high: float = _HIGH


@dataclass(frozen=True)
class Arrow:
    """Lead from one box to another, with what relates them."""

    path: str
    head: str
    how: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Diagram:
    """Hold a picture, and the same in one sentence for who does not see it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    sentence: str


def chain(drug: Node) -> Steps:
    """Return what follows the medicine, step by step; each thing with how the step leads to it."""
    steps: Steps = [[("", drug)]]
    substances = drug.get("hasActiveSubstance", [])
    if not substances:
        return steps
    steps.append([("contains", each) for each in substances])
    targets = [each for one in substances for each in one.get("hasMolecularTarget", [])]
    if not targets:
        return steps
    steps.append([("targets", each) for each in targets])
    depleted = drug.get("depletesCellType", [])
    spared = [each for one in substances for each in one.get("sparesCellType", [])]
    cells = [("depletes", each) for each in depleted[:_MOST]]
    cells += [("spares", each) for each in spared[:_MOST]]
    return [*steps, cells] if cells else steps


def wide(steps: Steps) -> Diagram:
    """Return *steps* from left to right."""
    ways = [len(how) for step in steps for how, _ in step]
    gap, x = max(92.0, max(ways) * _SMALL + 44), 1.0
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    rows = max(len(step) for step in steps)
    height = rows * (_HIGH + 24) - 22.0
    before: Box | None = None
    for step in steps:
        width = max(_width(node) for _, node in step)
        column = _column(step, x, width, height)
        for (how, _), box in zip(step, column, strict=True):
            if before is not None:
                arrows.append(_across(before, box, how))
        boxes += column
        before = column[0] if len(column) == 1 else Box(x, (height - _HIGH) / 2, width, "", "")
        x += width + gap
    return Diagram(x - gap + 1, height, tuple(boxes), tuple(arrows), sentence(steps))


def narrow(steps: Steps) -> Diagram:
    """Return *steps* from top to bottom, for a narrow screen."""
    width, gap, y = 280.0, 34.0, 1.0
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for step in steps:
        for how, node in step:
            box = Box(1, y, width, words.label(node), words.href(node), main=not boxes)
            if boxes:
                middle = width / 2
                arrows.append(
                    Arrow(
                        f"M{middle} {y - gap}V{y - 7}",
                        f"M{middle - 5} {y - 8}h10l-5 7z",
                        how,
                        middle + 10,
                        y - gap / 2 + 4,
                        "start",
                    )
                )
            boxes.append(box)
            y += _HIGH + gap
    return Diagram(width + 2, y - gap + 1, tuple(boxes), tuple(arrows), sentence(steps))


def sentence(steps: Steps) -> str:
    """Return *steps* in words."""
    subject = words.label(steps[0][0][1])
    parts = []
    for step in steps[1:]:
        said: dict[str, list[str]] = {}
        for how, node in step:
            said.setdefault(how, []).append(words.label(node))
        parts += [f"{how} {' and '.join(names)}" for how, names in said.items()]
    return f"{subject} {', '.join(parts)}." if parts else f"{subject}."


def _column(step: Sequence[tuple[str, Node]], x: float, width: float, height: float) -> list[Box]:
    every = _HIGH + 24.0
    first = (height - (len(step) * every - 24)) / 2
    return [
        Box(x, first + i * every, width, words.label(node), words.href(node), main=x == 1)
        for i, (_, node) in enumerate(step)
    ]


def _across(one: Box, other: Box, how: str) -> Arrow:
    begin, end = one.x + one.width, other.x
    from_y, to_y = one.y + _HIGH / 2, other.y + _HIGH / 2
    bend = begin + 12
    return Arrow(
        f"M{begin} {from_y}H{bend}V{to_y}H{end - 8}",
        f"M{end - 9} {to_y - 5}v10l8 -5z",
        how,
        (bend + end) / 2 - 2,
        to_y - 8,
        "middle",
    )


def _width(node: Node) -> float:
    return max(90.0, len(words.label(node)) * _LETTER + 24)
