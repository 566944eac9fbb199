"""Estimate shares of people and their differences, with intervals that suit small samples."""

import math
from typing import Final, NamedTuple

LEVEL: Final = 0.95
_Z: Final = 1.959963984540054  # the standard normal distribution has (1 + LEVEL) / 2 below it


class Share(NamedTuple):
    """Hold how many of how many people had something."""

    affected: int
    total: int


class Interval(NamedTuple):
    """Hold the two ends of a confidence interval at LEVEL."""

    lower: float
    upper: float


def wilson(share: Share) -> Interval:
    """Return the score interval of a share, without correction for continuity.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    J. Am. Stat. Assoc. 22 (1927) 209-212: the shares p from which the observed one is at most z
    standard errors of p away.

    Raises:
        ValueError: the number affected is not between 0 and the total, or there is nobody.
    """
    affected, total = share
    if not 0 <= affected <= total or total == 0:
        raise ValueError(f"{affected} of {total} is not a share of people")
    middle = 2 * affected + _Z**2
    reach = _Z * math.sqrt(_Z**2 + 4 * affected * (total - affected) / total)
    whole = 2 * (total + _Z**2)
    return Interval(max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole))


def difference(first: Share, second: Share) -> tuple[float, Interval]:
    """Return the share of *first* minus that of *second*, with its hybrid score interval.

    Source: R. G. Newcombe, Interval estimation for the difference between independent
    proportions: comparison of eleven methods, Stat. Med. 17 (1998) 873-890, method 10: from the
    difference, each end is as far as the ends of the two Wilson intervals that pull it that way,
    added in squares.

    Raises:
        ValueError: one of the two is not a share of people.
    """
    of_first, of_second = wilson(first), wilson(second)
    p, q = first.affected / first.total, second.affected / second.total
    below = math.hypot(p - of_first.lower, of_second.upper - q)
    above = math.hypot(of_first.upper - p, q - of_second.lower)
    return p - q, Interval(p - q - below, p - q + above)
