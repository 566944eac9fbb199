"""Build a release: parse, name, check, compare, derive, reason, write."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyoxigraph as ox

from kg import coverage, release, sssom
from kg.compare import compare
from kg.entail import entail
from kg.errors import FactsError, NoReleaseError, Violation, in_order
from kg.paths import Inputs
from kg.release import Manifest
from kg.skolem import skolemise, skolemise_ontology
from kg.turtle import Document, load_facts, load_ontology, load_shapes
from kg.validate import validate
from kg.vocabulary import Vocabulary, check_vocabulary, functional

Say: TypeAlias = Callable[[str], None]


class Examined(NamedTuple):
    """Hold the documents of a build, every node named, and what is wrong with them."""

    documents: tuple[Document, ...]
    vocabulary: Vocabulary
    violations: tuple[Violation, ...]


def build(out: Path, say: Say, inputs: Inputs | None = None) -> Manifest:
    """Make a release in the directory *out* and return its manifest.

    Raises:
        FactsError: the facts do not parse, break the vocabulary or a shape, or contradict the
            ontology.
        RuleError: a rule cannot be applied.
        ShapesError: the shapes cannot be used.
        OccupiedError: *out* holds something that is not a release.

    Whatever is raised, *out* stays as it was.
    """
    inputs = inputs or Inputs()
    examined = examine(inputs, say)
    if examined.violations:
        raise FactsError(examined.violations)
    store = complete(examined, inputs, say)
    tables = {
        coverage.NAME: coverage.table(store),
        sssom.NAME: sssom.table(store, release.version()),
    }
    manifest = release.write(out, store, inputs.files(), tables)
    say(f"wrote {manifest.quads} quads in {len(manifest.graphs)} graphs to {out}")
    return manifest


def complete(examined: Examined, inputs: Inputs, say: Say) -> ox.Store:
    """Return what the documents say, with everything that follows from it.

    Raises:
        FactsError: the facts contradict the ontology.
        RuleError: a rule cannot be applied.
    """
    documents = examined.documents
    store = ox.Store()
    for document in documents:
        store.extend(
            ox.Quad(subject, predicate, value, document.graph)
            for subject, predicate, value, _ in document.statements
        )
    say(f"compared {compare(store)} pairs of frequencies")
    entailed = entail(store, documents, inputs.rules, examined.vocabulary.properties)
    say(f"derived {entailed.derived} triples")
    say(f"inferred {entailed.inferred} triples")
    return store


def check(say: Say, inputs: Inputs | None = None) -> tuple[Violation, ...]:
    """Return everything in the facts that would stop a build, in order of file and line."""
    inputs = inputs or Inputs()
    try:
        examined = examine(inputs, say)
        if not examined.violations:
            complete(examined, inputs, say)
    except FactsError as error:
        return error.violations
    return examined.violations


def examine(inputs: Inputs, say: Say) -> Examined:
    """Read *inputs* and check them, each step only if the one before found no fault.

    Raises:
        FactsError: a file does not parse.
    """
    ontology = load_ontology(inputs.ontology)
    facts = load_facts(inputs.facts)
    count = sum(len(document.statements) for document in facts)
    say(f"read {count} triples from {len(facts)} fact files")

    named = skolemise(facts, functional(ontology))
    ontology = skolemise_ontology(ontology)
    vocabulary = Vocabulary.of(ontology, named.documents, named.minted)
    documents = (ontology, *named.documents)
    violations = named.violations + check_vocabulary(vocabulary, ontology, named.documents)
    if violations:
        return Examined(documents, vocabulary, in_order(violations))
    say("every node has a name, every term is declared")

    report = validate(documents, load_shapes(inputs.ontology))
    for warning in report.warnings:
        say(f"warning: {warning}")
    if not report.violations:
        say("every shape is met")
    return Examined(documents, vocabulary, in_order(report.violations))


def is_stale(out: Path, inputs: Inputs | None = None) -> bool:
    """Return whether a build would make something else than the release in *out*.

    What was not made from facts, such as the claims of a benchmark, has nothing to be made from.
    """
    try:
        manifest = Manifest.read(out)
    except NoReleaseError:
        return True
    if not manifest.inputs:
        return False
    now = (release.version(), release.tools(), release.digests((inputs or Inputs()).files()))
    return (manifest.version, manifest.tools, manifest.inputs) != now
