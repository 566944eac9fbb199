"""Find entities by name, synonym or code, also when it is begun only or misspelt."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from kg.names import fold, open_names
from kg.store import Store
from kg.terms import DKG, OWL

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Entity", "Hit", "Index", "fold"]
_CLAIM: Final = DKG + "Claim"
_CANDIDATES: Final = 300
_ALIKE: Final = 0.45  # share of trigrams below which words have nothing to do with each other
_BEGINS: Final = 70.0  # the score from which on a word of the name begins with what was asked
_MOST_ROWS: Final = 30_000  # that a search for what is alike looks at, the rarest trigrams first
_FETCHED: Final = 500


@dataclass(frozen=True)
class Entity:
    """Describe what may be found: its label, and its classes with those above them."""

    iri: str
    label: str
    types: frozenset[str]
    kinds: tuple[str, ...]  # the classes that are stated, without those of OWL itself


@dataclass(frozen=True)
class Hit:
    """Say what was found, by which of its names, and how well that fits, up to 100."""

    entity: Entity
    name: str
    score: float


class Index:
    """Find the entities of *store*; its names are read when one is first asked for.

    The index that lies in *release* is used if it is of what the store holds.
    """

    def __init__(self, store: Store, release: Path | None = None) -> None:
        self._store = store
        self._release = release
        self._lock = Lock()
        self._names: sqlite3.Connection | None = None

    def forget(self) -> None:
        """Drop what was read; the store has changed."""
        with self._lock:
            if self._names is not None:
                self._names.close()
            self._names = None

    def get(self, iri: str) -> Entity | None:
        """Return the entity *iri*, which has a label and a class, or None."""
        return self._entities([iri]).get(iri)

    def of_type(self, iri: str, most: int) -> list[Entity]:
        """Return up to *most* entities of the class *iri* or one below it."""
        rows = self._rows("SELECT iri FROM types WHERE type = ? LIMIT ?", iri, most)
        return list(self._entities([each for (each,) in rows]).values())

    def kinds(self) -> set[str]:
        """Return the classes that are stated of any entity, without those of OWL itself."""
        rows = self._rows("SELECT DISTINCT kinds FROM entities")
        return {kind for (kinds,) in rows for kind in _ours(kinds)}

    def find(self, text: str, types: Iterable[str] = ()) -> list[Hit]:
        """Return what has a name like *text* and is of one of *types*, the best first.

        Names that are only alike count if no name has *text* at the beginning of a word.
        """
        wanted = frozenset(types)
        folded = fold(text)
        if not folded:
            return []
        hits = self._hits(folded, wanted, self._beginnings(folded))
        beginnings = [hit for hit in hits if hit.score >= _BEGINS]
        return sorted(
            beginnings or self._hits(folded, wanted, self._alike(folded)),
            key=lambda hit: (-hit.score, _CLAIM in hit.entity.types, hit.name, hit.entity.iri),
        )

    def _hits(
        self, folded: str, wanted: frozenset[str], rows: list[tuple[str, str, str]]
    ) -> list[Hit]:
        best: dict[str, Hit] = {}
        entities = self._entities([iri for _, _, iri in rows])
        for form, name, iri in rows:
            entity = entities.get(iri)
            score = _score(folded, form)
            if entity is None or score <= 0 or (wanted and wanted.isdisjoint(entity.types)):
                continue
            if iri not in best or score > best[iri].score:
                best[iri] = Hit(entity, name, score)
        return list(best.values())

    def _beginnings(self, folded: str) -> list[tuple[str, str, str]]:
        """Return names that begin with *folded*, or have a word that does."""
        start = "SELECT folded, name, iri FROM names WHERE folded BETWEEN ? AND ? LIMIT ?"
        found = self._rows(start, folded, folded + "\U0010ffff", _CANDIDATES)
        inside = (
            "SELECT names.folded, name, iri FROM words JOIN names ON id = words.rowid "
            "WHERE words MATCH ? LIMIT ?"
        )
        return found + self._rows(inside, f'"{folded}" *', _CANDIDATES)

    def _alike(self, folded: str) -> list[tuple[str, str, str]]:
        """Return names that share trigrams with *folded*; common ones are left out."""
        trigrams = list(dict.fromkeys(folded[i : i + 3] for i in range(len(folded) - 2)))
        marks = ", ".join("?" * len(trigrams))
        counted = self._rows(
            f"SELECT term, doc FROM frequencies WHERE term IN ({marks}) ORDER BY doc",  # noqa: S608
            *trigrams,
        )
        rows = 0
        chosen: list[str] = []
        for trigram, count in counted:
            rows += count
            if chosen and rows > _MOST_ROWS:
                break
            chosen.append(trigram)
        if not chosen:
            return []
        either = " OR ".join(f'"{each}"' for each in chosen)  # folded: it has no quotes
        alike = (
            "SELECT names.folded, name, iri FROM (SELECT rowid AS at FROM trigrams "
            "WHERE trigrams MATCH ? ORDER BY rank LIMIT ?) JOIN names ON id = at"
        )
        return self._rows(alike, either, _CANDIDATES)

    def _entities(self, iris: list[str]) -> dict[str, Entity]:
        found: dict[str, Entity] = {}
        unique = list(dict.fromkeys(iris))
        for start in range(0, len(unique), _FETCHED):
            several = unique[start : start + _FETCHED]
            marks = ", ".join("?" * len(several))
            query = f"SELECT iri, label, kinds, types FROM entities WHERE iri IN ({marks})"  # noqa: S608
            for iri, label, kinds, types in self._rows(query, *several):
                found[iri] = Entity(iri, label, frozenset(types.split()), _ours(kinds))
        return found

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            if self._names is None:
                self._names = open_names(self._store, self._release)
            return self._names.execute(query, values).fetchall()


def _ours(kinds: str) -> tuple[str, ...]:
    return tuple(each for each in kinds.split() if not each.startswith(OWL))


def _score(asked: str, name: str) -> float:
    """Return how well *name* answers *asked*, both folded: 100 the same, 0 nothing alike."""
    if asked == name:
        return 100.0
    share = len(asked) / len(name) if name else 0.0
    if name.startswith(asked):
        return round(80 + 15 * share, 2)
    if f" {asked}" in f" {name}":
        return round(_BEGINS + 10 * share, 2)
    words = name.split()
    length = len(asked.split())
    windows = (" ".join(words[i : i + length]) for i in range(max(1, len(words) - length + 1)))
    alike = max(_alike(asked, name), 0.9 * max(_alike(asked, window) for window in windows))
    return round(_BEGINS * alike, 2) if alike >= _ALIKE else 0.0


def _alike(one: str, other: str) -> float:
    """Return the share of trigrams that two texts have in common (Dice's coefficient)."""
    first, second = _trigrams(one), _trigrams(other)
    return 2 * len(first & second) / (len(first) + len(second))


def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
