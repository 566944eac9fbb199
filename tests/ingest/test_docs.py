"""Run the commands of docs/ingest.md and compare what they print with what the page shows."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from kg import paths

_PAGE = paths.root() / "docs" / "ingest.md"
_EXAMPLE = re.compile(r"```console\n\$ drugkg (?P<command>[^\n]+)\n(?P<answer>.*?)```", re.DOTALL)


def _examples() -> list[tuple[str, str]]:
    text = _PAGE.read_text(encoding="utf-8")
    return [(match["command"], match["answer"]) for match in _EXAMPLE.finditer(text)]


def _answer(command: str) -> str:
    result = CliRunner().invoke(main, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_page_shows_what_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(_PAGE.parent)
    ours = [example for example in _examples() if "shared" not in example[0]]
    assert len(ours) == 3
    for command, answer in ours:
        assert _answer(command) == answer


@pytest.mark.parametrize(
    ("command", "answer"), [example for example in _examples() if "shared" in example[0]]
)
def test_the_page_shows_what_was_measured(
    command: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_PAGE.parents[1])
    if not Path(shlex.split(command)[-1]).exists():
        pytest.skip("what was measured is not part of the project")
    assert _answer(command) == answer
