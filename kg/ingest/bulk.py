"""Read many files on a pool of processes, or on Spark, into one sorted file of claims.

A run can be broken off and taken up again, and running it twice changes nothing: what was read
is known by the bytes of its file. Memory is bounded by the files in flight.
"""

import gzip
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from kg.ingest import lookup
from kg.ingest.partition import SUFFIXES, Result, Task, partition

CLAIMS: Final = "claims.nq.gz"
REPORT: Final = "report.jsonl"
_BATCH: Final = 8  # files for each call: enough to hide its cost, few enough to show progress
_HEAD: Final = 65_536  # bytes in which the identity of a label stands
_SET_ID = re.compile(rb"<setId[^>]*\broot=\"([^\"]+)\"")
_VERSION = re.compile(rb"<versionNumber[^>]*\bvalue=\"([^\"]+)\"")

Say = Callable[[str], None]
Engine = Callable[[Sequence[Task], Path], Iterator[Result]]


@dataclass(frozen=True)
class Summary:
    """Count what became of all files."""

    files: int
    read: int
    unchanged: int
    doubles: int
    faults: tuple[tuple[str, str], ...]  # file and reason
    counts: Counter[str]


def files(where: Path, kind: str) -> list[Path]:
    """Return the files of *kind* in the directory *where*, or *where* itself, in order."""
    return [where] if where.is_file() else sorted(where.rglob(f"*{SUFFIXES[kind]}"))


def plan(paths: Iterable[Path], kind: str, *, is_linked: bool) -> tuple[list[Task], int]:
    """Return a task for each version of a document, and how many files say the same again.

    Of an SPL document each version follows the one before it, by number.
    """
    tasks = [Task(str(path), kind, is_linked=is_linked) for path in paths]
    if kind != "spl":
        return tasks, 0
    versions: dict[str, dict[int, Task]] = {}
    unnamed: list[Task] = []
    doubles = 0
    for task in tasks:
        with Path(task.path).open("rb") as file:
            head = file.read(_HEAD)
        document, version = _SET_ID.search(head), _VERSION.search(head)
        if document is None or version is None or not version[1].isdigit():
            unnamed.append(task)  # the reader says what is wrong with it
            continue
        known = versions.setdefault(document[1].decode().casefold(), {})
        doubles += int(version[1]) in known
        known.setdefault(int(version[1]), task)
    planned = []
    for known in versions.values():
        earlier = ""
        for number in sorted(known):
            planned.append(replace(known[number], earlier=earlier))
            earlier = str(number)
    return sorted([*planned, *unnamed], key=lambda task: task.path), doubles


def run(tasks: Sequence[Task], out: Path, engine: Engine, say: Say, doubles: int = 0) -> Summary:
    """Let *engine* do the *tasks*, join the parts, and return what became of them."""
    read = unchanged = 0
    faults: list[tuple[str, str]] = []
    counts: Counter[str] = Counter()
    parts: list[str] = []
    for number, result in enumerate(engine(tasks, out), start=1):
        if result.fault:
            faults.append((result.path, result.fault))
        read += not result.fault and not result.was_done
        unchanged += result.was_done
        counts.update(dict(result.counts))
        parts += result.parts
        say(f"{number} of {len(tasks)} files, {counts['observation']} observations")
    _join(parts, out)
    return Summary(len(tasks) + doubles, read, unchanged, doubles, tuple(sorted(faults)), counts)


def local(jobs: int) -> Engine:
    """Return an engine of *jobs* processes on this machine; one does without a pool."""

    def engine(tasks: Sequence[Task], out: Path) -> Iterator[Result]:
        if jobs == 1:
            yield from partition(tasks, out)
            return
        if any(task.is_linked for task in tasks):
            lookup.standard()  # before the processes part, so that they share it
        waiting = (tuple(tasks[i : i + _BATCH]) for i in range(0, len(tasks), _BATCH))
        with ProcessPoolExecutor(jobs) as pool:
            flying: set[Future[list[Result]]] = set()
            for batch in islice(waiting, 2 * jobs):
                flying.add(pool.submit(_listed, batch, out))
            while flying:
                done, flying = wait(flying, return_when=FIRST_COMPLETED)
                for batch in islice(waiting, len(done)):
                    flying.add(pool.submit(_listed, batch, out))
                for future in done:
                    yield from future.result()

    return engine


def _listed(tasks: tuple[Task, ...], out: Path) -> list[Result]:
    return list(partition(tasks, out))


def _join(parts: Iterable[str], out: Path) -> None:
    """Write all parts of *out* as one file, and their reports as another, in order of name.

    Each part is sorted and is a graph of its own, so that the whole is the same for every engine.
    """
    names = sorted({*parts, *(path.name for path in (out / "parts").glob("*.nq.gz"))})
    (out / "parts").mkdir(parents=True, exist_ok=True)
    fresh = out / f".{CLAIMS}"
    with (
        fresh.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as z,
    ):
        for name in names:
            with gzip.open(out / "parts" / name) as part:
                shutil.copyfileobj(part, z)
    fresh.replace(out / CLAIMS)
    with (out / REPORT).open("wb") as report:
        for name in names:
            path = out / "reports" / name.replace(".nq.gz", ".jsonl.gz")
            if path.is_file():
                with gzip.open(path) as part:
                    shutil.copyfileobj(part, report)


def reasons(out: Path) -> Counter[tuple[str, str]]:
    """Return how often something was not understood, by what it is and why."""
    with (out / REPORT).open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return Counter((row["what"], _general(row["reason"])) for row in rows)


def _general(reason: str) -> str:
    """Return *reason* without what is quoted in it, so that like reasons count together."""
    return re.sub(r"^.*?: (?=.)|'[^']*'", lambda match: "…" if match[0][0] == "'" else "", reason)
