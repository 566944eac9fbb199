"""Write the JSON Schemas of our documents from the context, the ontology and the shapes.

The context says in which form the values of a term are written, the ontology which class of node
has the term and what stands inside it, the shapes what no node of a class is without.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from kg.context import Context, Kind, Term
from kg.drug_sections import BY_CLASS, SECTIONS, SOURCES, TRIALS
from kg.entities import PARTS
from kg.terms import DKG, PREFIXES, XSD, split

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PREFIXES: Final = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
_DOMAINS: Final = "SELECT ?p ?c { ?p rdfs:domain ?c FILTER(isIRI(?c)) }"
_RANGES: Final = "SELECT ?p ?c { ?p rdfs:range ?c FILTER(isIRI(?c)) }"
_ABOVE: Final = "SELECT ?p ?c { ?p rdfs:subClassOf+ ?c FILTER(isIRI(?c)) }"
_REQUIRED: Final = """SELECT ?p ?c {
    ?shape sh:targetClass ?c ; (sh:property)?/sh:path ?p .
    ?shape (sh:property)?/sh:minCount ?least FILTER(isIRI(?p) && ?least > 0)
    FILTER EXISTS { { ?shape sh:path ?p ; sh:minCount ?least }
        UNION { ?shape sh:property [ sh:path ?p ; sh:minCount ?least ] } }
}"""
# How a value of a datatype looks as text, XML Schema 1.1 part 2.
_TEXT: Final = {
    "date": {"format": "date"},
    "decimal": {"pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"},
    "duration": {"pattern": r"^-?P(?=.)[0-9YMD]*(T[0-9HMS.]+)?$"},
    "gYear": {"pattern": r"^-?[0-9]{4,}"},
}
# Classes of nodes that stand inside others, beside the claims; the names that clients get.
_NESTED: Final = (
    "DosingPhase", "DosingSchedule", "EvidenceLine", "FrequencyStatement", "Conflict",
    "MedicinalProduct", "Presentation", "SourceDocument", "Substance", "TargetProtein", "Trial",
    "TrialArm",
)  # fmt: skip
# Borrowed properties have no domain of ours: in which classes each vocabulary is used.
_HOMES: Final = {
    "biolink": {"ArmComparison", "Conflict", "EvidenceLine"},
    "dcterms": {
        "sssom:Mapping", "owl:Ontology", "MedicinalProduct", "SourceDocument", "Substance",
        "TargetProtein", "Trial", "TrialArm",
    },
    "oa": {"oa:SpecificResource", "oa:TextQuoteSelector"},
    "obo": {"MedicinalProduct"},
    "owl": {"MedicinalProduct", "owl:Ontology"},
    "prov": {"ArmComparison", "EvidenceLine", "Conflict", "SourceDocument", "FrequencyStatement"},
    "rdfs": set[str](),  # but see _EVERYWHERE
    "schema": {"SourceDocument"},
    "sssom": {"sssom:Mapping"},
}  # fmt: skip
_EVERYWHERE: Final = {"label", "isDefinedBy"}
_INSIDE: Final = {"hasActiveSubstance", "hasMolecularTarget", "hasArm", "hasPresentation"}


class Schemas:
    """Hold the schemas of one context, ontology and set of shapes."""

    def __init__(self, context: Context, ontology: Path) -> None:
        self._context = context
        self._engine = ox.Store()
        for name in ("drug.ttl", "shapes.ttl"):
            self._engine.load(path=ontology / name, format=ox.RdfFormat.TURTLE)
        self._domains = self._pairs(_DOMAINS)
        self._ranges = self._pairs(_RANGES)
        self._above = self._pairs(_ABOVE)
        self._required = self._pairs(_REQUIRED)

    def named(self) -> dict[str, Schema]:
        """Return every schema by its name."""
        return {
            "drug": self._document("Drug", "A medicine, and what sources say of it.", self._drug()),
            "drugs": self._document("Drugs", "A page of the list of medicines.", self._drugs()),
            "entity": self._document("Entity", "What is known of one IRI.", self._entity()),
            "vocabulary": self._document("Vocabulary", "The ontology.", self._graph()),
        }

    @cached_property
    def definitions(self) -> dict[str, Schema]:
        """Return the schemas of the nodes that documents are made of."""
        classes = (*_NESTED, *BY_CLASS)
        return {
            "Reference": _object({"@id": _string(), "label": _string()}, "@id"),
            "Value": _object(
                {"@value": _string(), "@language": _string(), "@type": _string()}, "@value"
            ),
            "Locator": self._of("oa:SpecificResource"),
            "Selector": self._of("oa:TextQuoteSelector"),
            "Mapping": self._of("sssom:Mapping"),
            "Release": self._of("owl:Ontology"),
            **{name: self._of(name) for name in classes},
            "Claim": self._of("Claim"),
            "Node": self._of(None),
            "Mention": self._mention(),
        }

    def _document(self, title: str, description: str, schema: Schema) -> Schema:
        used: dict[str, Schema] = {}
        waiting = list(_references(schema))
        while waiting:
            name = waiting.pop()
            if name not in used:
                used[name] = self.definitions[name]
                waiting += _references(used[name])
        about = {"title": title, "description": description}
        return about | schema | {"$defs": dict(sorted(used.items()))}

    def _drug(self) -> Schema:
        sections = {name: _array(_ref("Claim")) for name in SECTIONS}
        sections |= {section: _array(_ref(name)) for name, section in BY_CLASS.items()}
        sections |= {TRIALS: _array(_ref("Trial")), SOURCES: _array(_ref("SourceDocument"))}
        base = self._of("MedicinalProduct")
        properties = {"@context": _string()} | base["properties"] | sections
        properties["mappings"] = _array(_ref("Mapping"))
        properties["unknown"] = _array(_string()) | {
            "description": "Sections on which no source that was read says anything: not known, "
            "which is not the same as none."
        }
        properties["more"] = _array(_string()) | {
            "description": "Sections that go on after this page; see the link to the next."
        }
        required = ("@context", *base["required"], "isDefinedBy", "label", "mappings", "more")
        return _object(properties, *dict.fromkeys((*required, "unknown")))

    def _drugs(self) -> Schema:
        entry = self._of("MedicinalProduct")
        entry["properties"]["document"] = _string()
        entry["required"] = [*entry["required"], "document"]
        release = self._of("owl:Ontology")["properties"]
        count = {"type": "integer", "minimum": 0}
        properties = {"@context": _string()} | release | {"total": count, "drugs": _array(entry)}
        return _object(properties, "@context", "@id", "description", "total", "drugs")

    def _entity(self) -> Schema:
        node = self._of(None)
        lists = {"conflicts": "Conflict", "mappings": "Mapping", "mentionedBy": "Mention"}
        properties = {"@context": _string()} | node["properties"]
        properties |= {name: _array(_ref(kind)) for name, kind in lists.items()}
        return _object(properties, "@context", "@id", "isDefinedBy")

    def _mention(self) -> Schema:
        """Return the schema of a node of which no more is told than what it points at."""
        node = self._of(None)
        for term in self._context.terms.values():
            if term.name in node["properties"] and term.kind is Kind.NODE:
                one = _ref("Reference")
                node["properties"][term.name] = _array(one) if term.many else one
        return node

    def _graph(self) -> Schema:
        properties = {"@context": _string(), "@graph": _array(_ref("Mention"))}
        return _object(properties, "@context", "@graph")

    def _of(self, name: str | None) -> Schema:
        """Return the schema of a node of the class *name*, or of any class."""
        iri = self._context.expand(name) if name else ""
        classes = {iri} | self._above.get(iri, set())
        properties: Schema = {"@id": _string(), "@type": _array(_string())}
        for term in sorted(self._context.terms.values(), key=lambda term: term.name):
            if not name or self._has(name, classes, term):
                properties[term.name] = self._values(term)
        properties = {key: value for key, value in properties.items() if not key[0].isupper()}
        if iri.endswith("Claim"):
            properties["conflicts"] = _array(_ref("Conflict"))
        least = [
            self._context.terms[path].name
            for path, targets in self._required.items()
            if name and path in self._context.terms and not classes.isdisjoint(targets)
        ]
        return _object(properties, "@id", *sorted(least))

    def _has(self, name: str, classes: set[str], term: Term) -> bool:
        """Return whether a node of the class *name*, which is one of *classes*, has *term*."""
        domains = self._domains.get(term.iri, set())
        prefix, _ = split(term.iri, PREFIXES)
        if term.name in _EVERYWHERE:
            return True
        if prefix in _HOMES:
            return name in _HOMES[prefix]
        iri = self._context.expand(name)
        specific = any(iri in self._above.get(each, set()) for each in domains)
        return not domains or specific or not classes.isdisjoint(domains)

    def _values(self, term: Term) -> Schema:
        value = self._value(term)
        return _array(value) if term.many else value

    def _value(self, term: Term) -> Schema:
        ranges = self._ranges.get(term.iri, set())
        match term.kind:
            case Kind.NODE:
                return self._target(term, ranges)
            case Kind.TYPED:
                return _string() | _TEXT.get(term.datatype.removeprefix(XSD), {})
            case Kind.VALUE:
                return _ref("Value")
            case Kind.NATIVE:
                boolean = XSD + "boolean" in ranges or term.name == "deprecated"
                return {"type": "boolean"} if boolean else {"type": "integer"}
        return _string()

    def _target(self, term: Term, ranges: set[str]) -> Schema:
        special = {
            "hasSelector": "Selector", "locator": "Locator", "statedBy": "EvidenceLine",
            "hasEvidenceLine": "EvidenceLine", "isDefinedBy": "Release", "phase": "DosingPhase",
        }  # fmt: skip
        inside = ox.NamedNode(term.iri) in PARTS or term.name in _INSIDE
        names = [name for name in _NESTED if DKG + name in ranges] if inside else []
        name = special.get(term.name) or next(iter(names), None)
        return _ref(name) if name else _ref("Reference")

    def _pairs(self, query: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        rows = self._engine.query(_PREFIXES + query)
        assert isinstance(rows, ox.QuerySolutions)  # noqa: S101 (a SELECT)
        for row in rows:
            found.setdefault(row["p"].value, set()).add(row["c"].value)
        return found


def _references(schema: object) -> Iterator[str]:
    match schema:
        case {"$ref": str() as target}:
            yield target.removeprefix("#/$defs/")
        case Mapping():
            for each in schema.values():
                yield from _references(each)


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _string() -> Schema:
    return {"type": "string"}
