"""Write the document of a medicine: all that sources say of it, as one tree in sections."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from kg import entities
from kg.context import CONTEXT_PATH, Context, Kind
from kg.drug_sections import SECTIONS, SOURCES, TRIALS, Sections, is_product, products, sections
from kg.entities import DATASET, EMBEDDED, SIDES, SUBJECT
from kg.errors import UnknownEntityError
from kg.jsonld import Node, Tree, dumped
from kg.store import Store
from kg.terms import DCTERMS, DKG, ID, RDF, RDFS

_KEPT: Final = 50_000  # fragments, of some 5 kB each
_CHAIN: Final = frozenset(  # from a product to what it acts on
    DKG + name for name in ("hasActiveSubstance", "hasMolecularTarget", "hasArm", "hasPresentation")
)
_LINES: Final = DKG + "contentLine"  # of a source: for curators, and long
_SUMMARY: Final = frozenset(
    {RDF + "type", RDFS + "label", "http://www.w3.org/2004/02/skos/core#definition"}
    | {DCTERMS + "identifier", DKG + "hasActiveSubstance", DKG + "hasTherapeuticClass"}
)


@dataclass(frozen=True)
class Asked:
    """Say which part of a document is wanted: which sections, and how much of each list."""

    sections: tuple[str, ...] = SECTIONS
    lang: str = "en"  # of names; the words of a source stay in their language
    offset: int = 0
    limit: int | None = None

    def page(self, nodes: tuple[ox.NamedNode, ...]) -> tuple[ox.NamedNode, ...]:
        """Return the part of *nodes* that is wanted."""
        return nodes[self.offset : None if self.limit is None else self.offset + self.limit]

    def has_more(self, length: int) -> bool:
        """Return whether a list of *length* goes on after the page."""
        return self.limit is not None and length > self.offset + self.limit


class DrugDocuments:
    """Write documents from fragments, each of which is made once for a state of the store."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store = store
        self._context = context
        self._fragment = lru_cache(_KEPT)(self._written)
        self._head = lru_cache(_KEPT)(self._headed)
        self._sections = lru_cache(_KEPT)(lambda product: sections(store, product))
        self._products = lru_cache(1)(lambda: tuple(products(store)))

    def forget(self) -> None:
        """Drop the fragments; what they were made from has changed."""
        self._fragment.cache_clear()
        self._head.cache_clear()
        self._sections.cache_clear()
        self._products.cache_clear()

    def product(self, slug: str) -> ox.NamedNode:
        """Return the medicine called *slug*.

        Raises:
            UnknownEntityError: there is none.
            RetiredEntityError: it is retired.
        """
        try:
            iri = ox.NamedNode(ID + slug)
        except ValueError as error:
            raise UnknownEntityError(ID + slug) from error
        entities.refuse_retired(self._store, iri)
        if not is_product(self._store, iri):
            raise UnknownEntityError(iri.value)
        return iri

    def more(self, product: ox.NamedNode, asked: Asked) -> list[str]:
        """Return the sections that go on after the page that is asked for."""
        found: Sections = self._sections(product)
        return [name for name in asked.sections if asked.has_more(len(found.nodes[name]))]

    def json_ld(self, product: ox.NamedNode, asked: Asked) -> bytes:
        """Return the document of *product* as a tree."""
        found: Sections = self._sections(product)
        parts = [self._head(product, asked.lang)]
        unknown = json.dumps(found.unknown(asked.sections))
        parts.append(f'"unknown": {unknown},\n  "more": {json.dumps(self.more(product, asked))}')
        for name in asked.sections:
            nodes = asked.page(found.nodes[name])
            listed = ",\n    ".join(self._fragment(node, name, asked.lang) for node in nodes)
            parts.append(f'"{name}": [\n    {listed}\n  ]' if nodes else f'"{name}": []')
        return (",\n  ".join(parts) + "\n}\n").encode()

    def quads(self, product: ox.NamedNode, asked: Asked) -> list[ox.Quad]:
        """Return the quads that the document of *product* is made from."""
        found = set(self._identity(product))
        for name in asked.sections:
            for node in asked.page(self._sections(product).nodes[name]):
                found |= self._about(node, name)
        return sorted(self._spoken(found, asked.lang), key=str)

    def list_of_drugs(self, asked: Asked) -> tuple[bytes, list[ox.Quad], int]:
        """Return the page of all medicines as JSON-LD and as quads, and how many there are."""
        everything = self._products()
        page = asked.page(everything)
        quads = set(entities.provenance(self._store, DATASET))
        quads = {quad for quad in quads if quad.predicate.value != RDFS + "isDefinedBy"}
        for product in page:
            own = self._store.quads(product)
            quads |= {quad for quad in own if quad.predicate.value in _SUMMARY}
        quads |= entities.labels(self._store, quads)
        spoken = sorted(self._spoken(quads, asked.lang), key=str)
        tree = Tree(self._context, dict.fromkeys(quad.triple for quad in spoken))
        document: Node = {"@context": CONTEXT_PATH} | tree.node(DATASET)
        document |= {"total": len(everything), "drugs": []}
        for product in page:
            address = {"document": f"/drugs/{product.value.removeprefix(ID)}"}
            document["drugs"].append(tree.node(product) | address)
        return dumped(document), spoken, len(everything)

    def _headed(self, product: ox.NamedNode, lang: str) -> str:
        quads = sorted(self._spoken(set(self._identity(product)), lang), key=str)
        tree = Tree(self._context, dict.fromkeys(quad.triple for quad in quads), EMBEDDED | _CHAIN)
        document: Node = {"@context": CONTEXT_PATH} | tree.node(product)
        document["mappings"] = [tree.node(each) for each in _pointing(quads, (SUBJECT,))]
        return json.dumps(document, ensure_ascii=False, indent=2).removesuffix("\n}")

    def _written(self, node: ox.NamedNode, section: str, lang: str) -> str:
        quads = sorted(self._spoken(self._about(node, section), lang), key=str)
        tree = Tree(self._context, dict.fromkeys(quad.triple for quad in quads), EMBEDDED | _CHAIN)
        written = tree.node(node)
        if section not in (TRIALS, SOURCES):
            above = frozenset({node})
            written["conflicts"] = [tree.node(each, above) for each in _pointing(quads, SIDES)]
        return json.dumps(written, ensure_ascii=False, indent=2).replace("\n", "\n    ")

    def _identity(self, product: ox.NamedNode) -> Iterator[ox.Quad]:
        """Yield the quads about *product*, what it contains and acts on, and their codes."""
        found = set(self._chain(product))
        for node in {quad.subject for quad in found}:
            if isinstance(node, ox.NamedNode):
                for mapping in list(self._store.quads(None, SUBJECT, node)):
                    if isinstance(mapping.subject, ox.NamedNode):
                        found |= set(self._store.quads(mapping.subject))
        yield from found | entities.labels(self._store, found)
        yield from entities.provenance(self._store, product)

    def _about(self, node: ox.NamedNode, section: str) -> set[ox.Quad]:
        """Return the quads that the entry of *node* in *section* holds."""
        if section == SOURCES:
            own = self._store.quads(node)
            found = {quad for quad in own if quad.predicate.value != _LINES}
        elif section == TRIALS:
            found = set(self._chain(node))
        else:
            found = set(entities.nested(self._store, node))
            for side in SIDES:
                for quad in list(self._store.quads(None, side, node)):
                    if isinstance(quad.subject, ox.NamedNode):
                        found |= set(self._store.quads(quad.subject))
        return found | entities.labels(self._store, found)

    def _chain(self, node: ox.NamedNode) -> Iterator[ox.Quad]:
        for quad in entities.nested(self._store, node):
            yield quad
            if quad.predicate.value in _CHAIN and isinstance(quad.object, ox.NamedNode):
                yield from self._chain(quad.object)

    def _spoken(self, quads: set[ox.Quad], lang: str) -> Iterator[ox.Quad]:
        """Yield *quads* without the names that are in other languages than English and *lang*."""
        for quad in quads:
            value = quad.object
            language = value.language if isinstance(value, ox.Literal) else None
            term = self._context.terms.get(quad.predicate.value)
            if language in (None, "en", lang) or not term or term.kind is not Kind.ENGLISH:
                yield quad


def _pointing(
    quads: Iterable[ox.Quad], predicates: Collection[ox.NamedNode]
) -> Iterable[ox.NamedNode]:
    """Return what points by one of *predicates*, each once and in the order of *quads*."""
    found = (quad.subject for quad in quads if quad.predicate in predicates)
    return dict.fromkeys(each for each in found if isinstance(each, ox.NamedNode))
