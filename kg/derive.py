"""Apply the rules of ``kg/rules`` until nothing new follows."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import RuleError
from kg.paths import shown
from kg.terms import DERIVED_GRAPH, curie

_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_MOST_ROUNDS: Final = 50  # rules that still find something new then feed on themselves


def derive(store: ox.Store, rules_dir: Path, properties: Collection[str]) -> int:
    """Add what the rules make of *store* to its derived graph; return the number of triples.

    A rule is one CONSTRUCT query over the union of all graphs, derived triples included. It sees
    each triple once, however many graphs hold it, so that it may count and add up.

    Raises:
        RuleError: a rule does not parse, is not a CONSTRUCT, makes blank nodes or uses a property
            that is not one of *properties*, or the rules never come to rest.
    """
    rules = {path: path.read_text(encoding="utf-8") for path in sorted(rules_dir.glob("*.rq"))}
    union = ox.Store()  # pyoxigraph's own union repeats a triple for each of its graphs
    union.extend(ox.Quad(*quad.triple) for quad in store)
    total = 0
    for _ in range(_MOST_ROUNDS):
        before = total
        for path, rule in rules.items():
            new = {quad for quad in _apply(union, path, rule) if quad not in store}
            for predicate in {quad.predicate.value for quad in new}.difference(properties):
                fault = f"{curie(predicate)} is not a property that ontology/drug.ttl declares"
                raise RuleError(f"{shown(path)}: {fault}")
            store.extend(new)
            union.extend(ox.Quad(*quad.triple) for quad in new)
            total += len(new)
        if total == before:
            return total
    names = ", ".join(path.name for path in rules)
    raise RuleError(f"still finding new triples after {_MOST_ROUNDS} rounds: {names}")


def _apply(union: ox.Store, path: Path, rule: str) -> list[ox.Quad]:
    try:
        answer = union.query(rule)
    except SyntaxError as error:
        raise RuleError(f"{shown(path)}: {error}") from error
    if not isinstance(answer, ox.QueryTriples):
        raise RuleError(f"{shown(path)}: a rule is a CONSTRUCT query")
    quads = [
        ox.Quad(triple.subject, triple.predicate, triple.object, _DERIVED) for triple in answer
    ]
    if any(isinstance(term, ox.BlankNode) for quad in quads for term in quad):
        raise RuleError(
            f"{shown(path)}: a rule makes no blank nodes; build an IRI with IRI(CONCAT(…))"
        )
    return quads
