"""Turn rows into claims by the CONSTRUCT queries of ``kg/ingest/mapping``, and by nothing else.

Every row becomes a node of the vocabulary ``https://w3id.org/drugkg/row#``, one property for each
field; the queries say what that means. See docs/adr/0060-rows-are-mapped-by-construct.md.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import pyoxigraph as ox

from kg.errors import LostRowsError
from kg.ingest import rows
from kg.ingest.lookup import Term
from kg.terms import DKG, GRAPH, ID, PREFIXES, RDF, SRC, XSD

ROW: Final = "https://w3id.org/drugkg/row#"
_MAPPING: Final = Path(__file__).with_name("mapping")
_QUERIES: Final = ("source", "product", "effect", "observation")
_TYPE: Final = ox.NamedNode(RDF + "type")
_FREQUENCY: Final = ox.NamedNode(DKG + "FrequencyStatement")
_MOST_WORDS: Final = 12  # of a source, in dkg:asStated
_LONGEST_LABEL: Final = 100
_FIGURE_TYPES: Final = {
    bool: XSD + "boolean",
    int: XSD + "integer",
    Decimal: XSD + "decimal",
    str: XSD + "string",
}

Value: TypeAlias = str | int | bool | Decimal | ox.NamedNode


class Finds(Protocol):
    """Find the term that some words name."""

    def find(self, words: str) -> Term | None:
        """Return the term of these *words*, or None."""


class Nothing:
    """Link no name to any term."""

    def find(self, words: str) -> Term | None:
        """Return None."""
        del words
        return None


class Known(Protocol):
    """Find the product that a document is about among those already described."""

    def __call__(self, source: rows.Source, product: str) -> str | None:
        """Return the IRI of *product*, or None if it is not described yet."""


def unknown(source: rows.Source, product: str) -> str | None:
    """Return None: no product is described yet."""
    del source, product
    return None


def source_iri(source: rows.Source) -> str:
    """Return the IRI of one version of a document."""
    return SRC + _slug(f"{source.kind}-{source.document}-{source.version}")


def graph(source: rows.Source) -> ox.NamedNode:
    """Return the named graph of what was read from one version of a document."""
    return ox.NamedNode(f"{GRAPH}read/{source_iri(source).removeprefix(SRC)}")


def claims(
    extract: rows.Extract,
    terms: Finds | None = None,
    known: Known = unknown,
    earlier: rows.Source | None = None,
) -> tuple[ox.Triple, ...]:
    """Return what *extract* says as triples, in order; *earlier* is the version that it replaces.

    Raises:
        LostRowsError: not every observation became exactly one frequency statement.
    """
    store = ox.Store()
    store.extend(_typed(extract, terms or Nothing(), known, earlier))
    found: set[ox.Triple] = set()
    for name in _QUERIES:
        made = store.query(_query(name))
        assert isinstance(made, ox.QueryTriples)  # noqa: S101 (narrows the type)
        found.update(made)
    stated = sum(
        triple.predicate == _TYPE and triple.object == _FREQUENCY for triple in found
    )
    wanted = len(extract.observations())
    if stated != wanted:
        raise LostRowsError(extract.source.key, wanted, stated)
    return tuple(sorted(found, key=str))


@cache
def _query(name: str) -> str:
    return (_MAPPING / f"{name}.rq").read_text(encoding="utf-8")


def _typed(
    extract: rows.Extract, terms: Finds, known: Known, earlier: rows.Source | None
) -> Iterator[ox.Quad]:
    products = [row for row in extract.rows if isinstance(row, rows.Product)]
    name = products[0].name if products else extract.source.document
    described = known(extract.source, name)
    product = ox.NamedNode(described or _product_iri(extract.source))
    source = ox.NamedNode(source_iri(extract.source))
    about: dict[str, Value] = {"source": source, "product": product, "productName": name}
    yield from _node("source", "Source", _fields(extract.source) | about | {"iri": source} | (
        {"earlier": ox.NamedNode(source_iri(earlier))} if earlier else {}
    ))
    for number, row in enumerate(products):
        extra: dict[str, Value] = {"documentName": _document(extract.source)}
        if described:
            extra["known"] = True
        elif row.ndc:
            extra["identifier"] = f"NDC:{row.ndc}"
        yield from _node(f"product-{number}", "Product", _fields(row) | about | extra)
    effects = _Effects(terms)
    for number, row in enumerate(extract.observations()):
        effect = effects.of(row.effect, row.language)
        extra = {
            "effectIri": ox.NamedNode(effect),
            "words": " ".join(row.raw.split()[:_MOST_WORDS]),
            "sectionTitle": row.title or "(no title)",
            "section": row.section or "(no code)",
        }
        if row.category:
            extra["category"] = ox.NamedNode(row.category)
        yield from _node(f"observation-{number}", "Observation", _fields(row) | about | extra)
    yield from effects.described()


def _document(source: rows.Source) -> str:
    return f"{source.kind} {source.document} version {source.version}"


def _product_iri(source: rows.Source) -> str:
    return ID + _slug(f"{source.kind}-{source.document}")


def _slug(text: str) -> str:
    """Return *text* as the local part of an IRI; what has to be left out is hashed into it."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if plain == text.casefold():
        return plain
    return f"{plain[:80]}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


class _Effects:
    """Give each name of an effect one term."""

    def __init__(self, terms: Finds) -> None:
        self._terms = terms
        self._found: dict[tuple[str, str], tuple[str, Term | None]] = {}

    def of(self, name: str, language: str) -> str:
        """Return the IRI of the effect that *name* means."""
        key = (name.casefold(), language)
        if key not in self._found:
            term = self._terms.find(name) if language == "en" else None
            iri = term.iri if term and not term.match else _effect_iri(name, language)
            self._found[key] = (iri, term)
        return self._found[key][0]

    def described(self) -> Iterator[ox.Quad]:
        """Yield the rows of the effects that no curated fact describes."""
        for number, ((name, language), (iri, term)) in enumerate(self._found.items()):
            if term and not term.match:
                continue
            words = name if language == "en" else f"{name} ({language})"
            values: dict[str, Value] = {
                "iri": ox.NamedNode(iri),
                "label": words[:_LONGEST_LABEL],
                "words": name,
                "language": language,
            }
            if term:
                values |= {
                    "term": ox.NamedNode(term.iri),
                    "termLabel": term.label,
                    "match": ox.NamedNode(PREFIXES["skos"] + term.match),
                    "confidence": term.confidence,
                    "verifiedIn": term.verified_in,
                }
            yield from _node(f"effect-{number}", "Effect", values)


def _effect_iri(name: str, language: str) -> str:
    return ID + _slug(f"effect-{language}-{name.casefold()}")


def _fields(row: rows.Any | rows.Source) -> dict[str, Value]:
    """Return the fields of *row* that say something."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {
        name: value
        for name, value in values.items()
        if value is not None and value != "" and not (value == 0 and name in _COUNTED_FROM_ONE)
    }


_COUNTED_FROM_ONE: Final = frozenset({"row", "column", "line", "last_line", "number"})


def _node(name: str, kind: str, values: Mapping[str, Value]) -> Iterator[ox.Quad]:
    subject = ox.NamedNode(ROW + name)
    yield ox.Quad(subject, _TYPE, ox.NamedNode(ROW + kind))
    for field, value in values.items():
        yield ox.Quad(subject, _predicate(field), _term(value))


@cache
def _predicate(field: str) -> ox.NamedNode:
    return ox.NamedNode(ROW + field)


def _term(value: Value) -> ox.NamedNode | ox.Literal:
    if isinstance(value, ox.NamedNode):
        return value
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return ox.Literal(text, datatype=ox.NamedNode(_FIGURE_TYPES[type(value)]))


def serialise(triples: Sequence[ox.Triple], name: ox.NamedNode) -> bytes:
    """Return *triples* as N-Quads of the graph *name*, in order."""
    quads = (ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    return b"".join(sorted((text or b"").splitlines(keepends=True)))


def merged(texts: Iterable[bytes]) -> bytes:
    """Return N-Quads *texts* as one, in order and each quad once."""
    return b"".join(sorted({line for text in texts for line in text.splitlines(keepends=True)}))
