"""What never fails: any Accept and any text."""

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from api.formats import DOCUMENTS, GRAPHS, SOLUTIONS, Offer
from kg.errors import ServiceRefusedError
from kg.sparql import refuse_service

FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

TYPES = [kind for offer in (*SOLUTIONS, *GRAPHS) for kind in offer.media_types]
RANGES = st.sampled_from([*TYPES, "*/*", "text/*", "application/*", "image/png", "text/html"])
QUALITIES = st.sampled_from(["", ";q=0", ";q=0.5", ";q=1", ";q=1.0000", ";q=x", ";level=1"])
VISIBLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
ACCEPTS = st.lists(st.builds(str.__add__, RANGES, QUALITIES), max_size=5).map(", ".join) | VISIBLE
VOCABULARY = """
    SELECT ASK CONSTRUCT DESCRIBE WHERE FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES
    SERVICE SILENT ORDER BY LIMIT DISTINCT COUNT AS PREFIX a true 1 0.5 ?s ?p $o * ( ) { } [ ]
    . ; , / | ^ + - ! < > = && 'x' "y"@en <a> <http://e/> dkg:Claim dkg: _:b << >> # \\
"""
WORDS = st.sampled_from(VOCABULARY.split())
QUERIES = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60)

GAPS = st.lists(
    st.sampled_from([" ", "\n", "\t", "#x\n", "# } <a> {\r\n", "#'\n"]), max_size=3
).map("".join)
KEYWORDS = st.sampled_from(["SERVICE", "service", "Service", "SeRvIcE"])
SILENT = st.sampled_from(["", "SILENT", "silent"])
ENDPOINTS = st.sampled_from(
    ["<http://127.0.0.1/>", "<http://127.0.0.1/#a>", "?o", "$o", "e:x", "e:", "e:a\\#b"]
)
BEFORE = st.sampled_from(
    ["", "?s ?p ?o . ", "?s ?p 1", "?s ?p true", "?s ?p ?o ; ", "{} ", "?s ?p 'a'", "?s ?p ?o #\n"]
)


def is_listed_or_406(response: TestResponse, offers: Sequence[Offer[Any]]) -> bool:
    offered = {kind.split(";")[0] for offer in offers for kind in offer.media_types}
    if response.status_code == 406:
        return response.mimetype in {"application/problem+json", "text/html"}
    return response.status_code == 200 and response.mimetype in offered


@FIXTURES
@given(accept=ACCEPTS)
@pytest.mark.parametrize("path", ["/id/testomab", "/source/page", "/vocab"])
def test_any_accept_gets_a_listed_type_or_406(small: FlaskClient, path: str, accept: str) -> None:
    response = small.get(path, headers={"Accept": accept})
    assert response.mimetype == "text/html" or is_listed_or_406(response, DOCUMENTS)


@FIXTURES
@given(accept=ACCEPTS)
@pytest.mark.parametrize(
    ("query", "offers"),
    [("ASK {}", SOLUTIONS), ("SELECT * {}", SOLUTIONS), ("DESCRIBE <a>", GRAPHS)],
)
def test_any_accept_of_an_answer_gets_a_type_of_its_kind_or_406(
    small: FlaskClient, query: str, offers: Sequence[Offer[Any]], accept: str
) -> None:
    response = small.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert is_listed_or_406(response, offers)


@FIXTURES
@given(query=QUERIES)
def test_any_text_is_an_answer_or_a_problem(small: FlaskClient, query: str) -> None:
    response = small.post("/sparql", data={"query": query})
    assert response.status_code in {200, 400, 403}
    assert response.mimetype == "application/problem+json" or response.status_code == 200


@FIXTURES
@given(body=st.binary(max_size=60))
def test_any_bytes_are_an_answer_or_a_problem(small: FlaskClient, body: bytes) -> None:
    response = small.post("/sparql", data=body, content_type="application/sparql-query")
    assert response.status_code in {200, 400}


@FIXTURES
@given(name=st.text(min_size=1, max_size=20))
def test_any_path_is_found_or_not(small: FlaskClient, name: str) -> None:
    refused = {400, 406} if "?" in name else set()  # what follows is a parameter that means nothing
    assert small.get(f"/id/{name}").status_code in {200, 308, 404} | refused


@given(parts=st.tuples(BEFORE, KEYWORDS, GAPS, SILENT, GAPS, ENDPOINTS, GAPS))
def test_no_spelling_of_a_call_gets_through(parts: tuple[str, ...]) -> None:
    call = "".join(parts)
    text = f"PREFIX e: <http://127.0.0.1/> SELECT * {{ {call} {{ ?a ?b ?c }} }}"
    try:
        ox.Store().query(text.replace("127.0.0.1", "127.0.0.1:1"))
    except SyntaxError:
        return  # no query at all, such as SERVICE?o… without its endpoint
    except (OSError, RuntimeError, ValueError):
        pass
    with pytest.raises(ServiceRefusedError):
        refuse_service(text)
