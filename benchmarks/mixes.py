"""Say what is asked: queries by name, each with a number at its end that makes it new."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.datasets import Dataset
from kg.terms import DKG, PROV, RDFS

_PREFIXES: Final = f"PREFIX dkg: <{DKG}> PREFIX prov: <{PROV}> PREFIX rdfs: <{RDFS}> "
_MANY: Final = 1_000_000  # rows; no answer has so many, so a limit above it changes only the text
# A comment would do too, but a server might drop it. Where a limit would keep a server from doing
# its best, or from answering at all, as with Virtuoso and sorting, it is a comment.
_COMMENT: Final = "# "
_TOGETHER: Final = 25  # products of 40 claims
_LISTS: Final = 50


@dataclass(frozen=True)
class Mix:
    """Name a query that has a text for each of some keys."""

    name: str
    keys: Callable[[Dataset], list[tuple[str, ...]]]
    body: str
    ending: str = "LIMIT "  # of the text, before a number that makes it new

    def texts(self, dataset: Dataset) -> list[str]:
        """Return the texts that can be asked of *dataset*, all but the number at the end."""
        return [f"{_PREFIXES}{_filled(self.body, key)} {self.ending}" for key in self.keys(dataset)]

    def fresh(self, dataset: Dataset, number: int) -> str:
        """Return a text that differs for each *number* and has the same answer."""
        texts = self.texts(dataset)
        return texts[number % len(texts)] + str(_MANY + number)


def _filled(body: str, key: tuple[str, ...]) -> str:
    for number, part in enumerate(key, 1):
        body = body.replace(f"KEY{number}", part)
    return body


def _labelled(dataset: Dataset) -> list[tuple[str, ...]]:
    return [(f"<{iri}>",) for iri in dataset.labelled]


def _products(dataset: Dataset) -> list[tuple[str, ...]]:
    return [(f"<{iri}>",) for iri in dataset.products]


def _several(dataset: Dataset) -> list[tuple[str, ...]]:
    """Return keys that each list products, enough for 1,000 rows if there are enough."""
    iris = [f"<{iri}>" for iri in dataset.products]
    starts = range(min(len(iris), _LISTS))
    return [(" ".join((iris[start:] + iris[:start])[:_TOGETHER]),) for start in starts]


def _pairs(dataset: Dataset) -> list[tuple[str, ...]]:
    iris = [f"<{iri}>" for iri in dataset.products]
    return list(zip(iris, iris[1:] + iris[:1], strict=True))


def _once(_: Dataset) -> list[tuple[str, ...]]:
    return [()]


def _group(dataset: Dataset) -> list[tuple[str, ...]]:
    return [(f"<{dataset.group}>",)]


LOOKUP: Final = Mix("lookup", _labelled, "SELECT ?label { KEY1 rdfs:label ?label }")
EFFECTS: Final = Mix(
    "effects with evidence",
    _products,
    """SELECT ?effect ?name ?asStated ?lower ?section ?source {
  ?claim dkg:aboutProduct KEY1 ; dkg:effect ?effect ; dkg:hasEvidenceLine ?line .
  ?effect rdfs:label ?name .
  ?line prov:wasDerivedFrom ?source ; dkg:locator ?locator .
  ?locator dkg:sectionTitle ?section .
  OPTIONAL { ?claim dkg:frequency ?frequency . ?frequency dkg:asStated ?asStated .
    OPTIONAL { ?frequency dkg:lowerBound ?lower } }
}""",
)
ROWS: Final = Mix(
    "1,000 rows",
    _several,
    """SELECT ?product ?claim ?effect ?name {
  VALUES ?product { KEY1 }
  ?claim dkg:aboutProduct ?product ; dkg:effect ?effect . ?effect rdfs:label ?name
}""",
)
SHARED: Final = Mix(
    "shared targets",
    _products,
    """SELECT ?other (COUNT(DISTINCT ?effect) AS ?shared) {
  KEY1 dkg:hasActiveSubstance ?substance . ?substance dkg:hasMolecularTarget ?target .
  ?others dkg:hasMolecularTarget ?target . ?other dkg:hasActiveSubstance ?others .
  ?claim dkg:aboutProduct KEY1 ; dkg:effect ?effect .
  ?theirs dkg:aboutProduct ?other ; dkg:effect ?effect .
  FILTER(?other != KEY1)
} GROUP BY ?other""",
    _COMMENT,
)
NEGATION: Final = Mix(
    "negation",
    _pairs,
    """SELECT DISTINCT ?effect {
  ?claim dkg:aboutProduct KEY1 ; dkg:effect ?effect .
  FILTER NOT EXISTS { ?other dkg:aboutProduct KEY2 ; dkg:effect ?effect }
}""",
    _COMMENT,
)
COMPARISON: Final = Mix(
    "two-drug comparison",
    _pairs,
    """SELECT ?effect ?first ?second {
  ?claim dkg:aboutProduct KEY1 ; dkg:effect ?effect ; dkg:frequency ?one .
  ?one dkg:lowerBound ?first .
  ?other dkg:aboutProduct KEY2 ; dkg:effect ?effect ; dkg:frequency ?two .
  ?two dkg:lowerBound ?second .
}""",
    _COMMENT,
)
COUNTS: Final = Mix(
    "effects by products",
    _once,
    """SELECT ?effect (COUNT(DISTINCT ?product) AS ?products) {
  ?claim dkg:effect ?effect ; dkg:aboutProduct ?product
} GROUP BY ?effect""",
    _COMMENT,
)
EXPORT: Final = Mix(
    "export",
    _group,
    """SELECT ?claim ?property ?value {
  ?product dkg:hasTherapeuticClass KEY1 . ?claim dkg:aboutProduct ?product ; ?property ?value
}""",
)

DRIVEN: Final = (LOOKUP, EFFECTS, ROWS)  # by many clients at once
TIMED: Final = (SHARED, NEGATION, COMPARISON, COUNTS)  # one at a time: they may take seconds
