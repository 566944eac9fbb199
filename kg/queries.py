"""Read the named queries: SPARQL files headed by YAML in ``#+`` comments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import ParameterError, QueryHeaderError, UnknownQueryError
from kg.paths import QUERIES, shown
from kg.terms import PREFIXES, XSD

_LEXICAL: Final = {  # XML Schema 1.1 part 2, sections 3.3.3, 3.4.13 and 3.3.9 (years 0001 to 9999)
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "date": re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])?"),
}
TYPES: Final = ("iri", "string", *_LEXICAL)
_PREFIX: Final = re.compile(r"^\s*PREFIX\s+([^\s:]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """Describe a variable of a query that whoever asks gives a value."""

    name: str
    type: str
    description: str = ""
    default: str | None = None
    enum: tuple[str, ...] = ()
    example: str | None = None


@dataclass(frozen=True)
class Expectation:
    """Say what the answer is by the word of a source, and where the source says so.

    A row is what is expected of some columns, as text; it may leave other columns out.
    """

    because: str
    given: Mapping[str, str]
    contains: tuple[Mapping[str, str], ...] = ()
    excludes: tuple[Mapping[str, str], ...] = ()
    ordered: tuple[Mapping[str, str], ...] = ()
    count: int | None = None  # rows in the whole answer


@dataclass(frozen=True)
class Query:
    """Hold a query and what its header says about it."""

    name: str
    text: str
    title: str = ""
    description: str = ""
    question: str = ""
    parameters: tuple[Parameter, ...] = ()
    answers: tuple[Expectation, ...] = ()

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that may stand in values: those of the query, then our own."""
        return PREFIXES | dict(_PREFIX.findall(self.text))


def read(path: Path) -> Query:
    """Read the query in *path*; a file without a header is a query without parameters.

    Raises:
        QueryHeaderError: the header is not YAML, or has a key or type that is not known.
    """
    return parse(path.stem, path.read_text(encoding="utf-8"), shown(path))


def parse(name: str, text: str, place: str) -> Query:
    """Read the query *text*; *place* stands before what is wrong with it.

    Raises:
        QueryHeaderError: as for ``read``.
    """
    import yaml  # noqa: PLC0415 (no other request of a server needs it)

    lines = (line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        # Every scalar stays text: YAML would make 0.10 a float and NO a boolean.
        header = yaml.load("\n".join(lines), yaml.BaseLoader) or {}  # noqa: S506 (a safe loader)
        return Query(
            name=name,
            text=text,
            parameters=tuple(
                _parameter(parameter, about)
                for parameter, about in header.pop("parameters", {}).items()
            ),
            answers=tuple(_expectation(answer) for answer in header.pop("answers", ())),
            **header,
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise QueryHeaderError(f"{place}: the header is not as it should be: {error}") from error


def _parameter(name: str, about: Mapping[str, Any]) -> Parameter:
    parameter = Parameter(name, **{**about, "enum": tuple(about.get("enum", ()))})
    if parameter.type not in TYPES:
        raise ValueError(f"{name} is of type {parameter.type!r}; there are: {', '.join(TYPES)}")
    return parameter


def _expectation(answer: Mapping[str, Any]) -> Expectation:
    rows = {key: tuple(answer.get(key, ())) for key in ("contains", "excludes", "ordered")}
    count = int(answer["count"]) if "count" in answer else None
    return Expectation(**{"given": {}, **answer, **rows, "count": count})


def named(directory: Path = QUERIES) -> dict[str, Query]:
    """Return every query in *directory* by its name."""
    return {path.stem: read(path) for path in sorted(directory.glob("*.rq"))}


def find(name: str, directory: Path = QUERIES) -> Query:
    """Return the query called *name*.

    Raises:
        UnknownQueryError: there is none.
    """
    names = [path.stem for path in sorted(directory.glob("*.rq"))]
    if name not in names:
        raise UnknownQueryError(name, names)
    return read(directory / f"{name}.rq")


def bindings(query: Query, given: Mapping[str, str]) -> dict[str, ox.NamedNode | ox.Literal]:
    """Return the terms to bind to the parameters of *query*, from text or from their defaults.

    Raises:
        ParameterError: one is unknown, missing, or not of its type.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    faults = [
        ParameterError(name, f"not one of: {', '.join(known) or 'none'}")
        for name in given
        if name not in known
    ]
    terms = {}
    for name, parameter in known.items():
        try:
            terms[name] = _bound(parameter, given.get(name, parameter.default), query.prefixes())
        except ParameterError as error:
            faults.append(error)
    if faults:
        raise ParameterError.all_of(faults)
    return terms


def _bound(
    parameter: Parameter, text: str | None, prefixes: Mapping[str, str]
) -> ox.NamedNode | ox.Literal:
    name = parameter.name
    if text is None:
        example = f", for example {parameter.example}" if parameter.example else ""
        raise ParameterError(name, f"has no default and needs a value{example}")
    if parameter.enum and text not in parameter.enum:
        raise ParameterError(name, f"{text!r} is not one of: {', '.join(parameter.enum)}")
    try:
        return term(parameter.type, text, prefixes)
    except ValueError as error:
        raise ParameterError(name, str(error)) from error


def term(kind: str, text: str, prefixes: Mapping[str, str]) -> ox.NamedNode | ox.Literal:
    """Read *text* as a term of type *kind*; an IRI may use one of *prefixes*, or stand in ``<…>``.

    Raises:
        ValueError: it is not one.
    """
    if kind == "iri":
        return _iri(text, prefixes)
    if kind in _LEXICAL and not _LEXICAL[kind].fullmatch(text):  # Literal() accepts anything
        raise ValueError(f"{text!r} is not an xsd:{kind}")
    if kind == "date":
        date.fromisoformat(text[:10])  # refuses 31 February
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


def _iri(text: str, prefixes: Mapping[str, str]) -> ox.NamedNode:
    prefix, colon, local = text.partition(":")
    if text.startswith("<") and text.endswith(">"):
        iri = text[1:-1]
    elif colon and prefix in prefixes:
        iri = prefixes[prefix] + local
    elif colon and prefix != "urn" and not local.startswith("//"):
        # A misspelt prefix would be a scheme of its own, of which nothing is known.
        known = ", ".join(prefixes)
        raise ValueError(f"{text!r} has a prefix that is not one of {known}; or write <{text}>")
    else:
        iri = text
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an IRI") from error
