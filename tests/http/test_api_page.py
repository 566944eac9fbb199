"""A developer who has only docs/json-ld-api.md gets what it promises, with generated clients."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.http.test_readme import address, split

__all__ = ["address"]  # a fixture

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "json-ld-api.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
SERVED: Final = "http://127.0.0.1:8000"
SECTIONS: Final = dict(
    zip(
        re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE),
        re.split(r"^## .*$", PAGE, flags=re.MULTILINE)[1:],
        strict=True,
    )
)


def examples(section: str) -> Iterator[tuple[str, str]]:
    """Yield each command of *section* with what the page says that it prints."""
    for block in re.findall(r"```console\n(.*?)```", SECTIONS[section], flags=re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            yield split(example)


def run(command: str, directory: Path, served: str) -> str:
    tools = [str(Path(sys.executable).parent), str(directory / "node_modules" / ".bin")]
    quiet = {"PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S602 (the commands of our own page)
        command.replace(SERVED, served).replace("npx ", ""),
        shell=True,
        cwd=directory,
        env=quiet | {"PATH": os.pathsep.join([*tools, os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout.replace("\r", "")


@pytest.fixture(scope="module")
def directory(
    tmp_path_factory: pytest.TempPathFactory,
    address: str,
) -> Path:
    """Return a directory with the files of the page and the document that it fetches first."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    found = tmp_path_factory.mktemp("page")
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    (found / "list.py").write_text(program, encoding="utf-8")
    for name in ("very_common.py", "very-common.ts"):
        shutil.copy(ROOT / "tests" / "clients" / name, found)
    for command, _ in examples("Fetch a medicine"):
        run(command, found, address)
    return found


@pytest.mark.parametrize(
    "section", ["Very common side effects, with sources", "Find things", "Ask a question"]
)
def test_examples_print_what_the_page_says(
    section: str,
    directory: Path,
    address: str,
) -> None:
    for command, printed in examples(section):
        assert run(command, directory, address) == printed


def test_generated_clients_compile_and_read_a_live_document(
    directory: Path,
    address: str,
    request: pytest.FixtureRequest,
) -> None:
    for command, printed in examples("Typed clients"):
        if command.startswith(("npx", "node")) and not (directory / "node_modules").exists():
            modules: Path = request.getfixturevalue("node_modules")
            (directory / "node_modules").symlink_to(modules)
            (directory / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
        assert run(command, directory, address) == printed, command


def test_page_names_nothing_that_does_not_exist() -> None:
    for target in re.findall(r"\]\((\.\./[^)]+)\)", PAGE):
        assert (ROOT / "docs" / target).resolve().exists()
