"""Are only queries of bounded cost answered near by?"""

import time

import pyoxigraph as ox
import pytest

from kg.bounded import is_bounded
from kg.judging import ENTITY, Spread, Spreads
from kg.lanes import LaneStore
from kg.shapes import filled, marked, shape
from kg.store import EVERYTHING, Answer, Dataset, EmbeddedStore, ResultFormat, Store
from kg.terms import DKG, ID

PREFIX = f"PREFIX dkg: <{DKG}> PREFIX id: <{ID}> "
CSV = ResultFormat("text/csv", ox.QueryResultsFormat.CSV)


def even(fan: float, listed: float = 1) -> Spreads:
    """Let every predicate fan out to *fan*, and walk past *listed* triples for that."""
    return lambda *_: Spread(fan, fan, listed, listed, listed)


def select(group: str, tail: str = "") -> str:
    return f"{PREFIX}SELECT * {{ {group} }} {tail}"


@pytest.mark.parametrize(
    "group",
    [
        "id:a dkg:p ?x",
        "?x dkg:p id:a",
        "?x dkg:p id:a . ?x dkg:q ?y . ?z dkg:r ?y",
        "id:a dkg:p ?x FILTER(?x > 1) OPTIONAL { ?x dkg:q ?y OPTIONAL { ?y dkg:r ?z } }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y FILTER(?y > ?x) } OPTIONAL { ?x dkg:r ?z }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y . ?y dkg:r ?z OPTIONAL { ?y dkg:s ?u } }",
        "id:a dkg:p ?x . ?x a ?type",
        "VALUES ?x { id:a id:b } ?x dkg:p ?y",
        "?y dkg:p ?x VALUES ?x { id:a 'b'@en } ?y dkg:q ?z OPTIONAL { ?z dkg:r ?u }",
    ],
)
def test_a_tree_that_grows_from_one_thing_is_bounded_by_how_far_it_fans_out(group: str) -> None:
    assert is_bounded(select(group), even(5))
    assert not is_bounded(select(group), even(100_000))


@pytest.mark.parametrize(
    "group",
    [
        "?x dkg:p ?y",
        "id:a ?p ?x",
        "id:a id:p ?x",
        "id:a dkg:p ?x . ?y dkg:p ?z",
        "id:a dkg:p ?x . id:b dkg:p ?x",
        "id:a dkg:p ?x . ?x dkg:q id:b",
        "id:a dkg:p ?x . ?x dkg:q ?y . ?y dkg:r ?x",
        "id:a dkg:p ?x OPTIONAL { ?y dkg:p ?z }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:p* ?z }",
        "id:a dkg:p ?x FILTER NOT EXISTS { ?y dkg:p ?z }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y FILTER EXISTS { ?u ?v ?w } }",
        "id:a dkg:p ?x FILTER(RAND() > 0.5)",
        "id:a dkg:p+ ?x",
        "{ id:a dkg:p ?x }",
        "VALUES ?x { id:a UNDEF } ?x dkg:p ?y",
        "VALUES ?x { id:a } ?y dkg:p ?z",
        "VALUES ?x { id:a } ?x dkg:p id:b",
        "VALUES ?x { id:a } VALUES ?y { id:b } ?x dkg:p ?y",
        "VALUES (?x ?y) { (id:a id:b) } ?x dkg:p ?y",
        "?x dkg:p ?y OPTIONAL { ?y dkg:q ?z } VALUES ?x { id:a }",
        "?x dkg:p ?y OPTIONAL { ?y dkg:q ?z VALUES ?z { id:a } }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?z VALUES ?z { id:a } }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y . ?x dkg:r ?z }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y . ?y dkg:r ?z . ?y dkg:s ?u }",
        "id:a dkg:p ?x . ?x dkg:p ?y OPTIONAL { ?x dkg:q ?z . ?y dkg:q ?u }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y } OPTIONAL { ?x dkg:r ?y }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y } OPTIONAL { ?y dkg:r ?z }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y OPTIONAL { ?x dkg:r ?z } }",
        "id:a dkg:p ?x OPTIONAL { ?x dkg:q ?y OPTIONAL { ?y dkg:r ?z FILTER(?z > ?x) } }",
        "id:a dkg:p ?x . ?x dkg:p ?y OPTIONAL { ?x dkg:q ?z OPTIONAL { ?z dkg:r ?y } }",
        "?x dkg:q ?z OPTIONAL { ?x dkg:r ?y } ?x dkg:p id:a",
    ],
)
def test_what_may_be_met_from_elsewhere_is_not_bounded(group: str) -> None:
    assert not is_bounded(select(group), even(1))


def test_options_beside_each_other_multiply() -> None:
    beside = " ".join(f"OPTIONAL {{ ?x dkg:p{place} ?y{place} }}" for place in range(3))
    assert is_bounded(select(f"id:a dkg:p ?x {beside}"), even(6))
    assert not is_bounded(select(f"id:a dkg:p ?x {beside}"), even(12))


@pytest.mark.parametrize(
    "function", ["REPLACE(?l, '.', 'xxxxxxxxxx')", "encode_for_uri(?l)", "Concat(?l, ?l)"]
)
def test_a_function_that_lengthens_text_by_a_factor_is_not_bounded(function: str) -> None:
    text = f"{PREFIX}SELECT ({function} AS ?longer) {{ id:a dkg:p ?l }}"
    assert not is_bounded(text, even(1))
    assert is_bounded(text.replace(function, "STR(?l)"), even(1))
    assert not is_bounded(select(f"id:a dkg:p ?l FILTER(STRLEN({function}) > 1)"), even(1))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ {} FILTER(EXISTS {{ ?a ?b ?c }}) }}",
        "SELECT * {{ {} FILTER(!EXISTS {{ ?a ?b ?c }}) }}",
        "SELECT * {{ {} FILTER(1 = 1 && (NOT EXISTS {{ ?a ?b ?c }})) }}",
        "SELECT * {{ {} OPTIONAL {{ ?x dkg:q ?y FILTER(EXISTS {{ ?a ?b ?c }}) }} }}",
        "SELECT * {{ {} FILTER(REGEX(STR(?x), 'a{{100}}')) }}",
        "SELECT * {{ {} FILTER(SHA512(STR(?x)) = '') }}",
        "SELECT * {{ {} FILTER((?x IN (1, 2)) IN (1, 2)) }}",
        "SELECT * {{ {} FILTER(?x<?q#>) ?x dkg:q ?y FILTER(\n1 > 0) }}",
        "SELECT * {{ {} FILTER(?x<dkg:q#>) ?x dkg:q ?y FILTER(\n1 > 0) }}",
        "SELECT * {{ {} FILTER(<http://e/f>(?x)) }}",
        "SELECT * {{ {} FILTER(dkg:f(?x)) }}",
        "SELECT ('a long text' AS ?y) {{ {} }}",
        "SELECT * {{ {} }} ORDER BY REGEX(?x, 'a')",
    ],
)
def test_what_is_made_of_each_solution_is_bounded(query: str) -> None:
    assert is_bounded(f"{PREFIX}SELECT * {{ id:a dkg:p ?x }}", even(1))
    assert not is_bounded(PREFIX + query.format("id:a dkg:p ?x"), even(1))


def test_many_patterns_options_and_comparisons_are_not_bounded() -> None:
    chain = " ".join(f"?x{place} dkg:p ?x{place + 1} ." for place in range(16))
    assert not is_bounded(select(f"id:a dkg:p ?x0 . {chain}"), even(1))
    options = " ".join(f"OPTIONAL {{ ?x dkg:p ?y{place} }}" for place in range(9))
    assert not is_bounded(select(f"id:a dkg:p ?x {options}"), even(1))
    compared = " || ".join("?x = 1" for _ in range(200))
    assert not is_bounded(select(f"id:a dkg:p ?x FILTER({compared})"), even(1_000))
    added = "1" + "+1" * 200
    assert not is_bounded(select(f"id:a dkg:p ?x FILTER({added} > 0)"), even(1_000))


def test_what_may_have_more_rows_than_are_sent_is_not_bounded() -> None:
    assert is_bounded(select("id:a dkg:p ?x"), even(10), rows=10)
    assert not is_bounded(select("id:a dkg:p ?x"), even(11), rows=10)


def test_a_fan_of_fans_is_not_bounded() -> None:
    chain = " ".join(f"?x{place} dkg:p ?x{place + 1} ." for place in range(5))
    assert not is_bounded(select(f"id:a dkg:p ?x0 . {chain}"), even(10))
    assert is_bounded(select(f"id:a dkg:p ?x0 . {chain}"), even(2))


def test_what_the_engine_walks_past_is_bounded_too() -> None:
    """In memory it looks at every triple that a node is object of, whatever its predicate."""
    group = "id:a dkg:p ?x . ?y dkg:q ?x"
    assert is_bounded(select(group), even(10, 5_000))
    assert not is_bounded(select(group), even(10, 100_000))
    assert not is_bounded(select(f"{group} OPTIONAL {{ ?z dkg:r ?y }}"), even(10, 5_000))


def test_a_pattern_may_be_met_after_all_that_do_not_grow_from_it() -> None:
    """The engine knows nothing of fans, and so it may take the widest first."""
    wide = f"<{DKG}wide>"

    def spreads(predicate: str, *_: object) -> Spread:
        return Spread(*(2_000, 1, 9, 9, 9) if predicate == wide else (1, 1, 100, 100, 100))

    assert is_bounded(select("id:a dkg:p ?x . ?x dkg:q ?y . ?y dkg:wide ?z"), spreads)
    assert not is_bounded(select("id:a dkg:p ?x . ?x dkg:q ?y . ?x dkg:wide ?z"), spreads)


def test_each_value_of_a_list_fans_out() -> None:
    some = " ".join(f"id:{number}" for number in range(100))
    assert is_bounded(select(f"VALUES ?x {{ {some} }} ?x dkg:p ?y"), even(60))
    assert not is_bounded(select(f"VALUES ?x {{ {some} }} ?x dkg:p ?y"), even(1_000))
    assert key(select("VALUES ?x { id:a } ?x dkg:p ?y")) != key(
        select("VALUES ?x { id:a id:b } ?x dkg:p ?y")
    )


def key(text: str) -> str | None:
    found = shape(text)
    return found and found.key


def test_a_shape_forgets_entities_and_numbers_and_nothing_else() -> None:
    assert key(f"{PREFIX}SELECT * {{ <{ID}a> dkg:p 1 }}") == key(
        f"{PREFIX}SELECT * {{ <{ID}b> dkg:p 22 }}"
    )
    other = select("id:a dkg:p ?x").replace(DKG, "http://other/")
    assert key(select("id:a dkg:p ?x")) != key(other)
    assert key(select("<http://a/> dkg:p ?x")) != key(select("<http://b/> dkg:p ?x"))
    assert key(select("id:a dkg:p ?x")) == key(select("id:b dkg:p ?x"))
    assert key(select("id:a dkg:p ?x").replace(f"id: <{ID}>", "id: <urn:a>")) != key(
        select("id:b dkg:p ?x").replace(f"id: <{ID}>", "id: <urn:a>")
    )
    assert key("ASK {}") is None
    assert key(select(" " * 5_000)) is None


def test_predicates_that_differ_in_a_number_have_other_shapes() -> None:
    """One may fan out where the other does not."""
    assert key(select("id:a <http://e/1> ?x")) != key(select("id:a <http://e/2> ?x"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("id:a dkg:p ?1 . ?1 dkg:q ?2", "id:a dkg:p ?1 . ?2 dkg:q ?3"),
        ("id:a dkg:p $1", "id:a dkg:p $2"),
        ("VALUES ?v { 1 } ?id:nope ?v", "VALUES ?v { 1 } ?id:some ?v"),
        ("id:a dkg:1 ?x", "id:a dkg:2 ?x"),
        ("id:a dkg:p-1 ?x", "id:a dkg:p-2 ?x"),
        (f"?a dkg:p '<{ID}x>'", f"?a dkg:p '<{ID}')?b?c?d.FILTER(?a!='>'"),
        (f'?a dkg:p "\\t<{ID}x>"', f'?a dkg:p "\\t<{ID}")?b?c?d.FILTER(?a!=">"'),
    ],
)
def test_queries_of_other_structure_have_other_shapes(one: str, other: str) -> None:
    assert key(select(one)) != key(select(other))


def test_a_prefix_that_only_ends_in_ours_hides_nothing() -> None:
    prologue = f"PREFIX xid: <{ID}> PREFIX id: <http://e/> SELECT *"
    assert key(f"{prologue} {{ xid:a id:p ?x }}") != key(f"{prologue} {{ xid:a id:q ?x }}")


def test_an_entity_and_a_number_have_other_shapes() -> None:
    forms = ("id:a dkg:p 5", f"id:a dkg:p <{ID}5>", "id:a dkg:p id:5", 'id:a dkg:p "5"')
    assert len({key(select(form)) for form in forms}) == len(forms)


@pytest.mark.parametrize(
    "group",
    [
        "id:a dkg:p 5.25, 0, id:b-1, id:a",
        f"<{ID}a/b> dkg:p <{ID}> , <{ID}a> ; <http://e/12> ?x1 # 12 id:c",
        'id:a dkg:p "id:a 12", "\\" 5 \\"" , <http://e/id:b> , x:id:b , id:b.c',
    ],
)
def test_a_marked_query_that_is_filled_is_the_query(group: str) -> None:
    text = select(group, "LIMIT 10")
    found = shape(text)
    assert found is not None
    assert filled(marked(text), found.named) == text


class Far:
    """Be a store that says what it was asked."""

    version = "1"

    def __init__(self, store: Store) -> None:
        self.manifest, self.quads = store.manifest, store.quads
        self._store = store
        self.asked: list[str] = []

    def query(self, text: str, **how: object) -> Answer:
        self.asked.append(text)
        return self._store.query(text, **how)  # type: ignore[arg-type]

    def update(self) -> str:
        return "updated"


def ask(store: Store, text: str, dataset: Dataset = EVERYTHING) -> bytes:
    return b"".join(store.query(text, dataset=dataset, solutions=CSV).chunks)


def test_bounded_queries_are_answered_near_by_once_the_data_are_counted() -> None:
    engine = ox.Store()
    engine.update(f"PREFIX id: <{ID}> INSERT DATA {{ id:a <{DKG}p> 1, 2 . id:b <{DKG}p> 3 }}")
    near = EmbeddedStore(engine, None)  # type: ignore[arg-type] # nobody asks for it
    far = Far(near)
    store = LaneStore(far, near)
    text = select("id:a dkg:p ?x", "ORDER BY ?x")
    assert ask(store, text) == b"x\r\n1\r\n2\r\n"
    assert text in far.asked
    end = time.monotonic() + 10
    while text in far.asked and time.monotonic() < end:
        far.asked.clear()
        ask(store, text)
        time.sleep(0.01)  # for the thread that counts
    assert text not in far.asked
    counted = store._is_bounded._known.spreads  # noqa: SLF001 (nobody else tells)
    # id:a has two of three triples, and each object, a literal, has one.
    assert counted[f"<{DKG}p>", True] == Spread(2, 1.5, 3, 2, 0)
    assert counted[f"<{DKG}p>", False] == Spread(1, 1, 3, 0, 1)
    assert counted[ENTITY, True][3:] == (2, 0)
    before = len(far.asked)
    assert ask(store, text.replace("id:a", "id:b")) == b"x\r\n3\r\n"
    assert len(far.asked) == before
    ask(store, select("?s dkg:p ?x"))
    ask(store, text, Dataset((ox.NamedNode("http://g/"),)))
    assert len(far.asked) == before + 2
    far.version = "2"  # the data may fan out further now
    assert ask(store, text) == b"x\r\n1\r\n2\r\n"
    assert text in far.asked[before + 2 :]
    assert store.update() == "updated"  # type: ignore[operator]
