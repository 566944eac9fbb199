"""Does an installation build the scripts of pages where it can, and go on where it cannot?"""

import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from api.pages import built

WEB = Path(__file__).parents[2] / "web"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """Return the build hook, which is loaded by its path as hatchling does it."""
    spec = importlib.util.spec_from_file_location("hatch_build", WEB / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout that has sources of scripts and nothing else."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(WEB, tmp_path / "web", ignore=ignored)
    return tmp_path


def npm(code: str, tmp_path: Path) -> list[str]:
    """Return a command that stands in for npm: it runs *code* in Python."""
    import sys  # noqa: PLC0415 (only this stand-in needs it)

    script = tmp_path / "npm.py"
    script.write_text(code, encoding="utf-8")
    return [sys.executable, str(script)]


MAKES_ALL = """
import pathlib, sys
if sys.argv[1] == "ci":
    assert "--ignore-scripts" in sys.argv
    pathlib.Path("node_modules").mkdir()
else:
    built = pathlib.Path("../api/static/built")
    built.mkdir(parents=True)
    with open("runs", "a") as runs:
        runs.write("x")
"""
FAILS_TO_BUILD = MAKES_ALL.replace("built = ", "sys.exit('no'); built = ")
FAILS_TO_INSTALL = "import sys; sys.exit('no registry')"


def made(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, checkout: Path, code: str | None
) -> tuple[bool, list[str]]:
    ways = [npm(code, checkout)] if code is not None else []
    monkeypatch.setattr(hook, "_npms", lambda: iter(ways))
    warnings: list[str] = []
    return bool(hook.build(checkout, warnings.append)), warnings


def test_what_was_built_is_not_built_again(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    for _ in range(2):
        assert made(hook, monkeypatch, checkout, MAKES_ALL) == (True, [])
    assert (checkout / "web" / "runs").read_text(encoding="utf-8") == "x"
    source = checkout / "web" / "src" / "query.js"
    source.write_text(source.read_text(encoding="utf-8") + "//\n", encoding="utf-8")
    shutil.rmtree(checkout / "api")
    assert made(hook, monkeypatch, checkout, MAKES_ALL) == (True, [])
    assert (checkout / "web" / "runs").read_text(encoding="utf-8") == "xx"


@pytest.mark.parametrize("is_ci", [False, True])
@pytest.mark.parametrize("code", [None, FAILS_TO_INSTALL])
def test_machine_without_node_or_registry_installs(
    hook: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    checkout: Path,
    code: str | None,
    *,
    is_ci: bool,
) -> None:
    monkeypatch.setenv("CI", "true" if is_ci else "")
    is_built, (warning,) = made(hook, monkeypatch, checkout, code)
    assert not is_built
    assert "without their scripts" in warning


def test_build_that_fails_is_an_error_in_ci_only(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.setenv("CI", "")
    is_built, (warning,) = made(hook, monkeypatch, checkout, FAILS_TO_BUILD)
    assert not is_built
    assert "no" in warning
    monkeypatch.setenv("CI", "true")
    with pytest.raises(RuntimeError, match="not built"):
        made(hook, monkeypatch, checkout, FAILS_TO_BUILD)


def test_lock_file_names_no_host_and_every_file_by_its_hash() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: about for path, about in lock["packages"].items() if path}
    assert packages
    for path, about in packages.items():
        assert "resolved" not in about, path
        assert about["integrity"].startswith("sha512-"), path


def test_page_knows_what_was_built_and_that_nothing_was(tmp_path: Path) -> None:
    assert built.bundle("query", tmp_path) is None
    assert built.packages(tmp_path) == []
    manifest = {
        "src/query.js": {"file": "assets/q-1.js", "css": ["assets/q-1.css"], "imports": ["_c.js"]},
        "_c.js": {"file": "assets/c-1.js", "css": ["assets/c-1.css"]},
    }
    directory = tmp_path / "built"
    directory.mkdir()
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    built._read.cache_clear()  # noqa: SLF001 (it read that there was none)
    found = built.bundle("query", tmp_path)
    assert found
    assert found.script == "/static/built/assets/q-1.js"
    styles = ("/static/built/assets/q-1.css", "/static/built/assets/c-1.css")
    assert found.styles == styles
