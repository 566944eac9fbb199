"""Is the format chosen that a client prefers among those we write?"""

import pyoxigraph as ox
import pytest
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from api import formats
from api.formats import DOCUMENTS, GRAPHS, SOLUTIONS


def accept(header: str) -> MIMEAccept:
    return parse_accept_header(header, MIMEAccept)


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("text/csv;header=present", "text/csv;header=present"),
        ("text/csv; charset=UTF-8", "text/csv;charset=utf-8"),
        ("text/*", "text/csv"),
        ("application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("TEXT/CSV", "text/csv"),
        ("image/png", None),
        ("text/turtle", None),
    ],
)
def test_accept_chooses_a_format_for_solutions(header: str, media_type: str | None) -> None:
    chosen = formats.choose(SOLUTIONS, accept(header))
    assert (chosen and chosen[0]) == media_type


@pytest.mark.parametrize(
    ("header", "syntax"),
    [
        ("", ox.RdfFormat.TURTLE),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-quads;q=0.1, application/trig;q=0.2", ox.RdfFormat.TRIG),
        ("text/plain", ox.RdfFormat.N_TRIPLES),
    ],
)
def test_accept_chooses_a_format_for_graphs(header: str, syntax: ox.RdfFormat) -> None:
    chosen = formats.choose(GRAPHS, accept(header))
    assert chosen is not None
    assert chosen[1] == syntax


def test_documents_are_json_ld_unless_asked_otherwise() -> None:
    assert formats.choose(DOCUMENTS, accept("*/*")) == ("application/ld+json", ox.RdfFormat.JSON_LD)
    assert set(DOCUMENTS) == set(GRAPHS)


def test_name_beats_accept() -> None:
    chosen = formats.choose(SOLUTIONS, accept("text/csv"), "xml")
    assert chosen == ("application/sparql-results+xml", ox.QueryResultsFormat.XML)
    assert formats.choose(SOLUTIONS, accept("text/csv"), "text/csv") is not None
    assert formats.choose(SOLUTIONS, accept("text/csv"), "pdf") is None


def test_each_name_and_media_type_stands_once() -> None:
    for offers in (SOLUTIONS, GRAPHS):
        names = [name for offer in offers for name in offer.names]
        types = [kind for offer in offers for kind in offer.media_types]
        assert len(names) == len(set(names))
        assert len(types) == len(set(types))


def test_first_media_type_is_that_of_the_standard() -> None:
    for offer in (*SOLUTIONS, *GRAPHS):
        assert offer.syntax.media_type.split(";")[0] == offer.media_types[0]
        assert offer.syntax.file_extension in offer.names


@pytest.mark.parametrize(
    ("media_type", "content_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;header=present", "text/csv; charset=utf-8; header=present"),
        ("text/csv;charset=utf-8", "text/csv;charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
    ],
)
def test_text_says_its_encoding(media_type: str, content_type: str) -> None:
    assert formats.content_type(media_type) == content_type
