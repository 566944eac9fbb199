"""Find again what the rules were applied to, so that each derived triple can be explained."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import RuleError
from kg.paths import shown
from kg.patterns import Pattern, patterns
from kg.terms import DKG, RDFS
from kg.theory import HAS_VALUE, PARTS, SOME

_FORM: Final = re.compile(r"\bCONSTRUCT\s*\{(?P<template>[^}]*)\}\s*(?:WHERE\s*)?(?=\{)")
_TITLE: Final = re.compile(r"^#\+ title: (.*)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"(?<!\S)#.*$", re.MULTILINE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")
_SUPPORTS: Final = ox.NamedNode(DKG + "Supports")
_HOLE: Final = "urn:variable:"
_NOT_PREMISES: Final = PARTS | {  # what is shown otherwise: in an axiom, as evidence, as a name
    HAS_VALUE,
    SOME,
    ox.NamedNode(DKG + "direction"),
    ox.NamedNode(DKG + "hasEvidenceLine"),
    ox.NamedNode(RDFS + "label"),
}


@dataclass(frozen=True)
class Application:
    """Hold one match of a rule: all that it gives follows from all its premises."""

    rule: str  # file and title
    nodes: tuple[ox.NamedNode, ...]  # what the variables of the rule stood for
    premises: tuple[ox.Triple, ...]  # the triples of its pattern between them
    needs_support: bool  # only evidence that supports its claim counts


@dataclass(frozen=True)
class _Rule:
    name: str
    template: tuple[ox.Triple, ...]
    query: str
    patterns: tuple[Pattern, ...]


def applications(store: ox.Store, rules_dir: Path) -> dict[ox.Triple, list[Application]]:
    """Return for each triple that the rules give from *store* every way in which they give it.

    The rules are applied once more, all at once, to the graph that they have completed.

    Raises:
        RuleError: a rule has no template of its own.
    """
    found: dict[ox.Triple, dict[Application, None]] = {}
    union = ox.Store()  # each triple once, as the rules saw them
    union.extend(ox.Quad(*quad.triple) for quad in store)
    for path in sorted(rules_dir.glob("*.rq")):
        rule = _read(path)
        solutions = union.query(rule.query)
        assert isinstance(solutions, ox.QuerySolutions)  # noqa: S101 (a SELECT)
        variables = [variable.value for variable in solutions.variables]
        rows = {tuple(solution[name] for name in variables): None for solution in solutions}
        for row in sorted(rows, key=str):
            values = dict(zip(variables, row, strict=True))
            given = set(_filled(rule.template, values))
            application = _application(union, rule, values, given)
            for triple in given:
                found.setdefault(triple, {})[application] = None
    return {triple: list(ways) for triple, ways in found.items()}


def _read(path: Path) -> _Rule:
    text = path.read_text(encoding="utf-8")
    title = _TITLE.search(text)
    form = _FORM.search(text)
    if form is None:
        raise RuleError(f"{shown(path)}: a rule is written CONSTRUCT {{ … }} WHERE {{ … }}")
    prologue, where = text[: form.start()], text[form.end() :]
    template = _COMMENT.sub("", form["template"]).strip().rstrip(".")
    template = _VARIABLE.sub(rf"<{_HOLE}\1>", template)
    return _Rule(
        name=f"{shown(path)} ({title[1]})" if title else shown(path),
        template=tuple(
            quad.triple for quad in ox.parse(f"{prologue}{template} .", format=ox.RdfFormat.TURTLE)
        ),
        query=f"{prologue}SELECT * WHERE{where}",
        patterns=patterns(prologue, where),
    )


def _filled(template: Iterable[ox.Triple], values: Mapping[str, object]) -> Iterator[ox.Triple]:
    for pattern in template:
        terms = [
            values.get(term.value.removeprefix(_HOLE))
            if isinstance(term, ox.NamedNode) and term.value.startswith(_HOLE)
            else term
            for term in pattern
        ]
        subject, predicate, value = terms
        if (
            isinstance(subject, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(value, ox.NamedNode | ox.Literal)
        ):
            yield ox.Triple(subject, predicate, value)


def _application(
    union: ox.Store, rule: _Rule, values: Mapping[str, object], given: set[ox.Triple]
) -> Application:
    nodes = {term for term in values.values() if isinstance(term, ox.NamedNode)}
    matched = {triple for pattern in rule.patterns for triple in pattern.matches(values)}
    premises = {
        triple
        for triple in matched - given
        if triple.predicate not in _NOT_PREMISES
        and ox.Quad(triple.subject, triple.predicate, triple.object) in union
    }
    return Application(
        rule=rule.name,
        nodes=tuple(sorted(nodes, key=str)),
        premises=tuple(sorted(premises, key=str)),
        needs_support=any(pattern.value == _SUPPORTS for pattern in rule.patterns),
    )
