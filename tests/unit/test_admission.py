import pytest

from kg.errors import BusyError
from kg.executors.admission import Admission, Waiting
from kg.executors.limits import Limits


def query(client: str, digest: str = "", since: float = 0.0) -> Waiting[object]:
    return Waiting(object(), client, digest, since)


def taken(admission: Admission[object], *, behind: bool = True) -> list[str]:
    found = []
    while one := admission.take(0.0, fresh=True, behind=behind):
        found.append(one[0].client)
    return found


def test_clients_take_turns() -> None:
    admission: Admission[object] = Admission(Limits())
    for client in ("a", "a", "a", "b", "c", "b"):
        admission.offer(query(client))
    assert taken(admission) == ["a", "b", "c", "a", "b", "a"]


def test_one_client_runs_no_more_than_its_share() -> None:
    admission: Admission[object] = Admission(Limits(per_client=2))
    for client in ("a", "a", "a", "b"):
        admission.offer(query(client))
    assert taken(admission) == ["a", "b", "a"]
    admission.done("a")
    assert taken(admission) == ["a"]


def test_a_full_queue_refuses_and_says_when_to_ask_again() -> None:
    admission: Admission[object] = Admission(Limits(queue=2))
    admission.offer(query("a"))
    admission.offer(query("b"))
    with pytest.raises(BusyError, match="ask again in 1 s") as caught:
        admission.offer(query("c"))
    assert caught.value.retry_after == 1


def test_a_client_that_fills_the_queue_gives_up_its_last_place_to_another_one() -> None:
    admission: Admission[object] = Admission(Limits(queue=3))
    first, second, third = (query("a", digest) for digest in ("1", "2", "3"))
    for each in (first, second, third):
        assert admission.offer(each) is None
    assert admission.offer(query("b")) is third
    assert len(admission) == 3
    with pytest.raises(BusyError):
        admission.offer(query("a"))
    with pytest.raises(BusyError):  # it would have as many as the one that gives up
        admission.offer(query("b"))
    assert admission.offer(query("c")) is second
    assert taken(admission) == ["a", "b", "c"]


def test_a_text_known_to_be_slow_takes_no_place_of_one_that_is_not() -> None:
    admission: Admission[object] = Admission(Limits())
    admission.remember_slow("slow", 0.0)
    admission.offer(query("a", "slow"))
    admission.offer(query("a", "unknown"))
    found = admission.take(1.0, fresh=True, behind=False)
    assert found is not None
    assert (found[0].digest, found[1]) == ("unknown", False)
    assert admission.take(1.0, fresh=True, behind=False) is None
    found = admission.take(1.0, fresh=False, behind=True)
    assert found is not None
    assert (found[0].digest, found[1]) == ("slow", True)


def test_what_was_slow_may_try_again_later() -> None:
    admission: Admission[object] = Admission(Limits())
    admission.remember_slow("slow", 0.0)
    assert admission.is_slow("slow", 59.0)
    assert not admission.is_slow("slow", 61.0)


def test_no_query_waits_for_ever() -> None:
    admission: Admission[object] = Admission(Limits(patience=5))
    admission.offer(query("a", since=0.0))
    admission.offer(query("a", since=3.0))
    assert len(admission.impatient(6.0)) == 1
    assert len(admission) == 1


def test_a_query_can_be_withdrawn() -> None:
    admission: Admission[object] = Admission(Limits())
    one = query("a")
    admission.offer(one)
    assert admission.withdraw(one.asked)
    assert not admission.withdraw(one.asked)
    assert taken(admission) == []
