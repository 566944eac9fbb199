"""Turn rows into claims by the CONSTRUCT queries of ``kg/ingest/mapping``, and by nothing else.

Every row becomes a node of the vocabulary ``https://w3id.org/drugkg/row#``, one property for each
field; the queries say what that means. See docs/adr/0060-rows-are-mapped-by-construct.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter
from typing import Final, Protocol, TypeAlias

import pyoxigraph as ox

from kg.errors import LostRowsError
from kg.ingest import asking, rows
from kg.ingest.asking import ROW
from kg.ingest.named import Finds, Names, Nothing, Value, slug
from kg.terms import DKG, GRAPH, ID, RDF, SRC, XSD

_TYPE: Final = ox.NamedNode(RDF + "type")
_COUNTED: Final = {  # query → the class of what it makes, one for each row
    "observation": "FrequencyStatement",
    "statement": "EvidenceLine",
}
_MOST_WORDS: Final = 12  # of a source, in dkg:asStated
_Reading: TypeAlias = tuple[tuple[str, ...], Callable[[object], tuple[Value | None, ...]]]
_FIGURE_TYPES: Final[dict[str, ox.NamedNode]] = {
    "bool": ox.NamedNode(XSD + "boolean"),
    "int": ox.NamedNode(XSD + "integer"),
    "Decimal": ox.NamedNode(XSD + "decimal"),
    "str": ox.NamedNode(XSD + "string"),
}


class Known(Protocol):
    """Find the product that a document is about among those already described."""

    def __call__(self, source: rows.Source, product: str, /) -> str | None:
        """Return the IRI of *product*, or None if it is not described yet."""


def unknown(source: rows.Source, product: str) -> str | None:
    """Return None: no product is described yet."""
    del source, product
    return None


def source_iri(source: rows.Source) -> str:
    """Return the IRI of one version of a document."""
    return SRC + slug(f"{source.kind}-{source.document}-{source.version}")


def graph(source: rows.Source) -> ox.NamedNode:
    """Return the named graph of what was read from one version of a document."""
    return ox.NamedNode(f"{GRAPH}read/{source_iri(source).removeprefix(SRC)}")


def claims(
    extract: rows.Extract,
    terms: Finds | None = None,
    known: Known = unknown,
    earlier: rows.Source | None = None,
    conditions: Finds | None = None,
) -> bytes:
    """Return what *extract* says as N-Quads in order, all in the graph of its document.

    *terms* finds the terms of effects, *conditions* those of conditions. *earlier* is the version
    that this one replaces.

    Raises:
        LostRowsError: not every observation became exactly one frequency statement, or not every
            indication and contraindication exactly one evidence line.
    """
    store = ox.Store()
    found_by = (terms or Nothing(), conditions or Nothing())
    store.extend(_typed(extract, *found_by, known, earlier))
    wanted = {"observation": len(extract.observations()), "statement": len(extract.statements())}
    end = f" <{graph(extract.source).value}> .\n".encode()
    found: set[bytes] = set()
    for name, text in asking.constructed(store):
        found.update(text.splitlines(keepends=True))
        if name in _COUNTED:
            made = text.count(f"<{RDF}type> <{DKG}{_COUNTED[name]}> .\n".encode())
            if made != wanted[name]:
                raise LostRowsError(extract.source.key, wanted[name], made, _COUNTED[name])
    # N-Triples §2.4: no literal holds a line feed, so that this stands at ends of lines only.
    return b"".join(sorted(found)).replace(b" .\n", end)


def _typed(
    extract: rows.Extract,
    terms: Finds,
    conditions: Finds,
    known: Known,
    earlier: rows.Source | None,
) -> Iterator[ox.Quad]:
    products = [row for row in extract.rows if isinstance(row, rows.Product)]
    name = products[0].name if products else extract.source.document
    described = known(extract.source, name)
    product = ox.NamedNode(described or product_iri(extract.source))
    source = ox.NamedNode(source_iri(extract.source))
    about: dict[str, Value] = {"source": source, "product": product, "productName": name}
    whole: dict[str, Value] = {"iri": source, "language": extract.source.language}
    if earlier:
        whole["earlier"] = ox.NamedNode(source_iri(earlier))
    yield from _node("source", "Source", _fields(extract.source) | about | whole)
    for number, product_row in enumerate(products):
        extra: dict[str, Value] = {"documentName": _document(extract.source)}
        if described:
            extra["known"] = True
        elif product_row.ndc:
            extra["identifier"] = f"NDC:{product_row.ndc}"
        yield from _node(f"product-{number}", "Product", _fields(product_row) | about | extra)
    effects, named = Names("Effect", terms), Names("Condition", conditions)
    for number, row in enumerate(extract.observations()):
        extra = {
            "effectIri": effects.of(row.effect, row.language),
            "effectLabel": effects.label(row.effect, row.language),
            "words": " ".join(row.raw.split()[:_MOST_WORDS]),
        }
        if row.category:
            extra["category"] = ox.NamedNode(row.category)
        yield from _node(f"observation-{number}", "Observation", _fields(row) | extra | _place(row))
    for number, statement in enumerate(extract.statements()):
        extra = {
            "conditionIri": named.of(statement.condition, statement.language),
            "conditionLabel": named.label(statement.condition, statement.language),
            "number": statement.number,
        }
        fields_of = _fields(statement) | extra | _place(statement)
        yield from _node(f"statement-{number}", type(statement).__name__, fields_of)
    for number, values in enumerate((*effects.described(), *named.described())):
        yield from _node(f"name-{number}", "Name", values)


def _place(row: rows.Row) -> dict[str, Value]:
    return {"title": row.title or "(no title)", "section": row.section or "(no code)"}


def _document(source: rows.Source) -> str:
    return f"{source.kind} {source.document} version {source.version}"


def product_iri(source: rows.Source) -> str:
    """Return the IRI of the product of a document that no curated fact describes."""
    return ID + slug(f"{source.kind}-{source.document}")


def _fields(row: rows.Any | rows.Source) -> dict[str, Value]:
    """Return the fields of *row* that say something."""
    names, read = _READ[type(row)]
    return {
        name: value
        for name, value in zip(names, read(row), strict=True)
        if value is not None and value != "" and (name not in _DEFAULTS or value != _DEFAULTS[name])
    }


def _reading(kind: type[rows.Any | rows.Source]) -> _Reading:
    names = tuple(field.name for field in fields(kind) if field.name not in _UNMAPPED)
    return names, attrgetter(*names)


# No query asks for these: what they say stands in other fields, or is not for claims.
_UNMAPPED: Final = frozenset({"band", "concept", "condition", "effect", "raw"})
_DEFAULTS: Final[Mapping[str, Value]] = {"language": "en"} | dict.fromkeys(
    ("row", "column", "line", "last_line", "number"), 0
)
_READ: Final[dict[type[rows.Any | rows.Source], _Reading]] = {
    kind: _reading(kind) for kind in (*rows.TYPES, rows.Source)
}


def _node(name: str, kind: str, values: Mapping[str, Value]) -> list[ox.Quad]:
    subject = ox.NamedNode(ROW + name)
    quads = [
        ox.Quad(subject, _predicate(field), _term(type(value).__name__, value))
        for field, value in values.items()
    ]
    quads.append(ox.Quad(subject, _TYPE, _predicate(kind)))
    return quads


@cache
def _predicate(field: str) -> ox.NamedNode:
    return ox.NamedNode(ROW + field)


@lru_cache(maxsize=4096)
def _term(kind: str, value: Value) -> ox.NamedNode | ox.Literal:
    """Return *value* as a term; its *kind* keeps 1 and True apart in the cache."""
    if isinstance(value, ox.NamedNode):
        return value
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return ox.Literal(text, datatype=_FIGURE_TYPES[kind])


def merged(texts: Iterable[bytes]) -> bytes:
    """Return N-Quads *texts* as one, in order and each quad once."""
    return b"".join(sorted({line for text in texts for line in text.splitlines(keepends=True)}))
