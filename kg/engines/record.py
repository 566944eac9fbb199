"""Keep in an engine which release it holds: the manifest, in a graph of its own."""

import json
from dataclasses import asdict
from typing import Final

import pyoxigraph as ox

from kg.engines.endpoint import Endpoint
from kg.engines.literals import text as written
from kg.engines.question import Question
from kg.release import Manifest
from kg.store import Dataset
from kg.terms import GRAPH, RDF

RECORD: Final = ox.NamedNode(GRAPH + "record")
_PIECE: Final = 4000  # characters: engines bound the length of a literal


def write(endpoint: Endpoint, manifest: Manifest) -> None:
    """Say in the engine that it holds all of *manifest*."""
    text = json.dumps(asdict(manifest), sort_keys=True)
    pieces = [text[i : i + _PIECE] for i in range(0, len(text), _PIECE)]
    endpoint.put(
        RECORD,
        [
            f"{RECORD} <{RDF}_{number}> {written(ox.Literal(piece), endpoint.profile)} ."
            for number, piece in enumerate(pieces, 1)
        ],
    )


def erase(endpoint: Endpoint) -> None:
    """Say in the engine that what it holds is not whole."""
    endpoint.update(f"DROP SILENT GRAPH {RECORD}")


def read(endpoint: Endpoint) -> Manifest | None:
    """Return the manifest of the release that the engine holds, or None if it holds none."""
    pattern = f"GRAPH {RECORD} {{ ?record ?at ?piece }}"
    question = Question.read(f"SELECT ?at ?piece WHERE {{ {pattern} }}")
    if endpoint.profile.dataset == "text":
        question = question.selecting(Dataset(named=(RECORD,)))
    pieces: dict[int, str] = {}
    with endpoint.solutions(question) as rows:
        for row in rows if isinstance(rows, ox.QuerySolutions) else ():
            at, piece = row["at"], row["piece"]
            if isinstance(at, ox.NamedNode) and isinstance(piece, ox.Literal):
                pieces[int(at.value.rpartition("_")[2])] = piece.value
    try:
        return Manifest(**json.loads("".join(pieces[i] for i in sorted(pieces))))
    except (ValueError, TypeError):
        return None
