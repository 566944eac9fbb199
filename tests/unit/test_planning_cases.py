"""Are the cases that are reported to the makers of the engine pairs of equal queries?"""

import pytest

from benchmarks.cases import CASES, Case, answer, data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_forms_have_the_same_solutions(case: Case) -> None:
    store = data(2_000)
    slow = answer(store, case.slow)
    assert slow
    assert answer(store, case.fast) == slow
