"""Say how each engine departs from the SPARQL 1.1 Protocol: data, one row for an engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from kg.terms import XSD

Authentication: TypeAlias = Literal["none", "basic", "digest", "bearer"]
# An update is made whole or not at all; or in parts, one after the other; or writing is off.
Writes: TypeAlias = Literal["whole", "parts", "none"]


@dataclass(frozen=True)
class Rewriting:
    """Say how the lexical form of a literal is sent, so that the engine gives the same back."""

    datatype: str
    pattern: str  # of the whole lexical form
    instead: str


@dataclass(frozen=True)
class Profile:
    """Describe an engine: where it is asked, in which form, and what it gets wrong.

    Paths are relative to the address at which queries are asked.
    """

    name: str
    queries: str = ""
    updates: str = ""
    graphs: str | None = None  # SPARQL 1.1 Graph Store Protocol; None: INSERT DATA loads
    authentication: Authentication = "basic"  # where a name is given
    signs_queries: bool = True  # credentials are sent with queries too
    update_field: str = "update"  # of the form (SPARQL 1.1 Protocol §2.2.1)
    # How a dataset is selected: by parameters of the protocol, or by FROM in the text, in place
    # of what stands there. By text it is always selected, so that nothing else is seen.
    dataset: Literal["protocol", "text"] = "protocol"
    most_graphs: int | None = None  # that the text may name
    merges: bool = True  # two default graphs make one, a triple of both counts once
    union: str | None = None  # a graph that holds the union; None: the default graph does
    fills_templates: bool = True  # CONSTRUCT and DESCRIBE: by the engine, or here from solutions
    chunk: int = 10_000  # triples in one INSERT DATA
    load: int = 50_000  # triples in one document of the Graph Store Protocol
    writes: Writes = "none"  # unless the address says otherwise
    seconds: str | None = None  # the parameter for a deadline
    per_second: int = 1  # its unit
    cut: Mapping[str, str] = field(default_factory=dict)  # header of a cut answer → what it means
    refused_schemes: tuple[str, ...] = ()  # of functions that are not SPARQL
    rewritings: tuple[Rewriting, ...] = ()
    repairs: tuple[tuple[bytes, bytes], ...] = ()  # in the text of solutions, line by line
    digits: int | None = None  # that are kept of an xsd:decimal
    unsound: Mapping[str, str] = field(default_factory=dict)  # named query → what comes out wrong
    # named query → its words, and others that mean the same there and that the engine can compile
    restated: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cannot: tuple[str, ...] = ()


_DEADLINE: Final = (
    "a hard deadline: when ours has passed the answer is an error, and the engine may work on"
)
_SNAPSHOT: Final = (
    "snapshots: in the first seconds of a push an answer may hold a part of another release; "
    "then every question is refused (503) until the release is whole"
)
# In a string of JSON these quotes would be escaped, so only a term of the answer is found.
_VALUE: Final = rb'("datatype": "http://www\.w3\.org/2001/XMLSchema#%s", "value": "%s'

STANDARD: Final = Profile("standard", cannot=(_DEADLINE, _SNAPSHOT))
OXIGRAPH: Final = Profile(
    "oxigraph",
    queries="query",
    updates="update",
    graphs="store",
    writes="whole",
    cannot=(
        _DEADLINE,
        _SNAPSHOT,
        "hiding graphs: GRAPH ?g also finds graph/record and graph/written, which say what is here",
    ),
)
_BOUND: Final = "a value in OPTIONAL with BIND, UNION or a path comes out wrong or gets lost"
_PLANS: Final = "OPTIONAL loses values that are there, by some of its plans"
_DATES: Final = "it does not add a duration to a date"

# Seen with Virtuoso 7.2.5; each row has a test in tests/engines.
VIRTUOSO: Final = Profile(
    "virtuoso",
    queries="sparql",
    updates="sparql-auth",
    graphs="sparql-graph-crud-auth",
    authentication="digest",
    signs_queries=False,
    update_field="query",
    dataset="text",  # it adds parameters to FROM, and repeats each in a header of the answer
    most_graphs=2000,  # "too many arguments" somewhere below 5,000
    merges=False,
    union="https://w3id.org/drugkg/graph/union",
    fills_templates=False,  # a CONSTRUCT that is cut says so nowhere
    chunk=1000,
    seconds="timeout",
    per_second=1000,
    cut={
        "X-SPARQL-MaxRows": "the engine gives no more rows than {} (ResultSetMaxRows)",
        "X-SQL-State": "the engine stopped before the end ({})",
    },
    refused_schemes=("bif:", "sql:"),
    rewritings=(
        Rewriting(XSD + "duration", r"(-?P(?:[0-9]+[YMD])+)", r"\1T0S"),
        Rewriting(XSD + "duration", r"(-?P)(T.+)", r"\g<1>0D\2"),
    ),
    repairs=(
        (_VALUE % (b"boolean", b')1"'), rb'\1true"'),
        (_VALUE % (b"boolean", b')0"'), rb'\1false"'),
        (_VALUE % (b"duration", rb'-?P)0D(T[^"]*")'), rb"\1\2"),
        (_VALUE % (b"duration", rb'-?P[0-9YMD]+)T0S(")'), rb"\1\2"),
    ),
    digits=15,
    unsound={
        "cautions-by-authority": _BOUND,
        "cautions-by-source": _BOUND,
        "cells-hit-or-spared": _PLANS,
        "contraception-until": _DATES,
        "dose-dates": _DATES,
        "frequencies-of-one-effect": _PLANS,
        "indications-by-authority": _BOUND,
    },
    restated={
        # Each ?direction is bound by a pattern beside it. SP031: an internal error of the compiler.
        "changes-between-versions": (
            "FILTER(?direction = dkg:Supports)",
            "VALUES ?direction { dkg:Supports }",
        ),
    },
    cannot=(
        _DEADLINE,
        _SNAPSHOT,
        "decimals of more than 15 digits: they are rounded",
        "xsd:boolean as the value of an expression: it is 1 or 0 as xsd:integer",
        "merging graphs: more than one default graph in a question is refused",
        "some named queries: those that it answers wrongly are refused",
        "more than 2,000 named graphs where GRAPH is used",
    ),
)
PROFILES: Final = {each.name: each for each in (STANDARD, OXIGRAPH, VIRTUOSO)}
