"""Say a plain query in another way that means the same, where the engine plans badly.

Two ways, each by a law of the SPARQL algebra (ADR 41):

* ``split``: patterns that hang together by one variable only, and that each start from something
  the query names, are evaluated apart and then joined. A basic graph pattern without blank nodes
  is the join of any two parts of it (SPARQL 1.1 §18.3.1, §18.5), and a sub-select that projects
  every variable is what it holds.
* ``minus``: FILTER NOT EXISTS over patterns becomes MINUS at the end of the group if they share a
  variable that every solution binds: then both ask whether a compatible solution exists (§8.3).

Which of several answers that the standard allows is given (LIMIT without order, SAMPLE), or in what
order numbers are added, may not change either, so such queries are left alone.
"""

from typing import Final, NamedTuple

from kg.estimate import solutions
from kg.judging import Spreads
from kg.outline import RDF_TYPE, Outline, Part, Pattern, outline
from kg.volatile import is_volatile

SPLIT: Final = "split"
MINUS: Final = "minus"
_MANY: Final = 20_000  # solutions that may be met on the way: some 20 ms
_MOST_PATTERNS: Final = 16  # the ways to part them are tried one by one
_LONGEST: Final = 4_000  # characters of a query worth reading
_LEFT_ALONE: Final = frozenset(
    {"LIMIT", "OFFSET", "REDUCED", "SAMPLE", "GROUP_CONCAT", "SUM", "AVG", "VALUES", "HAVING"}
)


class Rewritten(NamedTuple):
    """Hold the other text, and by which ways it came about."""

    text: str
    ways: tuple[str, ...]


def read(text: str) -> Outline | None:
    """Return the outline of the query *text* if there may be a better one, else None.

    What it names does not matter for that, only where it names something.
    """
    if len(text) > _LONGEST or is_volatile(text):
        return None
    found = outline(text)
    if found is None or found.group.lists or found.words & _LEFT_ALONE:
        return None
    return found if found.group.negations or any(map(_splits, found.group.runs)) else None


def rewrite(text: str, found: Outline, spreads: Spreads) -> Rewritten | None:
    """Return another text for the query *text*, of which *found* was read, if one is better."""
    edits: list[tuple[int, int, str]] = []
    ways: list[str] = []
    if found.is_projected:
        for run in found.group.runs:
            parts = _best(_splits(run), spreads)
            if parts:
                edits.append((run.start, run.end, " ".join(map(_sub_select, parts)) + " "))
                ways.append(SPLIT)
    for negation in found.group.negations:
        if _may_be_minus(found, negation, spreads):
            inner = " ".join(map(_written, negation.patterns))
            edits.append((negation.start, negation.end, ""))
            edits.append((found.group.end, found.group.end, f" MINUS {{ {inner} }} "))
            ways.append(MINUS)
    if not edits:
        return None
    for start, end, replacement in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:start] + replacement + text[end:]
    return Rewritten(text, tuple(dict.fromkeys(ways)))


def _splits(run: Part) -> list[list[list[Pattern]]]:
    """Return the ways to take *run* apart so that each part starts from something named."""
    if len(run.patterns) > _MOST_PATTERNS:
        return []
    variables = dict.fromkeys(term for each in run.patterns for term in each if term[0] == "?")
    found = ((hub, _apart(run.patterns, hub)) for hub in variables)
    return [
        parts
        for hub, parts in found
        if len(parts) > 1 and all(_is_anchored(part) and _holds(part, hub) for part in parts)
    ]


def _holds(part: list[Pattern], variable: str) -> bool:
    return any(variable in each for each in part)


def _best(splits: list[list[list[Pattern]]], spreads: Spreads) -> list[list[Pattern]]:
    """Return the one of *splits* that meets fewest solutions, or none if all meet too many."""
    best: list[list[Pattern]] = []
    least = float(_MANY)
    for parts in splits:
        met = sum(solutions(part, spreads) for part in parts)
        if met < least:
            best, least = parts, met
    return best


def _is_anchored(part: list[Pattern]) -> bool:
    """Return whether *part* starts from something that the query names, and not from a class."""
    return any(
        each.subject[0] != "?" or (each.object[0] != "?" and each.predicate != RDF_TYPE)
        for each in part
    )


def _apart(patterns: tuple[Pattern, ...], hub: str) -> list[list[Pattern]]:
    """Return the parts of *patterns* that no variable but *hub* holds together."""
    parts: list[list[Pattern]] = []
    for pattern in patterns:
        joined = [pattern]
        for part in list(parts):
            mine = {name for each in joined for name in each.variables} - {hub}
            if any(mine & each.variables for each in part):
                parts.remove(part)
                joined = part + joined
        parts.append(joined)
    return parts


def _may_be_minus(found: Outline, negation: Part, spreads: Spreads) -> bool:
    bound = {name for run in found.group.runs for each in run.patterns for name in each.variables}
    inside = {name for each in negation.patterns for name in each.variables}
    return bool(bound & inside) and solutions(negation.patterns, spreads) < _MANY


def _sub_select(part: list[Pattern]) -> str:
    variables = dict.fromkeys(term for each in part for term in each if term[0] == "?")
    return f"{{ SELECT {' '.join(variables)} {{ {' '.join(map(_written, part))} }} }}"


def _written(pattern: Pattern) -> str:
    return " ".join(pattern) + " ."
