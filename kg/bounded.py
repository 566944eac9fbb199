"""Tell the plain queries whose cost is bounded by how the data fan out, whatever they name.

A query is bounded if its patterns form a tree that grows from the one thing it names. Then each
pattern can only be met from the end that is nearer to it, in whatever order the engine takes them,
and the product of how far each predicate fans out at most bounds how many solutions are met. With
a second thing named, or a cycle, the engine may start or go on elsewhere: that is not bounded.

A list of values for one variable bounds as well what grows from it, if nothing else is named: the
engine starts from the list, since it takes any pattern without a name to have more solutions
(oxigraph, `lib/sparopt`: `reorder_joins`, `estimate_graph_pattern_size`).

In memory the engine finds the triples that fit a pattern by walking through all those of the node
it starts from, or all those of the predicate if they are fewer (oxigraph, `storage/memory.rs`:
`quads_for_pattern`). So a node that is object of many triples costs time though few of them fit.

What a query makes of its solutions is bounded too: it may compare them, and use a few functions
whose cost and value are about those of what they are given. REGEX compiles its pattern for each
solution, REPLACE in REPLACE makes text as long as memory allows, EXISTS may evaluate anything, and
IN in IN takes exponentially long to plan.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from kg.judging import ENTITY, Spreads
from kg.outline import Group, Outline, Pattern, outline
from kg.plain_tokens import plain_tokens
from kg.terms import ID
from kg.volatile import is_volatile

_MOST: Final = 20_000  # solutions on the way: some 20 ms
_MOST_PATTERNS: Final = 16  # to plan more takes long
_MOST_OPTIONS: Final = 8
_WORDS: Final = (
    "PREFIX SELECT DISTINCT REDUCED AS WHERE FILTER OPTIONAL VALUES A TRUE FALSE"
    " GROUP ORDER BY ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG"
    " BOUND STR LANG LANGMATCHES DATATYPE ISIRI ISURI ISBLANK ISLITERAL"
)
_KNOWN: Final = frozenset(_WORDS.split())
_PART: Final = 1 / 8  # of the time of a solution, for each operation that is made of it
_SORTED: Final = 4  # times that a part of ORDER BY takes longer
_LARGEST_OPTION: Final = 2  # patterns
_WALKED: Final = 5  # triples that are walked past in the time of one solution


class _Reach(NamedTuple):
    """Say how many triples a node is subject of, and object of, at most."""

    as_subject: float
    as_object: float


class _Step(NamedTuple):
    """Say how many triples fit a pattern from one known node on, and how many are looked at."""

    grown: float
    walked: float
    start: str
    end: str


class _Cost(NamedTuple):
    """Say how many solutions are met on the way, triples walked past, and solutions in the end."""

    met: float
    walked: float
    size: float


class _Made(NamedTuple):
    """Say how long it takes what is made of each solution on the way, and of each in the end."""

    each: float
    last: float


_ANYWHERE: Final = _Reach(math.inf, math.inf)


def is_bounded(text: str, spreads: Spreads, rows: float = math.inf) -> bool:
    """Return whether every query of the shape of *text* costs little, and has at most *rows*."""
    found = outline(text)
    if found is None or not found.group.is_read or is_volatile(text):
        return False
    made = _made(text, found)
    if made is None:
        return False
    known: dict[str, _Reach] = {}
    size = 1.0
    if found.group.lists:
        (variable, terms), *others = found.group.lists
        if others:
            return False
        known[variable] = _named(terms, spreads)
        size = len(terms)
    cost = _cost(found.group, known, size, spreads)
    total = cost.met * (1 + made.each) + cost.size * made.last + cost.walked / _WALKED
    return cost.size <= rows and total <= _MOST


def _made(text: str, found: Outline) -> _Made | None:
    """Return what is made of solutions of *text*, or None if that is not bounded."""
    tokens = plain_tokens(text)[:-1]  # the last is empty
    begin = next(place for place, token in enumerate(tokens) if token.word == "SELECT")
    words = {token.word for token in tokens if token.word}
    pairs = pairwise((token.kind, token.text) for token in tokens)
    groups = _groups(found.group)
    if (
        words - _KNOWN
        or any(kind in ("name", "iri") and after == "(" for (kind, _), (_, after) in pairs)
        or sum(len(_patterns(each)) for each in groups) > _MOST_PATTERNS
        or len(groups) > _MOST_OPTIONS + 1
    ):
        return None
    start = next(each.start for each in tokens[begin:] if each.text == "{")
    before = [each for each in tokens[begin:] if each.end <= start]
    within = [each for each in tokens if start < each.start < found.group.end]
    after = [each for each in tokens if each.start > found.group.end]
    if any(each.kind == "string" for each in before):
        return None
    operations = sum(each.is_before_value or each.text[0] in "+-" for each in within)
    last = len(before) + len(after) * (_SORTED if "ORDER" in words else 1)
    return _Made(operations * _PART, last * _PART)


def _cost(group: Group, known: Mapping[str, _Reach], size: float, spreads: Spreads) -> _Cost:
    """Return what it costs at most to go on from *size* solutions that hold the variables *known*.

    A pattern is met after those between the start and it, and perhaps after all others but those
    that grow from it. Options multiply what they are given, one after the other.
    """
    steps, reached = _steps(group, known, spreads)
    size = math.prod((step.grown for step in steps), start=size)
    below: dict[str, float] = {}  # how far what grows from a node fans out
    met, walked = size * (len(steps) + 1), 0.0
    for step in reversed(steps):
        grown = step.grown * below.get(step.end, 1)
        below[step.start] = below.get(step.start, 1) * grown
        walked += size / grown * step.walked
    for option in group.options:
        entry = _entry(option, group, reached) if met <= _MOST else None
        if entry is None:
            return _Cost(math.inf, math.inf, math.inf)
        cost = _cost(option, {entry: reached[entry]}, size, spreads)
        met, walked, size = met + cost.met, walked + cost.walked, cost.size
    return _Cost(met, walked, size)


def _entry(option: Group, group: Group, reached: Mapping[str, _Reach]) -> str | None:
    """Return the variable that *option* grows from, if it is evaluated solution by solution.

    Else the engine evaluates the option by itself, whatever that costs, and then joins it. It does
    so with most that is not as simple as this (seen by ``oxigraph query --explain``, 0.5.13).
    """
    others = frozenset().union(*map(_variables, (o for o in group.options if o is not option)))
    outside = reached.keys() | others
    shared = [each.variables & outside for each in _patterns(option) if each.variables & outside]
    is_simple = (
        all(run.start < option.end for run in group.runs)
        and len(_patterns(option)) <= _LARGEST_OPTION
        and len(shared) == 1
        and len(shared[0]) == 1
        and not option.lists
        and not any(inner.is_filtered or _variables(inner) & outside for inner in option.options)
    )
    return min(shared[0] & reached.keys(), default=None) if is_simple else None


def _groups(group: Group) -> list[Group]:
    """Return *group* and all that is optional in it."""
    return [group, *(each for option in group.options for each in _groups(option))]


def _patterns(group: Group) -> list[Pattern]:
    return [pattern for run in group.runs for pattern in run.patterns]


def _variables(group: Group) -> frozenset[str]:
    """Return the variables of *group* and of what is optional in it."""
    inner = [_variables(option) for option in group.options]
    return frozenset().union(*(each.variables for each in _patterns(group)), *inner)


def _steps(
    group: Group, known: Mapping[str, _Reach], spreads: Spreads
) -> tuple[list[_Step], dict[str, _Reach]]:
    """Return how the patterns of *group* grow from what is *known*, and what is known after that.

    If they do not form a tree, the last step has no bounds.
    """
    left = _patterns(group)
    reached = dict(known)
    steps: list[_Step] = []
    while left:
        step, index = min((_step(each, reached, spreads), index) for index, each in enumerate(left))
        steps.append(step)
        if math.isinf(step.grown):
            break
        pattern = left.pop(index)
        spread = spreads(pattern.predicate, step.end == pattern.subject)
        reached[step.end] = _Reach(spread.as_subject, spread.as_object)
    return steps, reached


def _step(pattern: Pattern, known: Mapping[str, _Reach], spreads: Spreads) -> _Step:
    """Return what it takes to meet *pattern* from the one end that is known."""
    starts, ends = pattern.subject, pattern.object
    named = {part: _named((part,), spreads) for part in (starts, ends) if part[0] != "?"}
    reaches = known or named
    from_subject = starts in reaches
    is_tree = (
        not (named and known)  # only the first pattern may name something
        and pattern.predicate[0] != "?"
        and not pattern.predicate.startswith(f"<{ID}")
        and from_subject != (ends in reaches)
    )
    if not is_tree:
        return _Step(math.inf, math.inf, starts, ends)
    spread = spreads(pattern.predicate, from_subject)
    start, end = (starts, ends) if from_subject else (ends, starts)
    listed = reaches[start].as_subject if from_subject else reaches[start].as_object
    return _Step(max(spread.most, 1), min(spread.all, listed), start, end)


def _named(terms: tuple[str, ...], spreads: Spreads) -> _Reach:
    """Return how far each of *terms* reaches at most, whichever entities stand in their place."""
    if not all(term.startswith(f"<{ID}") for term in terms):
        return _ANYWHERE
    entity = spreads(ENTITY, True)  # noqa: FBT003 (as in Spreads)
    return _Reach(entity.as_subject, entity.as_object)
