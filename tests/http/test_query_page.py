"""Can a person ask SPARQL from the page, without a script?"""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from api.pages.ask import HELP, MOST
from api.pages.example import as_text
from kg import queries, query_corpus
from kg.queries import Query
from tests.http.conftest import Check

QUERIES = queries.named()
EACH = pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))


@EACH
def test_example_as_text_answers_what_the_named_query_answers(
    client: FlaskClient, query: Query
) -> None:
    given = {each.name: each.example for each in query.parameters if each.example is not None}
    graph = query_corpus.form(query) == "construct"
    form = "nt" if graph else "csv"
    by_name = client.get(
        f"/queries/{query.name}",
        query_string={**given, "format": form, **({} if graph else {"limit": 10000})},
    )
    by_text = client.post("/sparql", data={"query": as_text(query), "format": form})
    assert by_text.status_code == 200, by_text.text
    if graph:
        assert sorted(by_text.text.splitlines()) == sorted(by_name.text.splitlines())
    else:
        assert by_text.text == by_name.text


def asked(client: FlaskClient, query: str) -> str:
    page = client.get("/query", query_string={"query": query, "form": "plain"})
    assert page.mimetype == "text/html"
    assert escape(query) in page.text  # nothing that was typed is lost
    return page.text


def test_page_starts_from_a_question(client: FlaskClient) -> None:
    page = client.get("/query").text
    for query in QUERIES.values():
        assert f'href="/query?example={query.name}#ask"' in page
    chosen = client.get("/query?example=mechanism").text
    assert str(escape(as_text(QUERIES["mechanism"]))) in chosen


def test_table_links_to_what_it_names(client: FlaskClient) -> None:
    page = asked(client, "SELECT ?o { <id/kesimpta> <vocab#hasActiveSubstance> ?o }")
    assert '<td><a href="/id/ofatumumab">id:ofatumumab</a></td>' in page
    assert "1 row<" in page


def test_yes_or_no_is_said_in_words(client: FlaskClient) -> None:
    assert ">Yes<" in asked(client, "ASK { ?s ?p ?o }")
    assert ">No<" in asked(client, "ASK { <a> <b> <c> }")


def test_graph_is_shown_in_turtle(client: FlaskClient) -> None:
    page = asked(client, "CONSTRUCT WHERE { <id/kesimpta> <vocab#hasActiveSubstance> ?o }")
    assert "id:kesimpta dkg:hasActiveSubstance id:ofatumumab" in page


def test_no_row_is_not_called_no(client: FlaskClient) -> None:
    assert "unknown" in asked(client, "SELECT * { <a> <b> ?c }")


def test_cut_table_says_so_and_the_files_are_whole(client: FlaskClient) -> None:
    query = "SELECT * { ?s ?p ?o }"
    page = asked(client, query)
    total = client.get("/health").get_json()["quads"]
    assert page.count("<tr>") == MOST + 1
    assert "of which the first 1,000 are shown" in page
    (address,) = re.findall(r'href="(/sparql\?[^"]*format=csv)"', page)
    assert 1000 < len(client.get(unescape(address)).text.splitlines()) <= total + 1


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml"])
def test_answer_can_be_downloaded(client: FlaskClient, name: str) -> None:
    page = asked(client, "SELECT ?o { <id/kesimpta> <vocab#hasActiveSubstance> ?o }")
    (address,) = re.findall(rf'href="(/sparql\?[^"]*format={name})"', page)
    assert "ofatumumab" in client.get(unescape(address)).text


def test_malformed_query_shows_where(client: FlaskClient) -> None:
    page = client.get("/query", query_string={"query": "SELECT *\n{ ?s ?p }", "form": "plain"})
    assert page.status_code == 400
    assert "Line 2, column 3" in page.text
    assert "<mark>{ ?s ?p }</mark>\n  ^</pre>" in page.text
    assert 'aria-describedby="fault"' in page.text


def test_refusal_says_what_to_do(client: FlaskClient) -> None:
    text = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
    page = client.get("/query", query_string={"query": text})
    assert page.status_code == 403
    assert HELP["service-refused"] in unescape(page.text)


def test_markup_in_a_query_is_text(client: FlaskClient) -> None:
    page = asked(client, 'SELECT ("<script>alert(1)</script>" AS ?x) {}')
    assert "<script>alert" not in page
    page = asked(client, "SELECT <script>alert(1)</script>")
    assert "<script>alert" not in page


def test_unknown_example_and_parameter_are_problems(client: FlaskClient, problem: Check) -> None:
    problem(client.get("/query?example=none"), 404, "unknown-query")
    problem(client.get("/query?none=1"), 400, "bad-parameter")


def test_policy_names_no_other_host_and_no_eval(client: FlaskClient) -> None:
    policy = client.get("/query").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
