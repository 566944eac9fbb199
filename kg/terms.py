"""Name the namespaces and graphs of DrugKG, and abbreviate IRIs for people."""

import re
from collections.abc import Mapping
from typing import Final

DKG: Final = "https://w3id.org/drugkg/vocab#"
ID: Final = "https://w3id.org/drugkg/id/"
SRC: Final = "https://w3id.org/drugkg/source/"
GRAPH: Final = "https://w3id.org/drugkg/graph/"
GENID: Final = "https://w3id.org/drugkg/.well-known/genid/"  # RDF 1.1 Concepts §3.5

OBO: Final = "http://purl.obolibrary.org/obo/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SH: Final = "http://www.w3.org/ns/shacl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PROV: Final = "http://www.w3.org/ns/prov#"

PREFIXES: Final[dict[str, str]] = {
    "biolink": "https://w3id.org/biolink/vocab/",
    "dcterms": DCTERMS,
    "dkg": DKG,
    "efo": "http://www.ebi.ac.uk/efo/",
    "graph": GRAPH,
    "id": ID,
    "idmp": "https://spec.pistoiaalliance.org/idmp/ontology/ISO/ISO11615-MedicinalProducts/",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": OBO,
    "owl": OWL,
    "prov": PROV,
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "http://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": SH,
    "sio": "http://semanticscience.org/resource/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "src": SRC,
    "sssom": "https://w3id.org/sssom/",
    "time": "http://www.w3.org/2006/time#",
    "unit": "http://qudt.org/vocab/unit/",
    "xsd": XSD,
}

ONTOLOGY_GRAPH: Final = GRAPH + "ontology"
SHAPES_GRAPH: Final = GRAPH + "shapes"
DERIVED_GRAPH: Final = GRAPH + "derived"
INFERRED_GRAPH: Final = GRAPH + "inferred"

_LOCAL = re.compile(r"\w[\w.-]*(?<!\.)|")  # the plain part of PN_LOCAL, Turtle §6.5


def curie(iri: str) -> str:
    """Return *iri* as ``prefix:local`` where a prefix fits, else as ``<iri>``."""
    prefix, local = split(iri, PREFIXES)
    return f"{prefix}:{local}" if prefix else f"<{iri}>"


def split(iri: str, prefixes: Mapping[str, str]) -> tuple[str, str]:
    """Return the prefix and the local part of *iri*, or no prefix and *iri* if none fits."""
    fitting = (prefix for prefix, namespace in prefixes.items() if iri.startswith(namespace))
    prefix = max(fitting, key=lambda name: len(prefixes[name]), default="")
    local = iri.removeprefix(prefixes.get(prefix, ""))
    return (prefix, local) if prefix and _LOCAL.fullmatch(local) else ("", iri)


def graph_iri(path: str) -> str:
    """Return the IRI of the named graph made from *path*, given without its suffix."""
    return GRAPH + path
