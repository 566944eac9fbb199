"""Look things up in all quads of a release, always in the same order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from kg.terms import PREFIXES

_LABEL: Final = "rdfs:label"


class Graph:
    """Hold quads by subject and by object; properties are given as CURIEs such as ``dkg:arm``."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.quads = tuple(sorted(set(quads), key=str))
        self._out: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        self._in: dict[tuple[str, str], list[str]] = defaultdict(list)
        for triple in dict.fromkeys(quad.triple for quad in self.quads):
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                own = self._out.setdefault(subject.value, {})
                own.setdefault(predicate, []).append(value)
                if isinstance(value, ox.NamedNode):
                    self._in[value.value, predicate].append(subject.value)

    def terms(self, subject: str, curie: str) -> list[ox.NamedNode | ox.Literal]:
        """Return the values of a property, in order of their text."""
        return self._out.get(subject, {}).get(expanded(curie), [])

    def iris(self, subject: str, curie: str) -> tuple[str, ...]:
        """Return those values of a property that are IRIs."""
        found = self.terms(subject, curie)
        return tuple(each.value for each in found if isinstance(each, ox.NamedNode))

    def texts(self, subject: str, curie: str) -> tuple[str, ...]:
        """Return the text of those values of a property that are literals."""
        found = self.terms(subject, curie)
        return tuple(each.value for each in found if isinstance(each, ox.Literal))

    def iri(self, subject: str, curie: str) -> str:
        """Return the first IRI, or nothing."""
        return next(iter(self.iris(subject, curie)), "")

    def text(self, subject: str, curie: str) -> str:
        """Return the first text, or nothing."""
        return next(iter(self.texts(subject, curie)), "")

    def subjects(self, curie: str, value: str) -> tuple[str, ...]:
        """Return what has *value* for a property."""
        return tuple(self._in.get((value, expanded(curie)), ()))

    def having(self, curie: str) -> tuple[str, ...]:
        """Return every subject of a property."""
        predicate = expanded(curie)
        return tuple(each for each, facts in self._out.items() if predicate in facts)

    def label(self, iri: str) -> str:
        """Return the English name of *iri*, or nothing."""
        found = [each for each in self.terms(iri, _LABEL) if isinstance(each, ox.Literal)]
        return min((each.value for each in found if each.language in ("en", None)), default="")

    def facts(self, subject: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
        """Yield each property of *subject*, as an IRI, with each of its values."""
        for predicate, values in self._out.get(subject, {}).items():
            for value in values:
                yield predicate, value


def expanded(curie: str) -> str:
    """Return the IRI that *curie* stands for.

    Raises:
        KeyError: its prefix is not one of ours.
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local
