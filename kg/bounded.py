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

Functions that make text longer by a factor may be put into each other, or be given what another
one gave, and so nothing bounds what they give.
"""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from kg.judging import ENTITY, Spreads
from kg.outline import Group, Pattern, outline
from kg.terms import ID
from kg.volatile import is_volatile

_MOST: Final = 20_000  # solutions on the way: some 20 ms
_LENGTHENING: Final = ("replace", "encode_for_uri", "concat")  # also GROUP_CONCAT
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
    """Say how many solutions are met on the way, and how many there are in the end, at most."""

    met: float
    size: float


_ANYWHERE: Final = _Reach(math.inf, math.inf)


def is_bounded(text: str, spreads: Spreads) -> bool:
    """Return whether every query of the shape of *text* meets few solutions."""
    found = outline(text)
    if found is None or not found.group.is_read or is_volatile(text):
        return False
    if any(function in text.lower() for function in _LENGTHENING):
        return False
    known: dict[str, _Reach] = {}
    size = 1.0
    if found.group.lists:
        (variable, terms), *others = found.group.lists
        if others:
            return False
        known[variable] = _named(terms, spreads)
        size = len(terms)
    return _cost(found.group, known, size, spreads).met <= _MOST


def _cost(group: Group, known: Mapping[str, _Reach], size: float, spreads: Spreads) -> _Cost:
    """Return what it costs at most to go on from *size* solutions that hold the variables *known*.

    A pattern is met after those between the start and it, and perhaps after all others but those
    that grow from it. Options multiply what they are given, one after the other.
    """
    steps, reached = _steps(group, known, spreads)
    size = math.prod((step.grown for step in steps), start=size)
    below: dict[str, float] = {}  # how far what grows from a node fans out
    met = size * (len(steps) + 1)
    for step in reversed(steps):
        grown = step.grown * below.get(step.end, 1)
        below[step.start] = below.get(step.start, 1) * grown
        met += size / grown * step.walked / _WALKED
    for option in group.options:
        entry = _entry(option, group, reached) if met <= _MOST else None
        if entry is None:
            return _Cost(math.inf, math.inf)
        cost = _cost(option, {entry: reached[entry]}, size, spreads)
        met += cost.met
        size = cost.size
    return _Cost(met, size)


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
    is_tree = (
        not (named and known)  # only the first pattern may name something
        and pattern.predicate[0] != "?"
        and not pattern.predicate.startswith(f"<{ID}")
        and (starts in (known or named)) != (ends in (known or named))
    )
    if not is_tree:
        return _Step(math.inf, math.inf, starts, ends)
    from_subject = starts in (known or named)
    spread = spreads(pattern.predicate, from_subject)
    reach = (known or named)[starts if from_subject else ends]
    listed = reach.as_subject if from_subject else reach.as_object
    way = (starts, ends) if from_subject else (ends, starts)
    return _Step(max(spread.most, 1), min(spread.all, listed), *way)


def _named(terms: tuple[str, ...], spreads: Spreads) -> _Reach:
    """Return how far each of *terms* reaches at most, whichever entities stand in their place."""
    if not all(term.startswith(f"<{ID}") for term in terms):
        return _ANYWHERE
    entity = spreads(ENTITY, True)  # noqa: FBT003 (as in Spreads)
    return _Reach(entity.as_subject, entity.as_object)
