"""Know the names that the JSON-LD context gives, and the one shape of the values of each."""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from kg.terms import RDF, XSD, split

CONTEXT_PATH: Final = "/context/v1.jsonld"  # documents name their context by this path
_INCLUDED: Final = "@included"


class Kind(Enum):
    """Say in which form the values of a term are written."""

    NODE = "an object with @id"
    ENGLISH = "a string, in English"
    STRING = "a string, in no language"
    TYPED = "a string, of the datatype of the term"
    VALUE = "an object with @value and its language or datatype"
    NATIVE = "a number without fraction, or a boolean"


@dataclass(frozen=True)
class Term:
    """Describe a name that stands for a property."""

    name: str
    iri: str
    kind: Kind
    many: bool  # its values stand in an array, be there one or none
    datatype: str = ""  # of the values of a TYPED term


class Context:
    """Hold what one context file defines.

    A term has values of one kind only. What does not fit stands under the name of the property
    with its prefix, always as an array, so that the values of a term never change their shape.
    """

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.definitions: dict[str, Any] = json.loads(self.content)["@context"]
        self._prefixes = {
            name: about["@id"]
            for name, about in self.definitions.items()
            if isinstance(about, dict) and about.get("@prefix")
        }
        self.lists = frozenset(
            name for name, about in self.definitions.items() if about == _INCLUDED
        )
        self.terms: dict[str, Term] = {}
        self._names: dict[str, str] = {}
        for name, about in self.definitions.items():
            if isinstance(about, dict) and "@id" in about and not about.get("@prefix"):
                term = self._term(name, about)
                self.terms[term.iri] = term
                self._names[term.iri] = name

    def name(self, iri: str) -> str:
        """Return the shortest name of a class or property."""
        return self._names.get(iri) or self.curie(iri)

    def curie(self, iri: str) -> str:
        """Return *iri* with one of the prefixes of the context if that can be, else whole."""
        prefix, local = split(iri, self._prefixes)
        return f"{prefix}:{local}" if prefix else iri

    def expand(self, name: str) -> str:
        """Return the IRI of *name*, which is a term, a CURIE or an IRI."""
        about = self.definitions.get(name)
        if isinstance(about, dict) and "@id" in about:
            return name_of(about["@id"], self._prefixes)
        return name_of(name, self._prefixes)

    def _term(self, name: str, about: dict[str, Any]) -> Term:
        iri = name_of(about["@id"], self._prefixes)
        many = about.get("@container") == "@set"
        match about:
            case {"@type": "@id"}:
                return Term(name, iri, Kind.NODE, many)
            case {"@type": "@none"}:
                return Term(name, iri, Kind.VALUE, many)
            case {"@type": str() as datatype}:
                return Term(name, iri, Kind.TYPED, many, name_of(datatype, self._prefixes))
            case {"@language": None}:
                return Term(name, iri, Kind.STRING, many, XSD + "string")
            case {"@language": "en"}:
                return Term(name, iri, Kind.ENGLISH, many, RDF + "langString")
        return Term(name, iri, Kind.NATIVE, many)


def name_of(curie: str, prefixes: dict[str, str]) -> str:
    """Return the IRI that *curie* stands for, or itself if it has none of *prefixes*."""
    prefix, colon, local = curie.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes else curie
