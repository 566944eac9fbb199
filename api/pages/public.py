"""Hold the public documents that pages are written from; a page has no other way to the facts."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from api.drugs import LONGEST
from api.entities import Descriptions
from api.named_queries import LONGEST as MOST
from api.named_queries import Queries
from api.resolve import described
from kg.context import Context
from kg.drug_document import Asked, DrugDocuments
from kg.exports import schema_org
from kg.exports.claims import Release
from kg.search import Hit, Index
from kg.store import GraphFormat, ResultFormat, Store

Node: TypeAlias = dict[str, Any]
_JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
ALL: Final = Asked(limit=LONGEST)
_KEPT: Final = 256  # documents and tables, read
_LISTS: Final = 8  # of medicines: each may name a thousand


class Public:
    """Read what the JSON-LD API and the named queries answer, in this process."""

    def __init__(  # noqa: PLR0913, PLR0917 (one argument for each public document)
        self,
        store: Store,
        context: Context,
        documents: DrugDocuments,
        descriptions: Descriptions,
        queries: Queries,
        index: Index,
    ) -> None:
        self.store = store
        self.context = context
        self.queries = queries
        self._documents = documents
        self._descriptions = descriptions
        self._index = index
        self.drug = lru_cache(_KEPT)(self._drug)
        self.entity = lru_cache(_KEPT)(self._entity)
        self.remembered = lru_cache(_KEPT)(self.select)  # for small answers that pages share
        self.listed = lru_cache(_LISTS)(self._listed)
        self._table = lru_cache(_KEPT)(self._asked)

    def forget(self) -> None:
        """Drop what was read; the store has changed."""
        self.drug.cache_clear()
        self.entity.cache_clear()
        self.remembered.cache_clear()
        self.listed.cache_clear()
        self._table.cache_clear()

    def drugs(self, asked: Asked = ALL) -> list[Node]:
        """Return the medicines, as ``/drugs`` lists them."""
        return self.listed(asked)["drugs"]  # type: ignore[no-any-return]

    def _listed(self, asked: Asked = ALL) -> Node:
        """Return the list of medicines, as ``/drugs`` has it."""
        content, _, _ = self._documents.list_of_drugs(asked)
        listed: Node = json.loads(content)
        return listed

    def _drug(self, slug: str, asked: Asked = ALL) -> Node:
        """Return the document of a medicine, as ``/drugs/<slug>`` has it."""
        product = self._documents.product(slug)
        document: Node = json.loads(self._documents.json_ld(product, asked))
        return document

    def schema_org(self, slug: str) -> Node | None:
        """Return the medicine and the therapy with it, as the export to schema.org has them.

        The claims are left to the export, as they would double the page. A document that is too
        long for one page gives none, rather than a therapy without some of its outcomes.
        """
        product = self._documents.product(slug)
        if self._documents.more(product, ALL):
            return None
        release = Release(self._documents.quads(product, ALL), self.store.manifest.version)
        nodes = schema_org.medicine(release, product.value)
        kept = [node for node in nodes if node["@type"] in {"Drug", "MedicalTherapy"}]
        return {"@context": schema_org.CONTEXT, "@graph": kept}

    def _entity(self, iri: str) -> Node:
        """Return the document of any IRI, as ``/resolve?iri=`` has it."""
        found = described(self.store, iri)
        document: Node = json.loads(self._descriptions.written(found, ox.RdfFormat.JSON_LD))
        return document

    def expand(self, node: Node) -> str:
        """Return the IRI of *node*, which documents shorten."""
        return self.context.expand(str(node["@id"]))

    def rows(self, name: str, **given: str) -> list[Node]:
        """Return all rows of the named query *name*, as ``/queries/<name>`` has them."""
        return self.table(name, given)["rows"]  # type: ignore[no-any-return]

    def table(
        self, name: str, given: Mapping[str, str], offset: int = 0, limit: int = MOST
    ) -> Node:
        """Return rows of the named query *name* with its title, question and columns."""
        return self._table(name, tuple(sorted(given.items())), offset, limit)

    def _asked(
        self, name: str, given: tuple[tuple[str, str], ...], offset: int, limit: int
    ) -> Node:
        query = self.queries.find(name)
        page = self.queries.page(query, dict(given), offset, limit)
        return self.queries.table(query, page, offset)

    def select(self, query: str) -> list[dict[str, str]]:
        """Return the solutions of *query*, as ``/sparql`` has them; what is unbound is left out."""
        content = b"".join(self.store.query(query, solutions=_JSON).chunks)
        solutions = json.loads(content)["results"]["bindings"]
        return [{name: term["value"] for name, term in each.items()} for each in solutions]

    def node(self, iri: str, label: str = "") -> Node:
        """Return *iri* as documents name a node."""
        return {"@id": self.context.curie(iri)} | ({"label": label} if label else {})

    def graph(self, name: str, given: dict[str, str]) -> str:
        """Return the answer to a named query that constructs a graph, in Turtle."""
        asked = GraphFormat("text/turtle", ox.RdfFormat.TURTLE)
        answer = self.queries.answer(self.queries.find(name), given, asked)
        return b"".join(answer.chunks).decode()

    def find(self, text: str, kind: str | None = None) -> list[Hit]:
        """Return what ``/search`` finds."""
        return self._index.find(text, [self.context.expand(kind)] if kind else [])
