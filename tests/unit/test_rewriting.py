"""Is a query evaluated in a better form only where that is allowed?"""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import paths
from kg.errors import MalformedQueryError
from kg.rewriting import RewritingStore
from kg.store import EVERYTHING, Dataset, GraphFormat, ResultFormat, Store
from kg.terms import DKG, ID

TRIPLES = GraphFormat("application/n-triples", ox.RdfFormat.N_TRIPLES)
CSV = ResultFormat("text/csv", ox.QueryResultsFormat.CSV)
SHARED = f"""PREFIX dkg: <{DKG}> PREFIX id: <{ID}>
SELECT ?effect {{
    ?one dkg:aboutProduct id:testomab ; dkg:effect ?effect ; dkg:frequency ?frequency .
    ?two dkg:aboutProduct id:testomab ; dkg:effect ?effect
}} ORDER BY ?effect"""


def answer(store: Store, text: str, dataset: Dataset = EVERYTHING) -> tuple[bytes, tuple[str, ...]]:
    found = store.query(text, dataset=dataset, solutions=CSV, graph=TRIPLES)
    return b"".join(found.chunks), found.rewritten


def test_a_better_form_has_the_same_answer_and_says_so(small_store: Store) -> None:
    plain, better = answer(small_store, SHARED), answer(RewritingStore(small_store), SHARED)
    assert plain[0] == better[0]
    assert plain[0].count(b"headache") == 2  # once for each claim of the same
    assert (plain[1], better[1]) == ((), ("split",))


def test_other_datasets_are_asked_as_the_query_stands(small_store: Store) -> None:
    graph = ox.NamedNode("https://w3id.org/drugkg/graph/testomab/page")
    for _ in range(2):
        found = answer(RewritingStore(small_store), SHARED, dataset=Dataset((graph,)))
        assert found[1] == ()
        assert found[0].count(b"headache") == 2


def test_what_is_wrong_is_said_of_the_text_that_was_sent(small_store: Store) -> None:
    wrong = SHARED.replace("ORDER BY ?effect", "ORDER BY ?effect )")
    messages = []
    for store in (small_store, RewritingStore(small_store)):
        with pytest.raises(MalformedQueryError) as caught:
            answer(store, wrong)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_all_else_is_done_by_the_store_behind(small_store: Store) -> None:
    store = RewritingStore(small_store)
    assert store.manifest is small_store.manifest
    assert list(store.quads()) == list(small_store.quads())
    assert not hasattr(store, "version")


@pytest.mark.parametrize("path", sorted(paths.QUERIES.glob("*.rq")), ids=lambda path: path.stem)
def test_the_named_queries_have_the_same_answers(store: Store, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain, better = answer(store, text)[0], answer(RewritingStore(store), text)[0]
    assert sorted(plain.splitlines()) == sorted(better.splitlines())  # some rows rank equal
