"""Refuse, before any view runs, parameters that mean nothing at the address they are sent to.

A view that read only what it knows would pass over a misspelt name without a word, and a format
that it does not have. The table of operations says what each route has; this is the one place
that holds requests to it. A parameter that is not known, or is given twice, is 400; a format that
is not on offer is 406, as everywhere, with what there is.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from flask import Flask, request

from api import formats
from api.operation import Operation
from api.operations import OPERATIONS
from kg.errors import ParameterError

# Clients of these protocols send parameters of their own (SPARQLWrapper `output` and `results`),
# and dataset parameters may be repeated (SPARQL 1.1 Protocol §2.1.4).
_OPEN: Final = frozenset({"/sparql", "/update"})
# What is read beside what clients are told of: a name for a file, a graph without an IRI, the
# version of a file of a page, the plan of doses on a page, and parts of Reconciliation that have
# reasons of their own.
_ALSO: Final[Mapping[str, frozenset[str]]] = {
    "/graphs": frozenset({"default", "download"}),
    "/graphs/<path:name>": frozenset({"graph", "default", "download"}),
    "/static/<path:name>": frozenset({"v"}),
    "/drugs/<path:name>": frozenset({"start", "source"}),
    "/reconcile": frozenset({"extend", "callback"}),
}
_PLAIN: Final = {"json": "application/json", "html": "text/html"}


class _Known(NamedTuple):
    names: frozenset[str]
    formats: tuple[str, ...] | None  # names of formats; None if there is nothing to choose
    media_types: tuple[str, ...]


def refuse_nonsense(app: Flask) -> None:
    """Let *app* refuse what no route of its takes, before it does anything else."""
    table = {(each.route, each.method): _known(each) for each in OPERATIONS}

    def check() -> None:
        rule = request.url_rule.rule if request.url_rule is not None else None
        if rule is None or rule in _OPEN or not request.args:
            return
        method = "get" if request.method == "HEAD" else request.method.lower()
        known = table.get((rule, method))
        if known is not None:
            _check(known)

    app.before_request(check)


def _known(operation: Operation) -> _Known:
    names = {each.name: each for each in operation.parameters}
    media_types = tuple(operation.answers)
    if "format" in names:
        offered: tuple[str, ...] | None = tuple(names["format"].schema["enum"])
    else:  # what there is only one of may be asked for by its name
        offered = () if len(media_types) == 1 else None
    also = _ALSO.get(operation.route, frozenset())
    chosen = {"format"} if offered is not None else set()
    return _Known(also | names.keys() | chosen, offered, media_types)


def _check(known: _Known) -> None:
    """Raise ParameterError or NotOfferedError if the request has what is not *known*."""
    faults = []
    for name, values in request.args.lists():
        if name not in known.names:
            there = ", ".join(sorted(known.names)) or "none"
            faults.append(ParameterError(name, f"is not known here; there are: {there}"))
        elif len(values) > 1:
            faults.append(ParameterError(name, "is given more than once"))
    if faults:
        raise ParameterError.all_of(faults)
    asked = request.args.get("format")
    if asked is not None and not _is_offered(asked, known):
        raise formats.NotOfferedError(known.media_types, repr(asked))


def _is_offered(asked: str, known: _Known) -> bool:
    names = {
        name
        for offer in (*formats.SOLUTIONS, *formats.GRAPHS)
        if offer.media_types[0] in known.media_types
        for name in (*offer.names, *offer.media_types)
    }
    plain = {name for name, media_type in _PLAIN.items() if media_type in known.media_types}
    return asked in {*names, *plain, *known.media_types, *(known.formats or ())}
