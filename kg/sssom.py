"""Write the mappings of a graph as SSSOM/TSV, the table that mapping tools exchange.

Source: SSSOM 1.1, https://mapping-commons.github.io/sssom/spec-formats-tsv/.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kg.errors import FactsError, Violation
from kg.terms import PREFIXES, graph_iri

NAME: Final = "mappings.sssom.tsv"
MAPPINGS: Final = graph_iri("mappings")

_QUERY: Final = f"""
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sssom: <https://w3id.org/sssom/>
SELECT DISTINCT ?record_id ?subject_id ?subject_label ?predicate_id ?object_id ?object_label
    ?mapping_justification ?confidence ?comment ?ext_grade ?ext_replaced_by ?ext_valid_from
    ?ext_valid_until ?ext_verified_in
WHERE {{
    GRAPH <{MAPPINGS}> {{
        ?record_id a sssom:Mapping ;
            sssom:subject_id ?subject_id ;
            sssom:predicate_id ?predicate_id ;
            sssom:object_id ?object_id ;
            sssom:mapping_justification ?mapping_justification .
        OPTIONAL {{ ?record_id sssom:object_label ?stated_label }}
        OPTIONAL {{ ?record_id dkg:mappingConfidence ?confidence }}
        OPTIONAL {{ ?record_id dkg:note ?comment }}
        OPTIONAL {{ ?record_id dkg:mappingGrade ?ext_grade }}
        OPTIONAL {{ ?record_id dcterms:isReplacedBy ?ext_replaced_by }}
        OPTIONAL {{ ?record_id dkg:validFrom ?ext_valid_from }}
        OPTIONAL {{ ?record_id dkg:validUntil ?ext_valid_until }}
        OPTIONAL {{ ?record_id dkg:verifiedIn ?ext_verified_in }}
    }}
    OPTIONAL {{ GRAPH ?terms {{ ?subject_id rdfs:label ?subject_label }} }}
    OPTIONAL {{ GRAPH ?others {{ ?object_id rdfs:label ?known_label }} }}
    BIND(COALESCE(?stated_label, ?known_label) AS ?object_label)
}}
"""

# What SSSOM has no slot for: how a mapping was verified, and since and until when it held.
_EXTENSIONS: Final = {
    "ext_grade": ("dkg:mappingGrade", "xsd:string"),
    "ext_replaced_by": ("dcterms:isReplacedBy", "linkml:Uriorcurie"),
    "ext_valid_from": ("dkg:validFrom", "xsd:date"),
    "ext_valid_until": ("dkg:validUntil", "xsd:date"),
    "ext_verified_in": ("dkg:verifiedIn", "xsd:string"),
}
_BUILT_IN: Final = {"linkml": "https://w3id.org/linkml/"}
_ABBREVIATIONS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<namespace>http://purl\.obolibrary\.org/obo/(?P<prefix>[A-Za-z]+)_)(?P<local>\w+)",
        r"(?P<namespace>https://bioregistry\.io/(?P<prefix>[a-z0-9.]+):)(?P<local>[\w.-]+)",
        r"(?P<namespace>http://www\.ebi\.ac\.uk/efo/(?P<prefix>EFO)_)(?P<local>\w+)",
        r"(?P<namespace>http://id\.nlm\.nih\.gov/(?P<prefix>mesh)/)(?P<local>\w+)",
        r"(?P<namespace>http://purl\.uniprot\.org/(?P<prefix>uniprot)/)(?P<local>\w+)",
    )
)


def table(store: ox.Store, version: str) -> bytes:
    """Return the mappings in *store*, superseded ones included, in order of subject and object.

    Raises:
        FactsError: an identifier is in no namespace that has a prefix.
    """
    answer = store.query(_QUERY)
    assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (narrows the type)
    columns = [variable.value for variable in answer.variables]
    used = {name: PREFIXES[name] for name in ("dcterms", "dkg", "xsd")} | _BUILT_IN
    rows = [[_cell(solution[column], used) for column in columns] for solution in answer]
    rows.sort(key=lambda row: row[1:])
    text = io.StringIO()
    text.writelines(f"#{line}\n" for line in _header(version, used))
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _header(version: str, prefixes: dict[str, str]) -> Iterator[str]:
    """Yield the metadata of the set as lines of YAML; a JSON string is one of YAML too."""
    yield 'sssom_version: "1.1"'
    yield f"mapping_set_id: {json.dumps(MAPPINGS)}"
    yield f"mapping_set_version: {json.dumps(version)}"
    yield 'mapping_set_title: "Identifiers of medicines, targets, conditions and effects in DrugKG"'
    yield 'creator_label: ["The DrugKG authors"]'
    yield 'license: "https://creativecommons.org/licenses/by/4.0/"'
    yield "curie_map:"
    for prefix, namespace in sorted(prefixes.items()):
        yield f"  {prefix}: {json.dumps(namespace)}"
    yield "extension_definitions:"
    for slot, (meaning, kind) in _EXTENSIONS.items():
        yield f"  - slot_name: {slot}"
        yield f"    property: {meaning}"
        yield f"    type_hint: {kind}"


def _cell(term: object, used: dict[str, str]) -> str:
    """Return what stands in the table for *term*; add the prefix of an IRI to *used*."""
    match term:
        case ox.NamedNode():
            prefix, namespace = _split(term.value)
            used[prefix] = namespace
            return f"{prefix}:{term.value.removeprefix(namespace)}"
        case ox.Literal():
            return term.value
        case _:
            return ""


def _split(iri: str) -> tuple[str, str]:
    """Return the prefix of *iri* and the namespace that it stands for."""
    for abbreviation in _ABBREVIATIONS:
        if found := abbreviation.fullmatch(iri):
            return found["prefix"], found["namespace"]
    for prefix, namespace in PREFIXES.items():
        if re.fullmatch(r"[\w.-]+", iri.removeprefix(namespace)) and iri.startswith(namespace):
            return prefix, namespace
    message = "has no prefix in kg/sssom.py or kg/terms.py, so SSSOM cannot name it"
    raise FactsError([Violation("kg/facts/mappings.ttl", None, f"<{iri}>", message)])
