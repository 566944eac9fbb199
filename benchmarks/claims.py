"""Make claims about medicines that do not exist, in the shape of ours and as many as wanted.

The same number of triples gives the same claims everywhere: what is drawn by lot depends on the
number of the product alone.
"""

import random
from collections.abc import Iterator
from typing import Final

from kg.terms import DKG, GRAPH, ID, OBO, PREFIXES, PROV, RDF, RDFS, SRC

CLAIMS: Final = 40  # about each product
IN_CLASS: Final = 360  # products of a therapeutic class: some 100,000 triples about their claims
OF_CLAIM: Final = 21  # triples
OF_PRODUCT: Final = 8
_EFFECTS: Final = 2_000
_TARGETS: Final = 200
_SOURCES: Final = 12
_SECTIONS: Final = ("Boxed warning", "Warnings and precautions", "Adverse reactions", "Overdose")
_WORDS: Final = (("very common", "0.1"), ("common", "0.01"), ("uncommon", "0.001"))
_OA: Final = PREFIXES["oa"]
_BIOLINK: Final = PREFIXES["biolink"]

Line = tuple[str, str]  # a triple without its full stop, and the graph it stands in


def products(triples: int) -> int:
    """Return how many products make about so many *triples*."""
    return max(triples // (CLAIMS * OF_CLAIM + OF_PRODUCT), 2)


def product(number: int) -> str:
    """Return the IRI of a product."""
    return f"{ID}product-{number}"


def effect(number: int) -> str:
    """Return the IRI of an effect; the lower its number, the more products have it."""
    return f"{ID}effect-{number}"


def source(number: int) -> str:
    """Return the IRI of a source."""
    return f"{SRC}synthetic-{number}"


def therapeutic_class(number: int) -> str:
    """Return the IRI of the class that the product has."""
    return f"{ID}class-{number // IN_CLASS}"


def lines(triples: int) -> Iterator[Line]:
    """Yield about so many *triples*, each with the graph of the source that says it."""
    yield from _terms()
    for number in range(products(triples)):
        yield from _about(number)


def _terms() -> Iterator[Line]:
    graph = f"{GRAPH}synthetic/terms"
    for number in range(_EFFECTS):
        this = f"<{effect(number)}>"
        yield _is_a(this, "Effect"), graph
        yield f'{this} <{RDFS}label> "effect {number}"@en', graph
    for number in range(_TARGETS):
        target = f"<{ID}target-{number}>"
        yield _is_a(target, "TargetProtein"), graph
        yield f'{target} <{RDFS}label> "target {number}"@en', graph
    for number in range(_SOURCES):
        this = f"<{source(number)}>"
        yield _is_a(this, "SourceDocument"), graph
        yield f'{this} <{RDFS}label> "source {number}"@en', graph


def _about(number: int) -> Iterator[Line]:
    draw = random.Random(number).random  # noqa: S311 (the same numbers everywhere)
    graph = f"{GRAPH}synthetic/products"
    this, substance = f"<{product(number)}>", f"<{ID}substance-{number}>"
    target = f"<{ID}target-{int(_TARGETS * draw() ** 2)}>"
    yield _is_a(this, "MedicinalProduct"), graph
    yield f'{this} <{RDFS}label> "Product {number}"@en', graph
    yield f"{this} <{DKG}hasActiveSubstance> {substance}", graph
    yield f"{this} <{DKG}hasTherapeuticClass> <{therapeutic_class(number)}>", graph
    yield _is_a(substance, "Substance"), graph
    yield f'{substance} <{RDFS}label> "substance {number}"@en', graph
    yield f"{substance} <{DKG}hasMolecularTarget> {target}", graph
    yield f"{target} <{DKG}targetOf> {substance}", graph
    effects: dict[int, None] = {}
    while len(effects) < CLAIMS:
        effects[int(_EFFECTS * draw() ** 2)] = None  # some are claimed of many, most of few
    for order, each in enumerate(effects):
        yield from _claim(number, order, each, draw(), draw())


def _claim(number: int, order: int, which: int, first: float, second: float) -> Iterator[Line]:
    name = f"{ID}claim-{number}-{order}"
    this, line = f"<{name}>", f"<{name}-evidence-line>"
    frequency, locator = f"<{name}-frequency>", f"<{name}-locator>"
    words, lower = _WORDS[int(first * len(_WORDS))]
    origin = int(second * _SOURCES)
    graph = f"{GRAPH}synthetic/source-{origin}"
    about = f"<{product(number)}>"
    for triple in (
        _is_a(this, "SideEffectClaim"),
        f'{this} <{RDFS}label> "effect {which} is a side effect of Product {number}"@en',
        f"{this} <{DKG}aboutProduct> {about}",
        f"{this} <{DKG}effect> <{effect(which)}>",
        f"{this} <{DKG}frequency> {frequency}",
        f"{this} <{DKG}hasEvidenceLine> {line}",
        _is_a(frequency, "FrequencyStatement"),
        f'{frequency} <{DKG}asStated> "{words}"@en',
        f'{frequency} <{DKG}lowerBound> "{lower}"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        f"{frequency} <{DKG}statedBy> {line}",
        _is_a(line, "EvidenceLine"),
        f"{line} <{PROV}wasDerivedFrom> <{source(origin)}>",
        f"{line} <{DKG}direction> <{DKG}Supports>",
        f"{line} <{DKG}modality> <{DKG}May>",
        f"{line} <{_BIOLINK}has_evidence_of_type> <{OBO}ECO_0006155>",
        f'{line} <{_BIOLINK}knowledge_level> "knowledge_assertion"',
        f"{line} <{DKG}locator> {locator}",
        f"{locator} <{RDF}type> <{_OA}SpecificResource>",
        f'{locator} <{DKG}sectionTitle> "{_SECTIONS[order % len(_SECTIONS)]}"@en',
        f"{locator} <{_OA}hasSource> <{source(origin)}>",
    ):
        yield triple, graph
    yield f"{about} <{DKG}hasSideEffect> <{effect(which)}>", f"{GRAPH}derived"


def _is_a(subject: str, kind: str) -> str:
    return f"{subject} <{RDF}type> <{DKG}{kind}>"
