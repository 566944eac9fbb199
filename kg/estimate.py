"""Estimate how many solutions patterns have, by how far the data fan out on average."""

import math
from collections.abc import Sequence

from kg.judging import Spreads
from kg.outline import Pattern


def solutions(patterns: Sequence[Pattern], spreads: Spreads) -> float:
    """Return about how many solutions are met on the way to those of *patterns*.

    The way starts from what is named and goes on with what multiplies them least.
    """
    left = list(patterns)
    known: frozenset[str] = frozenset()
    size, met = 1.0, 0.0
    while left:
        growth, place = min(
            (_growth(each, known, spreads), place) for place, each in enumerate(left)
        )
        known |= left.pop(place).variables
        size *= growth
        met += size
    return met


def _growth(pattern: Pattern, known: frozenset[str], spreads: Spreads) -> float:
    """Return how many triples fit *pattern* for each solution that holds the variables *known*."""
    ends = (pattern.subject, pattern.object)
    from_subject, from_object = (end[0] != "?" or end in known for end in ends)
    if pattern.predicate[0] == "?":
        return math.inf
    if from_subject and from_object:
        return 1
    if from_subject or from_object:
        return spreads(pattern.predicate, from_subject).mean
    return spreads(pattern.predicate, True).all  # noqa: FBT003 (from either end)
