"""Write a named query as text that a person can change: its parameters stand in it as VALUES."""

import re
from typing import Final

import pyoxigraph as ox

from kg import queries
from kg.queries import Query
from kg.terms import PREFIXES, XSD, split

_HEADER: Final = re.compile(r"^#\+[^\n]*\n", re.MULTILINE)
_WHERE: Final = re.compile(r"^WHERE \{\n", re.MULTILINE)
_DECLARED: Final = re.compile(r"^PREFIX (\w+):", re.MULTILINE)


def as_text(query: Query) -> str:
    """Return *query* without its header, asked with the examples that the header gives."""
    text = _HEADER.sub("", query.text).strip() + "\n"
    given = {each.name: each.example for each in query.parameters if each.example is not None}
    bound = {name: _written(term) for name, term in queries.bindings(query, given).items()}
    values = "".join(
        f"    VALUES ?{name} {{ {term} }} # change this\n" for name, term in bound.items()
    )
    used = {term.rpartition("^^")[2].partition(":")[0] for term in bound.values()}
    missing = sorted(used & PREFIXES.keys() - set(_DECLARED.findall(text)))
    prefixes = "".join(f"PREFIX {each}: <{PREFIXES[each]}>\n" for each in missing)
    head = "".join(f"# {line}\n" for line in (query.title, query.question) if line)
    return head + prefixes + _WHERE.sub(lambda found: found[0] + values, text, count=1)


def _written(term: ox.NamedNode | ox.Literal) -> str:
    """Return *term* as a query writes it, short where a prefix of ours fits."""
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.removeprefix(XSD)
        return f"{ox.Literal(term.value)}^^xsd:{kind}" if kind != "string" else str(term)
    prefix, local = split(term.value, PREFIXES)
    return f"{prefix}:{local}" if prefix else str(term)
