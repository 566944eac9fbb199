from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.change import Change, commit
from kg.executors import journal as module
from kg.executors.journal import Journal

A, B = ox.NamedNode("urn:a"), ox.NamedNode("urn:b")


def quad(number: int, graph: ox.NamedNode = A) -> ox.Quad:
    return ox.Quad(ox.BlankNode(f"n{number}"), B, ox.Literal(f"tab\t {number}\n\u2028"), graph)


def write(journal: Journal, *changes: Change) -> None:
    for change in changes:
        journal.append(change)
        assert list(journal.changes()) == [change]


def read(path: Path) -> list[Change]:
    journal = Journal(path)
    changes = list(journal.changes())
    journal.cut()
    journal.close()
    return changes


CHANGES = [
    Change(added={quad(1), quad(2)}, created={A}),
    Change(removed={quad(1)}, added={quad(3, B)}),
    Change(removed={quad(2)}, dropped={A}),
]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "folder" / "journal")
    write(journal, *CHANGES)
    assert journal.number == 3
    journal.close()
    assert read(tmp_path / "folder" / "journal") == CHANGES


def test_a_record_that_was_not_written_whole_is_not_there_at_all(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    write(journal, *CHANGES[:2])
    kept = path.stat().st_size
    write(journal, CHANGES[2])
    journal.close()
    whole = path.read_bytes()
    for size in range(kept, len(whole)):
        path.write_bytes(whole[:size])
        assert read(path) == CHANGES[:2]
        assert path.stat().st_size == kept


def test_a_record_with_a_wrong_byte_is_not_there_at_all(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    write(journal, *CHANGES[:1])
    kept = path.stat().st_size
    write(journal, CHANGES[1])
    journal.close()
    whole = path.read_bytes()
    for place in range(kept, len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1
        path.write_bytes(broken)
        assert read(path) == CHANGES[:1]


def test_writing_goes_on_after_what_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    write(journal, CHANGES[0])
    journal.close()
    path.write_bytes(path.read_bytes() + b"torn")
    journal = Journal(path)
    assert list(journal.changes()) == CHANGES[:1]
    journal.cut()
    write(journal, CHANGES[1])
    journal.close()
    assert read(path) == CHANGES[:2]


def test_a_compact_journal_says_the_same_in_one_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGE", 1)
    journal = Journal(tmp_path / "journal")
    write(journal, *CHANGES)
    journal.compact()
    write(journal, Change(added={quad(9)}))
    assert journal.number == 4
    journal.close()
    long, short = ox.Store(), ox.Store()
    for change in [*CHANGES, Change(added={quad(9)})]:
        commit(long, change)
    changes = read(tmp_path / "journal")
    assert len(changes) == 2
    for change in changes:
        commit(short, change)
    assert set(long) == set(short)
    assert set(long.named_graphs()) == set(short.named_graphs())
