"""Start the engines that the suite compares with, each empty and on loopback only."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.absent import absent

PASSWORD = "of-the-tests"  # noqa: S105 (of a server that ends with them)
_SETTINGS = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
AllowOSCalls = 0
DirsAllowed = none
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            absent(f"the engine ended by itself ({process.returncode})")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    absent("the engine did not listen within a minute")


@contextmanager
def oxigraph() -> Iterator[str]:
    """Serve an empty Oxigraph; its program comes with the package oxigraph of PyPI."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    if program is None:
        absent("no oxigraph: pip install oxigraph")
    port = free_port()
    command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _await(port, process)
            yield f"sparql+http://127.0.0.1:{port}/#engine=oxigraph"
        finally:
            process.terminate()


@contextmanager
def virtuoso(directory: Path, rows: int = 10_000) -> Iterator[str]:
    """Serve an empty Virtuoso that gives *rows* rows at most."""
    program = shutil.which("virtuoso-t")
    if program is None:
        absent("no virtuoso-t: apt-get install virtuoso-opensource-7-bin")
    http, sql = free_port(), free_port()
    (directory / "virtuoso.ini").write_text(_SETTINGS.format(http=http, sql=sql, rows=rows))
    start = [program, "+foreground", "+configfile", "virtuoso.ini"]
    change = [*start, "+pwdold", "dba", "+pwddba", PASSWORD]
    subprocess.run(change, cwd=directory, check=True, capture_output=True, timeout=120)
    with subprocess.Popen(start, cwd=directory, stderr=subprocess.DEVNULL) as process:
        try:
            _await(http, process)
            yield f"sparql+http://dba:{PASSWORD}@127.0.0.1:{http}/#engine=virtuoso"
        finally:
            process.terminate()
