"""The README shows what a reader gets: its examples are run against a live server."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

README: Final = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```console\n\$ (.*?)```", README, flags=re.DOTALL)
SERVED: Final = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    """Return the address of a server of the real release, started as a reader would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(drugkg()), "serve", "--port", str(port), "--release", str(release)]
    with subprocess.Popen(command) as server:
        try:
            wait(f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def drugkg() -> Path:
    """Return the program beside the running Python."""
    return Path(sys.executable).with_name("drugkg")


def wait(url: str) -> None:
    """Return once *url* answers; raises TimeoutError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own server)
                return
        except urllib.error.URLError:
            time.sleep(0.05)
    raise TimeoutError(url)


def split(example: str) -> tuple[str, str]:
    """Return the command of *example* and its answer; a quoted text may hold line ends."""
    quotes = 0
    for end, character in enumerate(example):
        quotes += character == "'"
        if character == "\n" and quotes % 2 == 0:
            return example[:end], example[end + 1 :]
    raise ValueError(example)


def test_there_are_three_examples_and_one_uses_curl() -> None:
    assert len(EXAMPLES) == 3
    assert sum(example.startswith("curl ") for example in EXAMPLES) == 1


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text[:30])
def test_an_example_gives_the_printed_answer(
    example: str, address: str, release: Path, tmp_path: Path
) -> None:
    command, printed = split(example)
    if command.startswith("curl") and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    query = re.search(r"```sparql\n(.*?)```", README, flags=re.DOTALL)
    assert query
    (tmp_path / "how-common.rq").write_text(query[1], encoding="utf-8")
    command = command.replace(".venv/bin/drugkg", str(drugkg())).replace(SERVED, address)
    answer = subprocess.run(  # noqa: S602 (the commands of our own README)
        command,
        shell=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "DRUGKG_RELEASE": str(release)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.replace("\r", "") == printed


def test_the_set_up_is_two_commands() -> None:
    set_up = README.split("## Set up")[1].split("The same in plain pip")[0]
    assert re.findall(r"```sh\n(.*?)\n```", set_up, flags=re.DOTALL) == ["make serve", "make test"]
