"""Does a query that was put in another way mean what was asked?"""

from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.judging import Spread
from kg.outline import outline
from kg.rewrite import MINUS, SPLIT, Rewritten, read, rewrite

NODES = [ox.NamedNode(f"http://e/{name}") for name in "abcd"]
PREDICATES = [ox.NamedNode(f"http://e/{name}") for name in "pq"]
VALUES: list[ox.NamedNode | ox.Literal] = [
    *NODES,
    ox.Literal("x"),
    ox.Literal("x", language="en"),
    ox.Literal(1),
]
SEEDED = Random(0)  # noqa: S311 (any order will do)
VARIABLES = ["?s", "?t", "?u", "?v", "?w"]
PREFIX = "PREFIX e: <http://e/> "

EVERY = [ox.Quad(s, p, o) for s in NODES for p in PREDICATES for o in VALUES]

# Half of all triples there can be, so that many queries have solutions.
graphs = st.randoms(use_true_random=False).map(
    lambda random: [quad for quad in EVERY if random.random() < 0.5]
)
subjects = st.sampled_from([*VARIABLES, "e:a", "e:b"])
predicates = st.sampled_from(["e:p", "e:q", "e:p", "e:q", "?p"])
objects = st.sampled_from([*VARIABLES, *VARIABLES, "e:a", "e:c", '"x"', '"x"@en', "1"])
triples = st.builds("{} {} {} .".format, subjects, predicates, objects)
runs = st.lists(triples, min_size=1, max_size=5).map(" ".join)
filters = st.one_of(
    st.builds("FILTER({} != {})".format, st.sampled_from(VARIABLES), st.sampled_from(VARIABLES)),
    st.builds("FILTER(BOUND({}))".format, st.sampled_from(VARIABLES)),
    st.builds("FILTER NOT EXISTS {{ {} }}".format, runs),
    st.builds("FILTER NOT EXISTS {{ {} }}".format, triples),
    st.builds("FILTER EXISTS {{ {} }}".format, triples),
)
options = st.builds("OPTIONAL {{ {} }}".format, runs)
groups = st.builds(
    "{} {} {} {}".format, runs, st.one_of(filters, options), st.one_of(st.just(""), filters), runs
) | st.builds("{} {}".format, runs, st.lists(filters | options, max_size=3).map(" ".join))
heads = st.one_of(
    st.just("SELECT *"),
    st.just("SELECT ?s ?t ?u ?v ?w"),
    st.just("SELECT DISTINCT ?s ?v"),
    st.just("SELECT ?s (COUNT(*) AS ?n)"),
    st.just("SELECT ?t (COUNT(DISTINCT ?u) AS ?n) (MIN(?v) AS ?m)"),
)


def text(head: str, group: str) -> str:
    grouped = {"SELECT ?s (": " GROUP BY ?s", "SELECT ?t (": " GROUP BY ?t"}.get(head[:11], "")
    return f"{PREFIX}{head} {{ {group} }}{grouped}"


def answers(store: ox.Store, query: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return names, Counter(tuple(str(value) for value in solution) for solution in found)


def rewritten(query: str, random: Random) -> Rewritten | None:
    """Rewrite by counts that are not those of the data, so that every way is taken some time."""

    def spread(*_: object) -> Spread:
        return Spread(1, random.randrange(4), random.randrange(9))

    found = read(query)
    return rewrite(query, found, spread) if found is not None else None


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs, heads, groups, st.randoms(use_true_random=False))
@example(
    [ox.Quad(NODES[0], PREDICATES[0], NODES[0])],
    "SELECT *",
    "?s e:p ?t . OPTIONAL { ?s e:q ?u } FILTER NOT EXISTS { ?v e:p ?u }",
    SEEDED,
)
def test_a_rewritten_query_has_the_same_solutions_as_often(
    quads: list[ox.Quad], head: str, group: str, random: Random
) -> None:
    store = ox.Store()
    store.extend(quads)
    query = text(head, group)
    better = rewritten(query, random)
    if better is not None:
        assert answers(store, better.text) == answers(store, query), better.text


COMPARED = "?c e:p e:a . ?c e:q ?x . ?d e:p e:b . ?d e:q ?x ."
NEGATED = "?c e:p e:a . FILTER NOT EXISTS { ?d e:p e:b . ?d e:q ?c }"


@pytest.mark.parametrize(
    ("head", "group", "ways"),
    [
        ("SELECT ?x", COMPARED, (SPLIT,)),
        ("SELECT DISTINCT ?c", NEGATED, (MINUS,)),
        ("SELECT ?x", COMPARED + " FILTER NOT EXISTS { ?e e:p ?x }", (SPLIT, MINUS)),
    ],
)
def test_what_is_rewritten_and_by_which_ways(head: str, group: str, ways: tuple[str, ...]) -> None:
    better = rewritten(text(head, group), SEEDED)
    assert better is not None
    assert better.ways == ways


@pytest.mark.parametrize(
    ("head", "group", "tail"),
    [
        ("SELECT *", COMPARED, ""),  # the order of the columns would be another
        ("SELECT ?x", COMPARED, "LIMIT 1"),  # which solutions are given might be others
        ("SELECT ?x", COMPARED, "OFFSET 1"),
        ("SELECT REDUCED ?x", COMPARED, ""),
        ("SELECT (SAMPLE(?x) AS ?y)", COMPARED, ""),
        ("SELECT (GROUP_CONCAT(?x) AS ?y)", COMPARED, ""),
        ("SELECT (SUM(?x) AS ?y)", COMPARED, ""),  # of doubles, in another order
        ("SELECT ?x", COMPARED + " FILTER(RAND() > 0.5)", ""),
        ("SELECT ?x", "?c e:p ?x . FILTER NOT EXISTS { ?d e:p e:b }", ""),  # share nothing
        ("SELECT ?x", "?c e:p ?x . FILTER NOT EXISTS { ?c e:p ?d FILTER(?d != ?x) }", ""),
        ("SELECT ?x", "OPTIONAL { ?c e:p ?x } FILTER NOT EXISTS { ?c e:q ?d }", ""),
        ("SELECT ?x", "?c e:p ?x . ?c e:q ?d", ""),
    ],
)
def test_what_may_change_an_answer_or_gains_nothing_is_left_alone(
    head: str, group: str, tail: str
) -> None:
    query = f"{text(head, group)} {tail}"
    assert rewritten(query, SEEDED) is None
    assert outline(query) is None or answers(ox.Store(), query)
