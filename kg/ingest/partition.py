"""Read some files into part files: the one function that a process pool and Spark both run.

A part file is written beside its place and then moved there, so that it is whole or missing. Its
name and bytes depend on the document and the version it replaces, and on nothing else.
"""

import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import KgError
from kg.ingest import claims, epi, leaflet, lookup, openfda, rows, spl
from kg.ingest.rows import Extract
from kg.release import version

Reader = Callable[[bytes, str, lookup.Vocabularies | None], Iterable[Extract]]
_Known = Callable[[str], bool]


def _nothing(words: str) -> bool:
    del words
    return False


def _known(terms: lookup.Vocabularies | None) -> tuple[_Known, _Known]:
    """Return what says whether words name an effect, and whether they name a condition."""
    return (terms.effects.known, terms.conditions.known) if terms else (_nothing, _nothing)


READERS: Final[dict[str, Reader]] = {
    "spl": lambda content, name, terms: (spl.extract(content, name, _known(terms)[1]),),
    "openfda": lambda content, name, terms: openfda.extract(content, name, _known(terms)[1]),
    "leaflet": lambda content, name, terms: (leaflet.extract(content, name, *_known(terms)),),
    "epi": lambda content, name, terms: epi.extract(content, name, *_known(terms)),
}
SUFFIXES: Final = {"spl": ".xml", "openfda": ".json", "leaflet": ".fsh", "epi": ".xml"}


@dataclass(frozen=True, slots=True)
class Task:
    """Say which file is to be read, as what, and which version of its document it replaces."""

    path: str
    kind: str
    earlier: str = ""  # the version that this one replaces
    is_linked: bool = True  # whether names are linked to terms


@dataclass(frozen=True, slots=True)
class Result:
    """Say what became of one file."""

    path: str
    parts: tuple[str, ...] = ()  # names of part files
    counts: tuple[tuple[str, int], ...] = ()
    fault: str = ""
    was_done: bool = False


def partition(tasks: Iterable[Task], out: Path) -> Iterator[Result]:
    """Read the file of each task, write its parts below *out*, and yield what became of it."""
    for task in tasks:
        try:
            yield _do(task, out)
        except (KgError, OSError) as error:
            yield Result(task.path, fault=str(error))


def _do(task: Task, out: Path) -> Result:
    content = Path(task.path).read_bytes()
    state = out / "done" / f"{_digest(task, content)}.json"
    if state.is_file():
        known = json.loads(state.read_text(encoding="utf-8"))
        if all((out / "parts" / name).is_file() for name in known["parts"]):
            counts = tuple((name, int(count)) for name, count in known["counts"])
            return Result(task.path, tuple(known["parts"]), counts, was_done=True)
    terms = lookup.standard() if task.is_linked else None
    parts: list[str] = []
    total: Counter[str] = Counter()
    for extract in READERS[task.kind](content, Path(task.path).name, terms):
        parts.append(_write(extract, task, terms, out))
        total.update(extract.counts())
    result = Result(task.path, tuple(parts), tuple(sorted(total.items())))
    _replace(state, json.dumps({"parts": result.parts, "counts": result.counts}).encode())
    return result


def _digest(task: Task, content: bytes) -> str:
    what = f"{version()} {task.kind} {task.earlier} {task.is_linked}"
    return hashlib.sha256(what.encode() + content).hexdigest()


def _write(extract: Extract, task: Task, terms: lookup.Vocabularies | None, out: Path) -> str:
    """Write claims and report of one version of a document; return the name of its part."""
    source = extract.source
    earlier = None
    described = lookup.products().get(_identifier(source)) if task.is_linked else None
    if task.earlier:
        earlier = rows.Source(document=source.document, version=task.earlier, kind=source.kind)
        described = described or claims.product_iri(source)  # by the earlier version
    effects, conditions = terms or (None, None)
    made = claims.claims(extract, effects, lambda _, __: described, earlier, conditions)
    name = claims.source_iri(source).rpartition("/")[2]
    _replace(out / "parts" / f"{name}.nq.gz", gzip.compress(made, mtime=0))
    report = "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"
        for row in rows.flat(extract)
        if row["type"] == "unread"
    )
    _replace(out / "reports" / f"{name}.jsonl.gz", gzip.compress(report.encode(), mtime=0))
    return f"{name}.nq.gz"


def _identifier(source: rows.Source) -> str:
    """Return the identifier by which curated facts know the product of *source*."""
    return f"SPL:{source.document}" if source.kind in {"spl", "openfda"} else source.document


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
