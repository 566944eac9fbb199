"""Do the commands do what they say, and fail in words?"""

import contextlib
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.config import Settings, options
from kg.release import MANIFEST, version

ROOT = Path(__file__).parents[2]
MAIN = "from api.cli import main; main(prog_name='drugkg')"
COUNT = """\
#+ title: How many rows carry a number?
#+ parameters:
#+   number: {type: string, default: F001}
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
SELECT ?number (COUNT(?line) AS ?lines) WHERE {
    ?line a dkg:EvidenceLine ; dkg:registerNumber ?number
} GROUP BY ?number
"""


def run(*arguments: str | Path, stdin: str = "", release: Path | None = None) -> Result:
    clean = {f"DRUGKG_{setting.name.upper()}": None for setting in fields(Settings)}
    env = clean | ({"DRUGKG_RELEASE": str(release)} if release else {})
    result = CliRunner(env=env).invoke(main, [str(each) for each in arguments], input=stdin)
    assert "Traceback" not in result.output
    return result


def python(*arguments: str | Path, directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


@pytest.fixture
def query(tmp_path: Path) -> Path:
    path = tmp_path / "count.rq"
    path.write_text(COUNT, encoding="utf-8")
    return path


def test_version() -> None:
    assert run("--version").output == f"drugkg {version()}\n"


def test_query_in_a_file_comes_as_tsv_to_a_pipe(release: Path, query: Path) -> None:
    result = run("query", query, release=release)
    assert (result.exit_code, result.stdout) == (0, '?number\t?lines\n"F001"\t1\n')


def test_query_comes_as_a_table_if_asked(release: Path, query: Path) -> None:
    result = run("query", query, "--format", "table", release=release)
    assert result.stdout.splitlines()[0] == "number  lines"
    assert result.stdout.splitlines()[-1] == "(1 row)"


def test_query_takes_parameters(release: Path, query: Path) -> None:
    result = run("query", query, "--param", "number=nothing", release=release)
    assert (result.exit_code, result.stdout) == (0, "?number\t?lines\n")


def test_query_from_standard_input(release: Path) -> None:
    assert run("query", "-", stdin="ASK { ?s ?p ?o }", release=release).stdout == "true\n"


def test_graph_comes_as_turtle(release: Path) -> None:
    result = run("query", "-", stdin="DESCRIBE <id/kesimpta>", release=release)
    assert "\nid:kesimpta " in result.stdout


def test_named_query(release: Path) -> None:
    result = run("query", "product-profile", release=release)
    assert result.exit_code == 0
    assert "kesimpta" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there are: "),
        (["nothing.rq"], "nothing.rq"),
        (["./nothing"], "nothing"),
        (["{query}", "--param", "number"], "NAME=VALUE"),
        (["{query}", "--param", "letter=F"], "parameter letter: not one of: number"),
        (["{query}", "--format", "pdf"], "'pdf' is not one of"),
        (["{query}", "--stor", "disk"], "--stor"),
        ([], "QUERY"),
    ],
)
def test_wrong_use_is_exit_2(
    release: Path, query: Path, arguments: list[str], message: str
) -> None:
    filled = [argument.format(query=query) for argument in arguments]
    result = run("query", *filled, release=release)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_malformed_query_is_shown_with_a_caret(release: Path) -> None:
    result = run("query", "-", stdin="SELECT *\nWHERE { ?s foo:bar ?o }", release=release)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Error: line 2, column 12: Prefix not found: foo:bar",
        "  WHERE { ?s foo:bar ?o }",
        "             ^",
    ]


def test_format_that_does_not_fit_the_answer_is_refused(release: Path) -> None:
    result = run("query", "-", "--format", "csv", stdin="DESCRIBE <a>", release=release)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "graph" in result.stderr


def test_build_tells_its_steps_and_writes_a_release(tmp_path: Path) -> None:
    result = run("build", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "out" / MANIFEST).is_file()
    assert "wrote " in result.stderr
    assert "\x1b" not in result.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout with one misspelt property."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("api", "kg", "ontology", "queries"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", checkout)
    file = checkout / "kg" / "facts" / "kesimpta" / "product.ttl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\nid:kesimpta dkg:hasEfect id:ofatumumab .\n", encoding="utf-8")
    return checkout


@pytest.mark.parametrize("command", ["check", "build", "serve"])
def test_broken_facts_stop_the_command_at_file_and_line(broken: Path, command: str) -> None:
    result = python(command, directory=broken)
    assert result.returncode == 1
    lines = (broken / "kg/facts/kesimpta/product.ttl").read_text(encoding="utf-8").count("\n")
    assert result.stdout.startswith(f"kg/facts/kesimpta/product.ttl:{lines}: ")
    assert "hasEfect" in result.stdout
    assert "Traceback" not in result.stderr
    assert not (broken / "release").exists()


def test_check_is_silent_about_good_facts() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")


def test_taken_port_is_refused(release: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port), release=release)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"127.0.0.1:{port}" in result.stderr


def on_terminal(*arguments: str | Path, directory: Path = ROOT) -> str:
    """Return what a command shows on a terminal, standard error included."""
    ours, theirs = pty.openpty()
    env = os.environ | {"COLUMNS": "60"}
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    shown = b""
    with subprocess.Popen(command, cwd=directory, env=env, stdout=theirs, stderr=theirs):
        os.close(theirs)
        with contextlib.suppress(OSError):  # EIO: the other side has closed it
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    return shown.decode()


def test_terminal_gets_a_table_that_fits(release: Path, query: Path) -> None:
    shown = on_terminal("query", query, "--release", release)
    assert shown.splitlines()[0] == "number  lines"
    shown = on_terminal("query", "product-profile", "--release", release)
    assert shown.startswith("─── 1 ───")


def test_terminal_gets_one_changing_line(broken: Path) -> None:
    progress, *violations = on_terminal("check", directory=broken).rstrip().split("\n")
    assert progress.startswith("\r\x1b[K")
    assert "read " in progress
    assert len(violations) == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def server(release: Path) -> Iterator[str]:
    """Run ``drugkg serve`` and return its address before it listens."""
    port = free_port()
    env = os.environ | {"DRUGKG_PORT": str(port), "DRUGKG_RELEASE": str(release)}
    command = [sys.executable, "-c", MAIN, "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            assert "Traceback" not in process.stderr.read()
            assert process.wait() == 0


def first_answer(url: str, deadline: float) -> bytes:
    while True:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 (http to this machine)
                return bytes(answer.read())
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "no answer in time"


def test_server_answers_within_two_seconds(server: str) -> None:
    answer = first_answer(f"{server}/sparql?query=ASK%7B%7D", time.monotonic() + 2)
    assert b"true" in answer
    with urllib.request.urlopen(f"{server}/id/kesimpta") as document:  # noqa: S310
        assert document.headers["Content-Type"] == "application/ld+json"


@click.command()
@options(*(setting.name for setting in fields(Settings)))
def show(**flags: object) -> None:
    click.echo(Settings(**flags))  # type: ignore[arg-type]


def test_every_setting_has_a_flag_a_variable_and_a_default() -> None:
    runner = CliRunner()
    assert runner.invoke(show).output == f"{Settings()}\n"
    shown = runner.invoke(show, ["--help"]).output
    for setting in fields(Settings):
        assert f"--{setting.name.replace('_', '-')}" in shown
        assert f"DRUGKG_{setting.name.upper()}" in re.sub(r"\s+", "", shown)


def test_flag_beats_environment_beats_default() -> None:
    runner = CliRunner(env={"DRUGKG_PORT": "81", "DRUGKG_HOST": "::1"})
    assert f"{Settings(host='::1', port=82)}\n" == runner.invoke(show, ["--port", "82"]).output


def test_explain_names_what_an_inferred_triple_follows_from(release: Path) -> None:
    asked = ["explain", "id:kesimpta", "rdf:type", "dkg:AntiCD20Product"]
    answer = CliRunner().invoke(main, [*asked, "--release", str(release)])
    assert answer.exit_code == 0
    assert "inferred: the reasoner" in answer.output
    assert "has active substance" in answer.output


def test_explain_fails_for_what_the_graph_does_not_say(release: Path) -> None:
    asked = ["explain", "id:aubagio", "rdf:type", "dkg:AntiCD20Product"]
    assert CliRunner().invoke(main, [*asked, "--release", str(release)]).exit_code == 1
