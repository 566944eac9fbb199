"""Measure which effects the tables of labels yield against annotations made by people.

Source: Text Analysis Conference 2017, track on adverse drug reactions, training labels. The
annotations carry MedDRA codes and names, which are neither read nor shown here: effects are
compared by the words of the label.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from kg.errors import UnreadableSourceError
from kg.ingest import texttable
from kg.ingest.rows import Observation
from kg.ingest.words import normal

SECTION: Final = "adverse reactions"
_MENTION: Final = 0  # the place of the label's own words in an annotation


class Score(NamedTuple):
    """Count found effects and annotated ones, over all labels."""

    found: int
    right: int  # found effects that are annotated
    annotated: int
    recalled: int  # annotated effects that were found

    @property
    def precision(self) -> float:
        """Return the share of found effects that are annotated."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Return the share of annotated effects that were found."""
        return self.recalled / self.annotated if self.annotated else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Evaluation(NamedTuple):
    """Compare what was read with what people annotated."""

    labels: int
    with_tables: int
    observations: int
    unread: int
    strict: Score
    lenient: Score
    strict_with_tables: Score  # over the labels from whose tables something was read
    lenient_with_tables: Score


class _Label(NamedTuple):
    found: frozenset[str]
    annotated: frozenset[str]


def evaluate(file: Path) -> Evaluation:
    """Read the tables of each label in *file* and compare their effects with the annotations.

    Strict: the same words but for case and spaces. Lenient: the same words but for order, number
    and spelling, or all words of the one among those of the other.

    Raises:
        UnreadableSourceError: *file* is not of the form of the corpus.
    """
    labels, observations, unread = [], 0, 0
    for section in _sections(file):
        read = list(texttable.read(section["section_text"], SECTION))
        rows = [row for row in read if isinstance(row, Observation)]
        observations += len(rows)
        unread += len(read) - len(rows)
        labels.append(
            _Label(
                frozenset(_plain(row.effect) for row in rows),
                frozenset(_plain(each[_MENTION]) for each in section["adverse_events"]),
            )
        )
    tabled = [label for label in labels if label.found]
    return Evaluation(
        len(labels),
        len(tabled),
        observations,
        unread,
        _strict(labels),
        _lenient(labels),
        _strict(tabled),
        _lenient(tabled),
    )


def _sections(file: Path) -> list[dict[str, Any]]:
    try:
        corpus = json.loads(file.read_text(encoding="utf-8"))
        return [entry for entry in corpus if entry["section_name"] == SECTION]
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableSourceError(str(file), "it is not a corpus of annotated labels") from error


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _strict(labels: Iterable[_Label]) -> Score:
    labels = list(labels)
    both = sum(len(label.found & label.annotated) for label in labels)
    found = sum(len(label.found) for label in labels)
    return Score(found, both, sum(len(label.annotated) for label in labels), both)


def _lenient(labels: Iterable[_Label]) -> Score:
    found = right = annotated = recalled = 0
    for label in labels:
        ours = [frozenset(normal(effect).split()) for effect in label.found]
        theirs = [frozenset(normal(effect).split()) for effect in label.annotated]
        found, annotated = found + len(ours), annotated + len(theirs)
        right += sum(any(_alike(one, other) for other in theirs) for one in ours)
        recalled += sum(any(_alike(one, other) for other in ours) for one in theirs)
    return Score(found, right, annotated, recalled)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and (one <= other or other <= one)
