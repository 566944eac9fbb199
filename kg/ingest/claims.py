"""Turn rows into claims by the CONSTRUCT queries of ``kg/ingest/mapping``, and by nothing else.

Every row becomes a node of the vocabulary ``https://w3id.org/drugkg/row#``, one property for each
field; the queries say what that means. See docs/adr/0060-rows-are-mapped-by-construct.md.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Final, Protocol, TypeAlias

import pyoxigraph as ox

from kg.errors import LostRowsError
from kg.ingest import asking, rows
from kg.ingest.asking import ROW
from kg.ingest.lookup import Term
from kg.terms import DKG, GRAPH, ID, PREFIXES, RDF, SRC, XSD

_TYPE: Final = ox.NamedNode(RDF + "type")
_IS_FREQUENCY: Final = f"<{RDF}type> <{DKG}FrequencyStatement> .\n".encode()
_MOST_WORDS: Final = 12  # of a source, in dkg:asStated
_LONGEST_LABEL: Final = 100
_NAMES: Final = 16_384  # of effects, kept in the form that is one for all documents
_FIGURE_TYPES: Final[dict[str, ox.NamedNode]] = {
    "bool": ox.NamedNode(XSD + "boolean"),
    "int": ox.NamedNode(XSD + "integer"),
    "Decimal": ox.NamedNode(XSD + "decimal"),
    "str": ox.NamedNode(XSD + "string"),
}

Value: TypeAlias = str | int | bool | Decimal | ox.NamedNode
_Reading: TypeAlias = tuple[tuple[str, ...], Callable[[object], tuple[Value | None, ...]]]


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

    def __call__(self, source: rows.Source, product: str, /) -> str | None:
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
) -> bytes:
    """Return what *extract* says as N-Quads in order, all in the graph of its document.

    *earlier* is the version that this one replaces.

    Raises:
        LostRowsError: not every observation became exactly one frequency statement.
    """
    store = ox.Store()
    store.extend(_typed(extract, terms or Nothing(), known, earlier))
    end = f" <{graph(extract.source).value}> .\n".encode()
    found: set[bytes] = set()
    for text in asking.constructed(store):
        found.update(text.splitlines(keepends=True))
    triples = b"".join(sorted(found))
    stated = triples.count(_IS_FREQUENCY)
    wanted = len(extract.observations())
    if stated != wanted:
        raise LostRowsError(extract.source.key, wanted, stated)
    # N-Triples §2.4: no literal holds a line feed, so that this stands at ends of lines only.
    return triples.replace(b" .\n", end)


def _typed(
    extract: rows.Extract, terms: Finds, known: Known, earlier: rows.Source | None
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
    effects = _Effects(terms)
    for number, row in enumerate(extract.observations()):
        effect = effects.of(row.effect, row.language)
        extra = {
            "effectIri": ox.NamedNode(effect),
            "effectLabel": effects.label(row.effect, row.language),
            "words": " ".join(row.raw.split()[:_MOST_WORDS]),
            "title": row.title or "(no title)",
            "section": row.section or "(no code)",
        }
        if row.category:
            extra["category"] = ox.NamedNode(row.category)
        yield from _node(f"observation-{number}", "Observation", _fields(row) | extra)
    yield from effects.described()


def _document(source: rows.Source) -> str:
    return f"{source.kind} {source.document} version {source.version}"


def product_iri(source: rows.Source) -> str:
    """Return the IRI of the product of a document that no curated fact describes."""
    return ID + _slug(f"{source.kind}-{source.document}")


def _slug(text: str) -> str:
    """Return *text* as the local part of an IRI; what has to be left out is hashed into it."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if plain == text:
        return plain
    return f"{plain[:80]}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


class _Effects:
    """Give each name of an effect one term."""

    def __init__(self, terms: Finds) -> None:
        self._terms = terms
        self._found: dict[tuple[str, str], tuple[str, Term | None]] = {}

    def of(self, name: str, language: str) -> str:
        """Return the IRI of the effect that *name* means."""
        key = (canonical(name), language)
        if key not in self._found:
            term = self._terms.find(name) if language == "en" else None
            iri = term.iri if term and not term.match else _effect_iri(*key)
            self._found[key] = (iri, term)
        return self._found[key][0]

    def label(self, name: str, language: str) -> str:
        """Return the English label of the effect that *name* means, the same in every document."""
        _, term = self._found[canonical(name), language]
        if term and not term.match:
            return term.label
        return _labelled(canonical(name), language)

    def described(self) -> Iterator[ox.Quad]:
        """Yield the rows of the effects that no curated fact describes."""
        for number, ((name, language), (iri, term)) in enumerate(self._found.items()):
            if term and not term.match:
                continue
            values: dict[str, Value] = {
                "iri": ox.NamedNode(iri),
                "label": _labelled(name, language),
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


@lru_cache(_NAMES)
def canonical(name: str) -> str:
    """Return *name* without capitals that only begin a word, so that it is one in all documents."""
    return " ".join(
        word.casefold() if _CAPITALISED.fullmatch(word) else word for word in name.split()
    )


_CAPITALISED = re.compile(r"\W*[^\W\d_][^\W\d_A-Z]+\W*")


def _labelled(name: str, language: str) -> str:
    return (name if language == "en" else f"{name} ({language})")[:_LONGEST_LABEL]


def _effect_iri(name: str, language: str) -> str:
    return ID + _slug(f"effect-{language}-{name}")


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
_UNMAPPED: Final = frozenset({"band", "concept", "effect", "raw"})
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
