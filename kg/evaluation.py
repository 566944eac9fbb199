"""Evaluate queries as the standard says where the engine departs from it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.mending import mended
from kg.tokens import tokens

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Found: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Graph: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

BASE: Final = "https://w3id.org/drugkg/"  # so that <id/kesimpta> in a query is an IRI
_UNKNOWN: Final = re.compile(r"The custom function <(.*)> is not supported", re.DOTALL)
_MOST_UNKNOWN: Final = 50  # functions in one query, which is planned anew for each of them
_NOTHING: Final = ox.Store()


def evaluate(
    engine: ox.Store,
    text: str,
    *,
    default: Iterable[ox.NamedNode] | None = None,
    named: Iterable[ox.NamedNode] | None = None,
    bindings: Mapping[str, Term] | None = None,
) -> Found:
    """Return what *engine* finds for *text*.

    *default* and *named* select graphs in the place of ``FROM`` and ``FROM NAMED``; None of both
    leaves it to the text. Two departures of pyoxigraph 0.5.13 are mended: it fails if a function
    is unknown, which is an error of that one expression (SPARQL 1.1 Query §17.6, §17.3), and it
    finds a triple twice that stands in two graphs of ``FROM``, whose default graph is a merge and
    so a set (§13.2.1).

    Raises:
        SyntaxError: *text* is no query.
        RuntimeError: it has no answer.
    """
    if default is None and named is None and text.upper().count("FROM") > 1:
        default, named = _selected(text)
    graphs: list[Graph] | None = None
    if default is not None:
        graphs = list(dict.fromkeys(default))
        if len(graphs) > 1 and _overlap(engine, graphs):
            named = list(named or ())
            engine, graphs = _merged(engine, graphs, named), [ox.DefaultGraph()]
    plain = mended(text)
    if plain != text:
        _parse(text)  # so that a fault is told of what was written
    return with_unknown_functions(
        lambda functions: engine.query(
            plain,
            base_iri=BASE,
            default_graph=graphs,
            named_graphs=None if named is None else list(named),
            substitutions={ox.Variable(name): term for name, term in (bindings or {}).items()},
            custom_functions=functions,
        )
    )


def _parse(text: str) -> None:
    with_unknown_functions(
        lambda functions: _NOTHING.query(text, base_iri=BASE, custom_functions=functions)
    )


def with_unknown_functions(
    ask: Callable[[dict[ox.NamedNode, Callable[..., Term | None]]], Found],
) -> Found:
    """Return what *ask* finds, with an error for the value of every function that is unknown."""
    functions: dict[ox.NamedNode, Callable[..., Term | None]] = {}
    while True:
        try:
            return ask(functions)
        except RuntimeError as error:
            unknown = _UNKNOWN.fullmatch(str(error))
            if unknown is None or len(functions) == _MOST_UNKNOWN:
                raise
            functions[ox.NamedNode(unknown[1])] = _no_value


def resolve(prologue: str, names: Iterable[str]) -> list[ox.NamedNode]:
    """Return the IRIs that *names*, written as in SPARQL, stand for after *prologue*.

    Raises:
        SyntaxError: one of them is not an IRI.
    """
    found = []
    for name in names:
        text = f"{prologue}\nSELECT ?iri {{ VALUES ?iri {{ {name} }} }}"
        for solution in _solutions(_NOTHING.query(text, base_iri=BASE)):
            iri = solution["iri"]
            if isinstance(iri, ox.NamedNode):
                found.append(iri)
    return found


def _solutions(found: Found) -> ox.QuerySolutions:
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (a SELECT of ours)
    return found


def _no_value(*_: Term) -> None:
    """Have no value; to raise would make the engine answer less without a word."""


def _selected(text: str) -> tuple[list[ox.NamedNode] | None, list[ox.NamedNode] | None]:
    """Return what ``FROM`` and ``FROM NAMED`` select in *text*, or None if it has neither."""
    default: list[str] = []
    named: list[str] = []
    depth = 0
    prologue = ""
    chosen: list[str] | None = None
    for token in tokens(text):
        if token.keyword in {"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"} and not prologue:
            prologue = text[: token.start]
        if chosen is not None and token.keyword == "NAMED":
            chosen = named
        elif chosen is not None:
            chosen.append(token.text)
            chosen = None
        elif depth == 0 and token.keyword == "FROM":
            chosen = default
        depth += (token.kind == "open") - (token.kind == "close")
    if not default and not named:
        return None, None
    try:
        return resolve(prologue, default), resolve(prologue, named)
    except SyntaxError:
        return None, None  # the engine says what is wrong with the whole


def _overlap(engine: ox.Store, graphs: Sequence[Graph]) -> bool:
    """Return whether a triple stands in two of *graphs*."""
    return any(
        ox.Quad(quad.subject, quad.predicate, quad.object, other) in engine
        for place, graph in enumerate(graphs)
        for quad in engine.quads_for_pattern(None, None, None, graph)
        for other in graphs[:place]
    )


def _merged(engine: ox.Store, default: Sequence[Graph], named: Iterable[ox.NamedNode]) -> ox.Store:
    """Return a store whose default graph is the merge of *default*, beside the graphs *named*."""
    merged = ox.Store()
    for graph in default:
        quads = engine.quads_for_pattern(None, None, None, graph)
        merged.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    for graph in named:
        merged.extend(engine.quads_for_pattern(None, None, None, graph))
    return merged
