from api.rate import Rates


def test_no_rate_is_no_bound() -> None:
    rates = Rates(0)
    assert not any(rates.seconds_to_wait("a", 0.0) for _ in range(1000))


def test_a_client_may_ask_a_second_s_worth_at_once_and_then_at_the_rate() -> None:
    rates = Rates(10)
    assert [bool(rates.seconds_to_wait("a", 100.0)) for _ in range(12)] == [False] * 10 + [True] * 2
    assert rates.seconds_to_wait("a", 100.0) == 1
    assert rates.seconds_to_wait("a", 100.15) == 0
    assert rates.seconds_to_wait("a", 100.15) == 1


def test_one_client_does_not_use_up_the_rate_of_another() -> None:
    rates = Rates(1)
    assert rates.seconds_to_wait("a", 100.0) == 0
    assert rates.seconds_to_wait("a", 100.0) > 0
    assert rates.seconds_to_wait("b", 100.0) == 0


def test_a_rate_below_one_lets_one_request_through_first() -> None:
    rates = Rates(0.1)
    assert rates.seconds_to_wait("a", 100.0) == 0
    assert rates.seconds_to_wait("a", 100.0) == 10
    assert rates.seconds_to_wait("a", 111.0) == 0
