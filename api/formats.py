"""List every format we write, and choose one by name or by ``Accept``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import pyoxigraph as ox
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable

from kg.store import GraphFormat, ResultFormat

Syntax = TypeVar("Syntax", ox.QueryResultsFormat, ox.RdfFormat)


@dataclass(frozen=True)
class Offer(Generic[Syntax]):
    """Describe a format: its names in ``?format=`` and file names, its media types, ours first."""

    names: tuple[str, ...]
    media_types: tuple[str, ...]
    syntax: Syntax


# The first row answers */*. The media types are those of the standards, then what clients send.
SOLUTIONS: Final = (
    Offer(
        ("json", "srj"),
        ("application/sparql-results+json", "application/json"),
        ox.QueryResultsFormat.JSON,
    ),
    Offer(
        ("xml", "srx"),
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        ox.QueryResultsFormat.XML,
    ),
    Offer(
        ("csv",),
        ("text/csv", "text/csv;header=present", "text/csv;charset=utf-8"),
        ox.QueryResultsFormat.CSV,
    ),
    Offer(
        ("tsv",),
        ("text/tab-separated-values", "text/tab-separated-values;charset=utf-8"),
        ox.QueryResultsFormat.TSV,
    ),
)
GRAPHS: Final = (
    Offer(
        ("ttl", "turtle", "n3"),
        ("text/turtle", "text/turtle;charset=utf-8", "application/x-turtle"),
        ox.RdfFormat.TURTLE,
    ),
    Offer(
        ("jsonld", "json", "json-ld"),
        ("application/ld+json", "application/json"),
        ox.RdfFormat.JSON_LD,
    ),
    Offer(("nt", "ntriples"), ("application/n-triples", "text/plain"), ox.RdfFormat.N_TRIPLES),
    Offer(("nq", "nquads"), ("application/n-quads",), ox.RdfFormat.N_QUADS),
    Offer(("trig",), ("application/trig",), ox.RdfFormat.TRIG),
    Offer(("rdf", "xml", "rdfxml", "rdf+xml"), ("application/rdf+xml",), ox.RdfFormat.RDF_XML),
)
DOCUMENTS: Final = (GRAPHS[1], GRAPHS[0], *GRAPHS[2:])  # of one IRI: JSON-LD unless asked otherwise


class NotOfferedError(NotAcceptable):
    """Answer 406 and list what could have been asked for."""

    def __init__(self, offered: Sequence[str], asked: str) -> None:
        """Keep the media types that are *offered*."""
        self.offered = offered
        super().__init__(f"{asked} is not on offer; there are: {', '.join(offered)}")


def media_types(*offers: Offer[Any]) -> list[str]:
    """Return our media type of each of *offers*."""
    return [offer.media_types[0] for offer in offers]


def choose(
    offers: Sequence[Offer[Syntax]], accept: MIMEAccept, name: str | None = None
) -> tuple[str, Syntax] | None:
    """Return the media type and syntax that *name*, or else *accept*, prefers among *offers*."""
    if name is not None:
        for offer in offers:
            if name in offer.names or name in offer.media_types:
                media_type = name if name in offer.media_types else offer.media_types[0]
                return media_type, offer.syntax
        return None
    ours = {offer.media_types[0]: offer.syntax for offer in offers}  # first, for text/* and */*
    syntaxes = ours | {media: offer.syntax for offer in offers for media in offer.media_types}
    best = accept.best_match(syntaxes) if accept else offers[0].media_types[0]
    return (best, syntaxes[best]) if best is not None else None


def solutions(accept: MIMEAccept, name: str | None) -> ResultFormat | None:
    """Return the format for solutions that is asked for, if any is on offer."""
    chosen = choose(SOLUTIONS, accept, name)
    return ResultFormat(*chosen) if chosen else None


def graph(accept: MIMEAccept, name: str | None) -> GraphFormat | None:
    """Return the format for graphs that is asked for, if any is on offer."""
    chosen = choose(GRAPHS, accept, name)
    return GraphFormat(*chosen) if chosen else None


def extension(media_type: str) -> str:
    """Return what the name of a file of *media_type* ends with."""
    return next(
        offer.syntax.file_extension
        for offer in (*SOLUTIONS, *GRAPHS)
        if media_type in offer.media_types
    )


def content_type(media_type: str) -> str:
    """Return *media_type* with the character encoding, if it is a type that has one."""
    if media_type.startswith("text/") and "charset" not in media_type:
        return (
            media_type.replace(";", "; charset=utf-8; ", 1)
            if ";" in media_type
            else (f"{media_type}; charset=utf-8")
        )
    return media_type
