"""Draw ratios with their spread on a logarithmic scale, as SVG."""

import math
from collections.abc import Callable
from html import escape
from typing import Final

from benchmarks.results import Results, Spread

Scale = Callable[[float], float]
Point = tuple[float, float]

_LEFT: Final = 330
_WIDTH: Final = 900
_LINE: Final = 16
_TOP: Final = 60
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")  # Okabe and Ito


def plot(results: Results, ours: str) -> str:
    """Return a drawing with a bar from the least to the greatest ratio, and a dot at the median."""
    peers = [server for server in results.servers() if not server.startswith(ours)]
    rows = [
        (f"{case.data}, {case.mix}, {case.connections or 1}", index, ratio)
        for case in results.cases()
        for index, peer in enumerate(peers)
        if (ratio := results.ratio(case, ours, peer))
    ]
    if not rows:
        return ""
    low = math.floor(math.log10(min(0.5, *(ratio.least for _, _, ratio in rows))))
    high = math.ceil(math.log10(max(10, *(ratio.greatest for _, _, ratio in rows))))

    def across(value: float) -> float:
        return _LEFT + (math.log10(value) - low) / (high - low) * (_WIDTH - _LEFT - 20)

    height = _TOP + _LINE * len(rows) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"',
        'font-family="sans-serif" font-size="11">',
        f"<title>{escape(ours)}: times as many answers as each peer</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        x, colour = across(10**power), "#000" if power == 0 else "#ddd"
        parts.append(_line((x, _TOP - 10), (x, height - 20), colour))
        parts.append(
            f'<text x="{x:.0f}" y="{height - 6}" text-anchor="middle">{10**power:g} ×</text>'
        )
    for index, peer in enumerate(peers):
        x = 10 + 170 * index
        parts.append(_dot(x, 20, _colour(index)))
        parts.append(f'<text x="{x + 8}" y="24">against {escape(peer)}</text>')
    last = ""
    for number, (label, index, ratio) in enumerate(rows):
        y = _TOP + _LINE * number
        if label != last:
            parts.append(f'<text x="10" y="{y + 4}">{escape(label)}</text>')
        last = label
        parts += _bar(across, ratio, y, _colour(index))
    return "\n".join([*parts, "</svg>", ""])


def _bar(across: Scale, ratio: Spread, y: float, colour: str) -> list[str]:
    return [
        _line((across(ratio.least), y), (across(ratio.greatest), y), colour, 3),
        _dot(across(ratio.median), y, colour),
    ]


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _line(start: Point, end: Point, colour: str, width: int = 1) -> str:
    (x1, y1), (x2, y2) = start, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
