"""Tell the plain queries whose cost is bounded by how the data fan out, whatever they name.

A query is bounded if its patterns form a tree that grows from the one thing it names. Then each
pattern can only be met from the end that is nearer to it, in whatever order the engine takes them,
and the product of how far each predicate fans out at most bounds how many solutions are met. With
a second thing named, or a cycle, the engine may start or go on elsewhere: that is not bounded.
"""

import math
from collections.abc import Callable
from typing import Final

from kg.outline import Group, Pattern, outline
from kg.terms import ID
from kg.volatile import is_volatile

Fan = Callable[[str, bool], float]  # predicate, from its subject on? → most triples that fit

_MOST: Final = 20_000  # solutions on the way: some 20 ms


def is_bounded(text: str, fan: Fan) -> bool:
    """Return whether every query of the shape of *text* meets few solutions."""
    found = outline(text)
    if found is None or not found.group.is_read or is_volatile(text):
        return False
    return _met(found.group, frozenset(), 1, fan) <= _MOST


def _met(group: Group, known: frozenset[str], size: float, fan: Fan) -> float:
    """Return how many solutions are met at most, from *size* that hold the variables *known*."""
    left = [pattern for run in group.runs for pattern in run.patterns]
    met = size
    while left and met <= _MOST:
        grown, index = min((_fan(each, known, fan), index) for index, each in enumerate(left))
        known |= left.pop(index).variables
        size *= grown
        met += size
    for option in group.options:
        met += _met(option, known, size, fan)
    return met


def _fan(pattern: Pattern, known: frozenset[str], fan: Fan) -> float:
    """Return how many triples fit *pattern* at most, from the one end that is known."""
    starts, ends = pattern.subject, pattern.object
    named = frozenset(part for part in (starts, ends) if part[0] != "?")
    if named and known:  # only the first pattern may name something
        return math.inf
    known = known or named
    if pattern.predicate[0] == "?" or pattern.predicate.startswith(f"<{ID}"):
        return math.inf
    if (starts in known) == (ends in known):
        return math.inf
    return max(fan(pattern.predicate, starts in known), 1)
