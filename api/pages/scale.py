"""Place shares on a logarithmic scale, as parts of the width of a picture."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from api.pages.marks import Effect
from api.pages.words import percent

_EDGE: Final = 2.0  # percent of the width that stays free at each side
_LEAST: Final = -2  # the scale begins at 1 % or lower


@dataclass(frozen=True)
class Scale:
    """Map shares from a power of ten up to 1 on the width of a picture, in percent."""

    first: int  # the exponent at which it begins

    def at(self, share: Decimal | float | None) -> float:
        """Return where *share* lies; nothing and zero lie at the left edge."""
        if not share:
            return 0.0
        part = 1 - math.log10(float(share)) / self.first
        return round(_EDGE + (100 - 2 * _EDGE) * min(max(part, 0.0), 1.0), 2)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Return where lines are drawn, and what is written there."""
        return [
            (self.at(Decimal(10) ** exponent), percent(str(Decimal(10) ** exponent)))
            for exponent in range(self.first, 1)
        ]


def fitting(effects: Iterable[Effect]) -> Scale:
    """Return the shortest scale of whole powers of ten on which every figure has a place."""
    figures = [
        figure
        for effect in effects
        for mark in effect.marks
        for figure in (mark.share, mark.low, mark.high, mark.comparator_share)
        if figure
    ]
    least = min((math.floor(math.log10(float(each))) for each in figures), default=_LEAST)
    return Scale(min(least, _LEAST))
