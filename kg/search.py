"""Find entities by name, synonym or code, also when it is begun only or misspelt."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

import pyoxigraph as ox

from kg.store import BASE, Store
from kg.terms import DCTERMS, DKG, OWL, RDF, RDFS

_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_LABEL: Final = ox.NamedNode(RDFS + "label")
_TYPE: Final = ox.NamedNode(RDF + "type")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
_SUBJECT: Final = ox.NamedNode("https://w3id.org/sssom/subject_id")
_SUBSTANCE: Final = ox.NamedNode(DKG + "hasActiveSubstance")
_NAMES: Final = (_LABEL, ox.NamedNode(_SKOS + "altLabel"), ox.NamedNode(_SKOS + "prefLabel"))
_CODES: Final = (ox.NamedNode(_SKOS + "notation"), ox.NamedNode(DCTERMS + "identifier"))
_CLAIM: Final = DKG + "Claim"
_CANDIDATES: Final = 300
_ALIKE: Final = 0.45  # share of trigrams below which words have nothing to do with each other
_BEGINS: Final = 70.0  # the score from which on a word of the name begins with what was asked
_SCHEMA: Final = """
    CREATE VIRTUAL TABLE names USING fts5(folded, name UNINDEXED, iri UNINDEXED, tokenize=trigram);
    CREATE TABLE starts (folded TEXT, name TEXT, iri TEXT);
"""


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
    """Hold the names of the entities of *store*; read when it is first asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()

    def forget(self) -> None:
        """Drop what was read; the store has changed."""
        with self._lock:
            for name in ("entities", "_names"):
                self.__dict__.pop(name, None)

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Return everything that has a label and a class, by IRI."""
        above = self._above()
        kinds: dict[str, set[str]] = {}
        for iri, kind in self._links(_TYPE):
            kinds.setdefault(iri, set()).add(kind)
        return {
            iri: Entity(
                iri,
                label,
                frozenset(types.union(*(above.get(each, ()) for each in types))),
                tuple(sorted(each for each in types if not each.startswith(OWL))),
            )
            for iri, types in kinds.items()
            if (label := self._label(iri))
        }

    @cached_property
    def _names(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.executescript(_SCHEMA)
        rows = sorted({(fold(name), name, iri) for iri, name in self._named()})
        connection.executemany("INSERT INTO names VALUES (?, ?, ?)", rows)
        connection.executemany("INSERT INTO starts VALUES (?, ?, ?)", rows)
        connection.execute("CREATE INDEX start ON starts (folded)")
        return connection

    def find(self, text: str, types: Iterable[str] = ()) -> list[Hit]:
        """Return what has a name like *text* and is of one of *types*, the best first.

        Names that are only alike count if no name has *text* at the beginning of a word.
        """
        wanted = frozenset(types)
        folded = fold(text)
        best: dict[str, Hit] = {}
        for form, name, iri in self._candidates(folded):
            entity = self.entities.get(iri)
            score = _score(folded, form)
            if entity is None or score <= 0 or (wanted and wanted.isdisjoint(entity.types)):
                continue
            if iri not in best or score > best[iri].score:
                best[iri] = Hit(entity, name, score)
        beginnings = [hit for hit in best.values() if hit.score >= _BEGINS]
        return sorted(
            beginnings or best.values(),
            key=lambda hit: (-hit.score, _CLAIM in hit.entity.types, hit.name, hit.entity.iri),
        )

    def _candidates(self, folded: str) -> list[tuple[str, str, str]]:
        if not folded:
            return []
        with self._lock:
            end = folded + "\U0010ffff"
            begun = "SELECT * FROM starts WHERE folded BETWEEN ? AND ? LIMIT ?"
            found = self._names.execute(begun, (folded, end, _CANDIDATES)).fetchall()
            trigrams = dict.fromkeys(folded[i : i + 3] for i in range(len(folded) - 2))
            if trigrams:
                either = " OR ".join('"{}"'.format(each.replace('"', '""')) for each in trigrams)
                alike = "SELECT * FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?"
                found += self._names.execute(alike, (either, _CANDIDATES)).fetchall()
        return found

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield the IRI of each entity with each of its names and codes."""
        for predicate in (*_NAMES, *_CODES):
            for iri, name in self._texts(predicate):
                yield iri, name
        for iri, _ in self._texts(_LABEL):
            if not iri.startswith(BASE):  # obo:MONDO_0005314 is known as MONDO:0005314
                yield iri, re.split("[/#]", iri)[-1].replace("_", ":")
        codes: dict[str, set[str]] = {}
        for predicate in _CODES:
            for iri, name in self._texts(predicate):
                codes.setdefault(iri, set()).add(name.rpartition(":")[2])
        for mapping, subject in self._links(_SUBJECT):
            codes.setdefault(subject, set()).update(codes.get(mapping, ()))
        for product, substance in self._links(_SUBSTANCE):  # its codes find its products
            codes.setdefault(product, set()).update(codes.get(substance, ()))
        for iri, found in codes.items():
            yield from ((iri, code) for code in found)

    def _texts(self, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
        for quad in self._store.quads(None, predicate):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                yield quad.subject.value, quad.object.value

    def _links(self, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
        for quad in self._store.quads(None, predicate):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                yield quad.subject.value, quad.object.value

    def _label(self, iri: str) -> str:
        found = [quad.object for quad in self._store.quads(ox.NamedNode(iri), _LABEL)]
        labels = [each for each in found if isinstance(each, ox.Literal)]
        return min((each.value for each in labels if each.language in ("en", None)), default="")

    def _above(self) -> dict[str, set[str]]:
        direct: dict[str, set[str]] = {}
        for below, parent in self._links(_SUBCLASS):
            direct.setdefault(below, set()).add(parent)
        above: dict[str, set[str]] = {}
        for each in direct:
            waiting, seen = [each], set[str]()
            while waiting:
                fresh = direct.get(waiting.pop(), set()) - seen
                seen |= fresh
                waiting += fresh
            above[each] = seen
        return above


def fold(text: str) -> str:
    """Return *text* without case, accents and signs, with single spaces between its words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", letters))


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
