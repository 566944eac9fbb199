"""Estimate how many solutions patterns have, by walking a few of them through the data.

A walk starts from the pattern that names something and fits fewest triples, goes on to patterns
that share a variable with it, and keeps a few of the solutions at each step. Source of the method:
Li et al., "Wander Join: Online Aggregation via Random Walks", SIGMOD 2016; ours takes the first
triples that the index gives in place of random ones, so that the same data give the same estimate.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.outline import Pattern

Term: TypeAlias = ox.NamedNode | ox.Literal
Lookup: TypeAlias = "Callable[[Term | None, Term | None, Term | None, int], list[ox.Quad]]"
Solution: TypeAlias = dict[str, Term]

_WALKS: Final = 4
_STEPS: Final = 25  # triples that one step looks at
_LITERAL: Final = re.compile(r'"([^"]*)"(?:@([\w-]+)|\^\^<([^>]*)>)?')


def term(text: str) -> Term | None:
    """Return the term that *text* of a pattern names, or None for a variable."""
    if text[0] == "?":
        return None
    if text[0] == "<":
        return ox.NamedNode(text[1:-1])
    found = _LITERAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no term")
    if found[3]:
        return ox.Literal(found[1], datatype=ox.NamedNode(found[3]))
    return ox.Literal(found[1], language=found[2])


def count(pattern: Pattern, lookup: Lookup, most: int) -> int:
    """Return how many triples fit *pattern*, up to *most*."""
    subject, predicate, value = map(term, pattern)
    return len(lookup(subject, predicate, value, most))


def solutions(patterns: Sequence[Pattern], lookup: Lookup, most: float) -> float:
    """Return about how many solutions are met on the way to those of *patterns*, up to *most*."""
    left = list(patterns)
    sample: list[Solution] = [{}]
    size, met = 1.0, 0.0
    while left and sample and met <= most:
        held = frozenset(sample[0])
        pattern = min(left, key=lambda each: _rank(each, held, lookup))
        left.remove(pattern)
        found = [step for solution in sample for step in _steps(pattern, solution, lookup)]
        size *= len(found) / len(sample)
        met += size
        sample = found[:: max(len(found) // _WALKS, 1)][:_WALKS]
    return met


def _rank(pattern: Pattern, held: frozenset[str], lookup: Lookup) -> int:
    """Return less for a pattern that is better to go on with from the variables *held*."""
    free = [part for part in (pattern.subject, pattern.object) if part[0] == "?"]
    if not held:
        return count(pattern, lookup, _STEPS) if len(free) < 2 else _STEPS + 1  # noqa: PLR2004
    if not pattern.variables & held:
        return len(free) + 3
    return len([part for part in free if part not in held])


def _steps(pattern: Pattern, solution: Solution, lookup: Lookup) -> list[Solution]:
    known = [solution.get(part) if part[0] == "?" else term(part) for part in pattern]
    found: list[Solution] = []
    for quad in lookup(known[0], known[1], known[2], _STEPS):
        pairs = [each for each in zip(pattern, quad.triple, strict=True) if each[0][0] == "?"]
        step = {**solution, **dict(pairs)}
        if all(step[name] == value for name, value in pairs):  # a variable may stand twice
            found.append(step)
    return found
