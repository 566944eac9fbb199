"""Draw the chart of a drug as one SVG picture, to be taken elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flask import render_template

from api.pages.marks import Effect, Mark
from api.pages.scale import Scale
from kg.entities import NOTE

_WIDTH: Final = 1180
_LEFT: Final = 250.0  # where the scale begins
_RIGHT: Final = 690.0
_TOP: Final = 76
_LANE: Final = 20
_GAP: Final = 10


@dataclass(frozen=True)
class Row:
    """Hold one line of the picture."""

    y: int
    name: str
    mark: Mark | None
    at: Callable[[Decimal | None], float]


def picture(name: str, effects: Sequence[Effect], scale: Scale, version: str) -> str:
    """Return the chart as SVG, with title and description."""

    def at(share: Decimal | None) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * scale.at(share) / 100, 1)

    rows: list[Row] = []
    y = _TOP
    for effect in effects:
        for position, mark in enumerate(effect.marks or (None,)):
            rows.append(Row(y, effect.name if position == 0 else "", mark, at))
            y += _LANE
        y += _GAP
    stated = sum(len(effect.marks) for effect in effects)
    return render_template(
        "chart.svg",
        name=name,
        rows=rows,
        width=_WIDTH,
        height=y + 40,
        left=_LEFT,
        right=_RIGHT,
        ticks=[
            (at(Decimal(10) ** exponent), tick)
            for exponent, (_, tick) in zip(range(scale.first, 1), scale.ticks, strict=True)
        ],
        description=f"{len(effects)} effects, {stated} statements, on a logarithmic scale.",
        version=version,
        note=NOTE,
    )
