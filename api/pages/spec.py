"""Write the chart of a drug as a specification for Vega-Lite, which draws what the page draws."""

from collections.abc import Sequence
from typing import Any, Final

from api.pages.marks import Effect, Mark
from api.pages.scale import Scale

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"


def specification(
    name: str, effects: Sequence[Effect], scale: Scale, version: str
) -> dict[str, Any]:
    """Return the specification with its data: one row for each statement of a source."""
    first = 10.0**scale.first
    share = {"type": "log", "domain": [first, 1]}
    x = {
        "field": "share",
        "type": "quantitative",
        "scale": share,
        "axis": {"format": "~%"},
        "title": "share of people (logarithmic)",
    }
    values = [row for effect in effects for row in rows(effect, first)]
    order = list(dict.fromkeys(row["row"] for row in values))  # each layer has some rows only
    y = {"field": "row", "type": "nominal", "sort": order, "title": None}

    def layer(mark: dict[str, Any], kinds: list[str], **encoding: object) -> dict[str, Any]:
        chosen = {"field": "kind", "oneOf": kinds}
        return {"transform": [{"filter": chosen}], "mark": mark, "encoding": {"y": y} | encoding}

    return {
        "$schema": _SCHEMA,
        "title": f"How often side effects of {name} occur, by source",
        "description": (
            f"DrugKG {version}. One row for each statement: a point is an exact share, a band has "
            "two bounds, a dashed line one, a word none. Information on medicines, not medical "
            "advice."
        ),
        "data": {"values": values},
        "width": 480,
        "layer": [
            layer(
                {"type": "rule", "strokeWidth": 8, "opacity": 0.5, "tooltip": {"content": "data"}},
                ["band"],
                x=x | {"field": "low"},
                x2={"field": "high"},
            ),
            layer(
                {
                    "type": "rule",
                    "strokeDash": [5, 3],
                    "strokeWidth": 3,
                    "tooltip": {"content": "data"},
                },
                ["above", "below"],
                x=x | {"field": "low"},
                x2={"field": "high"},
            ),
            layer(
                {"type": "point", "filled": True, "size": 90, "tooltip": {"content": "data"}},
                ["point"],
                x=x,
            ),
            layer({"type": "point", "size": 60}, ["point"], x=x | {"field": "comparatorShare"}),
            layer(
                {"type": "text", "align": "left", "fontStyle": "italic"},
                ["word"],
                x={"value": 4},
                text={"field": "stated"},
            ),
        ],
    }


def rows(effect: Effect, first: float) -> list[dict[str, Any]]:
    """Return what is said of *effect* as rows; an open end of an interval lies at an edge."""
    return [_row(effect, mark, first) for mark in effect.marks]


def _row(effect: Effect, mark: Mark, first: float) -> dict[str, Any]:
    open_below = mark.kind == "below"
    return {
        "row": f"{effect.name}: {mark.source_name}",
        "effect": effect.name,
        "effectId": mark.effect,
        "kind": mark.kind,
        "figure": mark.figure or None,
        "stated": mark.stated,
        "share": _number(mark.share),
        "low": first if open_below else _number(mark.low),
        "high": _number(mark.high),
        "lowIncluded": mark.low_included,
        "highIncluded": mark.high_included,
        "count": mark.count,
        "people": mark.total,
        "arm": mark.arm or None,
        "comparator": mark.comparator or None,
        "comparatorShare": _number(mark.comparator_share),
        "source": mark.source,
        "sourceName": mark.source_name,
        "claim": mark.claim,
        "places": [each.address for each in mark.places],
    }


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
