"""Compare what a cluster of Spark makes of labels with what one process makes, byte for byte.

The cluster is a real one: a master and two workers on the loopback interface, from the wheel.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg.ingest import bulk
from tests.absent import absent

pytestmark = pytest.mark.spark
_PATIENCE = 120  # seconds for a Java process to listen
_LABEL = (Path(__file__).parents[2] / "docs" / "examples" / "label.xml").read_text("utf-8")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while not _listens(port):
        assert time.monotonic() < end, "Spark did not come up"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        absent("pyspark is not installed; it comes with the extra spark")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        absent("no Java was found; Spark needs 17 or later")
    home, work = Path(spec.origin).parent, tmp_path_factory.mktemp("spark")
    port, *webs = _free(), _free(), _free(), _free()
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
    }
    address = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    ours = ["--host", "127.0.0.1", "--webui-port"]
    commands = [
        [f"{deploy}.master.Master", *ours, str(webs[0]), "--port", str(port)],
        *(
            [
                f"{deploy}.worker.Worker",
                address,
                *ours,
                str(web),
                "-c",
                "1",
                "-m",
                "1g",
                "-d",
                str(work / str(web)),
            ]
            for web in webs[1:]
        ),
    ]
    with ExitStack() as stack:
        for command, web in zip(commands, webs, strict=True):
            log = stack.enter_context((work / f"{web}.log").open("wb"))
            process = stack.enter_context(
                subprocess.Popen(
                    [str(home / "bin" / "spark-class"), *command],
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )
            stack.callback(process.kill)
            _wait(web)
        yield address


def test_spark_and_one_process_make_the_same_bytes(master: str, tmp_path: Path) -> None:
    for number in range(20):
        document = _LABEL.replace("0001", f"{number:04}").replace("10 (5)", f"{number} (5)")
        path = tmp_path / "in" / f"{number:02}.xml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(document, encoding="utf-8")
    for out, engine in (("one", ["--jobs", "1"]), ("spark", ["--engine", "spark"])):
        command = [sys.executable, "-c", "from api.cli import main; main()", "ingest", "spl"]
        command += [str(tmp_path / "in"), "--out", str(tmp_path / out), "--no-link", *engine]
        command += ["--master", master]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "20 files: 20 read" in done.stdout
    for name in (bulk.CLAIMS, bulk.REPORT):
        one, spark = ((tmp_path / out / name).read_bytes() for out in ("one", "spark"))
        assert one == spark
