"""Put the dosing of a medicine on a line of time, and on the calendar of who asks."""

import re
from dataclasses import dataclass
from typing import Any, Final

from api.pages import words
from api.pages.public import Node, Public

_DAYS: Final = {"D": 1, "M": 30.4, "Y": 365.25}
_PART: Final = re.compile(r"(\d+)([DMY])")
_OFFSETS: Final = ("atOffset", "startsAtOffset")
_KINDS: Final = {  # by the class of the phase that a claim is about
    "LoadingPhase": "dose",
    "NoDosePeriod": "no dose",
    "MaintenancePhase": "first maintenance dose",
}


@dataclass(frozen=True)
class Moment:
    """Hold what is to happen at one time after the first dose."""

    offset: str
    what: str
    claims: tuple[Node, ...]

    @property
    def when(self) -> str:
        """Return the time in words."""
        return "Start" if self.days == 0 else f"After {words.duration(self.offset)}"

    @property
    def week(self) -> str:
        """Return the week, if it is a whole number of them."""
        weeks = self.days / 7
        return f"week {weeks:.0f}" if weeks == int(weeks) else ""

    @property
    def days(self) -> float:
        """Return the days since the start, months counted with their mean length."""
        return sum(int(number) * _DAYS[unit] for number, unit in _PART.findall(self.offset))


@dataclass(frozen=True)
class Plan:
    """Hold the moments, what then recurs, the other claims, and dates if a start was given."""

    moments: tuple[Moment, ...]
    recurring: tuple[Node, ...]
    rest: tuple[Node, ...]
    sources: tuple[tuple[str, str], ...]  # those that give a schedule: identifier and name
    source: str
    start: str
    dates: tuple[Node, ...]

    @property
    def names(self) -> dict[str, str]:
        """Return the names of the sources by their identifiers."""
        return dict(self.sources)


def plan(public: Public, drug: Node, start: str | None, source: str | None) -> Plan:
    """Return the dosing of *drug*; dates follow from *start* and the schedule of *source*.

    Raises:
        ParameterError: *start* is no date, or *source* no IRI.
    """
    moments: dict[tuple[str, str], list[Node]] = {}
    recurring, rest = [], []
    for claim in drug["dosing"]:
        kind = _kind(claim)
        offsets = [str(each) for key in _OFFSETS for each in _list(claim.get(key))]
        if kind and offsets:
            for offset in offsets:
                moments.setdefault((offset, kind), []).append(claim)
        elif claim.get("every") and kind == _KINDS["MaintenancePhase"]:
            recurring.append(claim)
        else:
            rest.append(claim)
    found = [Moment(offset, kind, tuple(each)) for (offset, kind), each in moments.items()]
    sources = _sources(public, drug)
    chosen = source or next((each for each, _ in sources), "")
    dates = _dates(public, drug, start, chosen) if start and chosen else []
    return Plan(
        tuple(sorted(found, key=lambda each: each.days)),
        tuple(recurring),
        tuple(rest),
        tuple(sources),
        chosen,
        start or "",
        tuple(dates),
    )


def _dates(public: Public, drug: Node, start: str, source: str) -> list[Node]:
    given = {"product": drug["@id"], "source": source, "start": start}
    return public.rows("dose-dates", **given)


def _sources(public: Public, drug: Node) -> list[tuple[str, str]]:
    """Return the sources from whose schedule dates follow."""
    stated = {
        (source["@id"], words.label(source))
        for claim in drug["dosing"]
        if claim.get("schedule")
        for line in claim.get("hasEvidenceLine", ())
        if (source := words.source(line))
    }
    return sorted(
        (pair for pair in stated if _dates(public, drug, "2026-01-05", pair[0])),
        key=lambda pair: pair[1],
    )


def _kind(claim: Node) -> str:
    phases = _list(claim.get("phase"))
    kinds = [_KINDS[name] for each in phases for name in each.get("@type", ()) if name in _KINDS]
    return kinds[0] if kinds else ""


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
