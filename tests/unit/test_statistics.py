"""Intervals of shares and of their differences: published values, and another implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kg.statistics import Share, difference, wilson

SHARES = st.integers(1, 2000).flatmap(
    lambda total: st.builds(Share, st.integers(0, total), st.just(total))
)


@pytest.mark.parametrize(
    ("share", "lower", "upper"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion,
        # Stat. Med. 17 (1998) 857-872, table I, method 3
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(share: Share, lower: float, upper: float) -> None:
    assert wilson(share) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        # R. G. Newcombe, Interval estimation for the difference between independent proportions,
        # Stat. Med. 17 (1998) 873-890, table II, method 10
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(0, 10), Share(0, 10), -0.2775, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_differences_are_the_published_ones(
    first: Share, second: Share, lower: float, upper: float
) -> None:
    value, interval = difference(first, second)
    assert value == pytest.approx(first.affected / first.total - second.affected / second.total)
    assert interval == pytest.approx((lower, upper), abs=5e-5)


@given(SHARES)
def test_wilson_agrees_with_statsmodels(share: Share) -> None:
    expected = proportion_confint(share.affected, share.total, alpha=0.05, method="wilson")
    assert wilson(share) == pytest.approx(expected, abs=1e-9)


@given(SHARES, SHARES)
def test_differences_agree_with_statsmodels(first: Share, second: Share) -> None:
    expected = confint_proportions_2indep(*first, *second, compare="diff", method="newcomb")
    assert difference(first, second)[1] == pytest.approx(expected, abs=1e-9)


@given(SHARES, SHARES)
def test_the_other_way_round_the_difference_changes_its_sign(first: Share, second: Share) -> None:
    value, (lower, upper) = difference(first, second)
    assert lower <= value <= upper
    other, interval = difference(second, first)
    assert other == pytest.approx(-value)
    assert interval == pytest.approx((-upper, -lower))


@pytest.mark.parametrize("share", [Share(0, 0), Share(3, 2), Share(-1, 2)])
def test_what_is_no_share_of_people_has_no_interval(share: Share) -> None:
    with pytest.raises(ValueError, match="is not a share of people"):
        wilson(share)
