"""Compare this server with others on the same data: ``python -m benchmarks --help``."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from typing import Final

from benchmarks.datasets import REAL, dataset
from benchmarks.plot import plot
from benchmarks.results import Results
from benchmarks.rounds import Plan, measure
from benchmarks.servers import OURS, UNCACHED, Peers, Site, running, servers
from benchmarks.table import tables

_ROUNDS: Final = 4
_HERE: Final = Path(__file__).parents[1]
_BEGIN: Final = "<!-- results of make bench -->"
_END: Final = "<!-- end of results -->"
_SLOW_LOADER: Final = 2_000_000  # triples; rdflib-endpoint parses 30,000 a second


def main() -> None:
    """Measure, print the tables, and write them and the plot."""
    wanted = _arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed (Debian and Ubuntu: apt-get install wrk)")
    full = wanted.full
    names = wanted.data or ([REAL, "10000", "1000000", "10000000"] if full else ["200000"])
    plan = Plan(
        rounds=wanted.rounds,
        seconds=wanted.seconds or (5 if full else 1),
        connections=tuple(wanted.connections or ((1, 8, 32) if full else (1, 8))),
        patience=300 if full else 60,
    )
    place: Path = wanted.place.resolve()
    peers = Peers.found(place / "tools")
    results = Results()
    for name in names:
        data = dataset(name, place / "data")
        store = wanted.store or ("disk" if data.manifest.quads > _SLOW_LOADER else "memory")
        chosen = [
            server
            for server in servers(Site(data, place / "servers", store), peers, wanted.port)
            if not (wanted.servers and server.name not in wanted.servers)
            and not (server.name == "rdflib-endpoint" and data.manifest.quads > _SLOW_LOADER)
        ]
        with ExitStack() as stack:
            started = [stack.enter_context(running(server)) for server in chosen]
            measure(started, data, plan, results)
    report = f"{_machine(peers)}\n\n{tables(results, (OURS, UNCACHED))}\n"
    print(report)
    place.mkdir(parents=True, exist_ok=True)
    (place / "report.md").write_text(report)
    (place / "ratios.svg").write_text(plot(results, OURS))
    print(f"written to {place}/report.md and ratios.svg")
    if wanted.docs:
        page, drawing = _HERE / "docs" / "performance.md", _HERE / "docs" / "performance.svg"
        before, _, rest = page.read_text().partition(_BEGIN)
        page.write_text(f"{before}{_BEGIN}\n\n{report}\n{_END}{rest.partition(_END)[2]}")
        drawing.write_text((place / "ratios.svg").read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="all sizes, longer runs: hours")
    parser.add_argument("--data", nargs="+", metavar="real|N", help="numbers of triples")
    parser.add_argument("--servers", nargs="+", metavar="NAME", help="these servers only")
    parser.add_argument("--connections", nargs="+", type=int, metavar="N")
    parser.add_argument("--docs", action="store_true", help="put the results into docs/ too")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--seconds", type=int, help="of each run of wrk")
    parser.add_argument("--store", choices=["memory", "disk"], help="of ours and oxigraph")
    parser.add_argument("--port", type=int, default=21200, help="the first of some that are free")
    parser.add_argument("--place", type=Path, default=_HERE / ".bench", help="for data and results")
    return parser.parse_args()


def _machine(peers: Peers) -> str:
    """Return a line about what was measured, and on what."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    ours = [f"{name} {metadata.version(name)}" for name in ("drugkg", "pyoxigraph", "granian")]
    theirs = [
        _version([program, "--version"])
        for program in (peers.oxigraph, peers.virtuoso)
        if program is not None
    ]
    if peers.rdflib_endpoint is not None:
        python = str(Path(peers.rdflib_endpoint).with_name("python"))
        code = "from importlib.metadata import version as v; "
        code += "print('rdflib-endpoint', v('rdflib-endpoint') + ', rdflib', v('rdflib'))"
        theirs.append(_version([python, "-c", code]))
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    parts = [model, f"{os.cpu_count()} cores", system, python, *ours, *theirs]
    return "; ".join(part for part in parts if part)


def _version(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    lines = (done.stdout or done.stderr).strip().splitlines()
    return next((line for line in lines if "ersion" in line or " " in line), "")


if __name__ == "__main__":
    main()
