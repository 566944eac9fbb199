"""Rules, applied until nothing new follows."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.derive import derive
from kg.errors import RuleError
from kg.terms import DERIVED_GRAPH

FACT = ox.NamedNode("http://g")
DERIVED = ox.NamedNode(DERIVED_GRAPH)
PARENT, ANCESTOR, LABEL = (ox.NamedNode(f"http://p/{name}") for name in ("up", "over", "label"))
PROPERTIES = {PARENT.value, ANCESTOR.value, LABEL.value}
START = "CONSTRUCT { ?a <http://p/over> ?b } WHERE { ?a <http://p/up> ?b }"
STEP = "CONSTRUCT { ?a <http://p/over> ?c } WHERE { ?a <http://p/over> ?b . ?b <http://p/up> ?c }"


def node(number: int) -> ox.NamedNode:
    return ox.NamedNode(f"http://n/{number}")


@pytest.fixture
def store() -> ox.Store:
    chain = ox.Store()
    for number in range(5):
        graph = ox.NamedNode(f"http://g/{number}")  # rules see the union of all graphs
        chain.add(ox.Quad(node(number), PARENT, node(number + 1), graph))
    return chain


def rules(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (tmp_path / f"{name}.rq").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_rules_feed_each_other_whatever_their_names(
    tmp_path: Path, store: ox.Store, names: tuple[str, str]
) -> None:
    directory = rules(tmp_path, **dict(zip(names, (START, STEP), strict=True)))
    assert derive(store, directory, PROPERTIES) == 15
    derived = {
        (quad.subject, quad.object) for quad in store.quads_for_pattern(None, None, None, DERIVED)
    }
    assert derived == {(node(i), node(j)) for i in range(5) for j in range(i + 1, 6)}
    assert len(store) == 5 + 15


def test_without_rules_nothing_is_derived(tmp_path: Path, store: ox.Store) -> None:
    assert derive(store, tmp_path, PROPERTIES) == 0
    assert len(store) == 5


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("CONSTRUCT { ?a", "bad.rq"),
        ("SELECT * WHERE { ?a ?b ?c }", "a rule is a CONSTRUCT query"),
        ("CONSTRUCT { ?a <http://p/up> [] } WHERE { ?a ?b ?c }", "a rule makes no blank nodes"),
        (
            "CONSTRUCT { ?a <http://p/mine> ?c } WHERE { ?a ?b ?c }",
            "<http://p/mine> is not a property",
        ),
    ],
)
def test_a_bad_rule_is_refused_by_name(
    tmp_path: Path, store: ox.Store, text: str, fault: str
) -> None:
    with pytest.raises(RuleError) as refused:
        derive(store, rules(tmp_path, bad=text), PROPERTIES)
    assert "bad.rq" in str(refused.value)
    assert fault in str(refused.value)


def test_rules_that_never_rest_are_stopped(tmp_path: Path, store: ox.Store) -> None:
    endless = """CONSTRUCT { ?a <http://p/label> ?longer }
        WHERE { ?a <http://p/up>|<http://p/label> ?b BIND(CONCAT(STR(?b), "+") AS ?longer) }"""
    with pytest.raises(RuleError, match=r"still finding new triples.*endless\.rq"):
        derive(store, rules(tmp_path, endless=endless), PROPERTIES)
