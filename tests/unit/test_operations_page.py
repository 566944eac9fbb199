from dataclasses import fields

import pytest

from api.config import Settings
from api.counts import REQUESTS
from api.metrics import blueprint
from kg import paths
from kg.executors.client import ExecutorStore
from kg.executors.overseer import COUNTERS
from kg.store import WritableStore

PAGE = (paths.root() / "docs" / "operations.md").read_text(encoding="utf-8")
KNOWN = {"host", "port", "release"}  # in the README


@pytest.mark.parametrize("name", [each.name for each in fields(Settings) if each.name not in KNOWN])
def test_each_setting_is_explained(name: str) -> None:
    flag, variable = f"--{name.replace('_', '-')}", f"DRUGKG_{name.upper()}"
    assert flag in PAGE or variable in PAGE


def test_no_two_counts_have_one_name() -> None:
    assert len({*COUNTERS, *REQUESTS}) == len(COUNTERS) + len(REQUESTS)
    assert blueprint.__doc__


def as_writable(store: ExecutorStore) -> WritableStore:
    return store  # the type checker says whether it is one
