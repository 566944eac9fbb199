"""Can a person ask SPARQL from the page, without a script?"""

import pytest
from flask.testing import FlaskClient

from api.pages.example import as_text
from kg import queries, query_corpus
from kg.queries import Query

QUERIES = queries.named()
HTML = {"Accept": "text/html"}
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
