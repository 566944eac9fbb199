"""Give each name of an effect or a condition one term, the same in every document."""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeAlias

import pyoxigraph as ox

from kg.ingest.lookup import Term
from kg.terms import DKG, ID, PREFIXES

Value: TypeAlias = str | int | bool | Decimal | ox.NamedNode

_LONGEST_LABEL: Final = 100
_NAMES: Final = 16_384  # kept in the form that is one for all documents
_CAPITALISED = re.compile(r"\W*[^\W\d_][^\W\d_A-Z]+\W*")


class Finds(Protocol):
    """Find the term that some words name."""

    def find(self, words: str) -> Term | None:
        """Return the term of these *words*, or None."""


class Nothing:
    """Link no name to any term."""

    def find(self, words: str) -> Term | None:
        """Return None."""
        del words
        return None


class Names:
    """Give each name of one class of things a term."""

    def __init__(self, kind: Literal["Effect", "Condition"], terms: Finds) -> None:
        """Take the class of what is named, and what finds terms in vocabularies."""
        self._kind, self._terms = kind, terms
        self._found: dict[tuple[str, str], tuple[str, Term | None]] = {}

    def of(self, name: str, language: str) -> ox.NamedNode:
        """Return the IRI of what *name* means."""
        key = (canonical(name), language)
        if key not in self._found:
            term = self._terms.find(name) if language == "en" else None
            iri = term.iri if term and not term.match else self._iri(*key)
            self._found[key] = (iri, term)
        return ox.NamedNode(self._found[key][0])

    def label(self, name: str, language: str) -> str:
        """Return the English label of what *name* means, the same in every document."""
        _, term = self._found[canonical(name), language]
        if term and not term.match:
            return term.label
        return _labelled(canonical(name), language)

    def described(self) -> Iterator[dict[str, Value]]:
        """Yield the fields of each name that no curated fact describes."""
        for (name, language), (iri, term) in self._found.items():
            if term and not term.match:
                continue
            values: dict[str, Value] = {
                "class": ox.NamedNode(DKG + self._kind),
                "iri": ox.NamedNode(iri),
                "label": _labelled(name, language),
                "words": name,
                "language": language,
            }
            if term:
                values |= {
                    "term": ox.NamedNode(term.iri),
                    "termLabel": term.label,
                    "match": ox.NamedNode(PREFIXES["skos"] + term.match),
                    "confidence": term.confidence,
                    "verifiedIn": term.verified_in,
                }
            yield values

    def _iri(self, name: str, language: str) -> str:
        return ID + slug(f"{self._kind.lower()}-{language}-{name}")


@lru_cache(_NAMES)
def canonical(name: str) -> str:
    """Return *name* without capitals that only begin a word, so that it is one in all documents."""
    return " ".join(
        word.casefold() if _CAPITALISED.fullmatch(word) else word for word in name.split()
    )


def slug(text: str) -> str:
    """Return *text* as the local part of an IRI; what has to be left out is hashed into it."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if plain == text:
        return plain
    return f"{plain[:80]}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _labelled(name: str, language: str) -> str:
    return (name if language == "en" else f"{name} ({language})")[:_LONGEST_LABEL]
