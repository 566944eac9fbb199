"""Describe our FHIR extensions once: what may be said with each, and its StructureDefinition."""

from dataclasses import dataclass
from typing import Any, Final

from kg.entities import NOTE
from kg.errors import ExportError

CANONICAL: Final = "https://w3id.org/drugkg/fhir/StructureDefinition/"
FHIR_VERSION: Final = "5.0.0"


@dataclass(frozen=True)
class Part:
    """Describe one sub-extension: its name, the type of its value, and how many there may be."""

    name: str
    kind: str  # FHIR datatype
    about: str
    most: str = "1"
    least: int = 0

    @property
    def element(self) -> str:
        """Return the name of the element that holds the value."""
        return f"value{self.kind[0].upper()}{self.kind[1:]}"


@dataclass(frozen=True)
class Extension:
    """Describe an extension of several parts."""

    name: str
    title: str
    about: str
    contexts: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def url(self) -> str:
        """Return the canonical IRI."""
        return CANONICAL + self.name


_USE: Final = "ClinicalUseDefinition"
INCIDENCE: Final = Extension(
    "incidence",
    "Incidence of an undesirable effect",
    "How often an effect occurs by the word of one source: as stated, as an interval, as a "
    "category of a named scheme, or as a count in an arm of a trial. Several may stand side by "
    "side; none is preferred. What is absent is unknown.",
    (f"{_USE}.undesirableEffect", _USE),
    (
        Part("asStated", "string", "the words and digits of the source", least=1),
        Part("category", "CodeableConcept", "category that the source uses"),
        Part("lowerBound", "decimal", "lower end, as a proportion from 0 to 1"),
        Part("lowerInclusive", "boolean", "whether the lower end belongs to the interval"),
        Part("upperBound", "decimal", "upper end, as a proportion from 0 to 1"),
        Part("upperInclusive", "boolean", "whether the upper end belongs to the interval"),
        Part("proportion", "decimal", "share of people affected, from 0 to 1"),
        Part("numerator", "unsignedInt", "people affected"),
        Part("numeratorIsDerived", "boolean", "true if the numerator was computed"),
        Part("denominator", "positiveInt", "people in whom the effect was counted"),
        Part("arm", "CodeableConcept", "arm of the trial"),
        Part("comparatorArm", "CodeableConcept", "arm that it stands against"),
        Part("groupingLevel", "CodeableConcept", "how single terms were pooled"),
        Part("exposureWindow", "string", "time of treatment of the figure"),
        Part("population", "CodeableConcept", "who the figure is about", "*"),
        Part("evidence", "uri", "the evidence line that states it", "*"),
        Part("note", "string", "remark of a curator", "*"),
    ),
)
EVIDENCE: Final = Extension(
    "evidence",
    "Evidence line",
    "Which place of which version of a document states what the resource says, and with what "
    "force.",
    (_USE,),
    (
        Part("line", "uri", "IRI of the evidence line", least=1),
        Part("source", "CodeableConcept", "version of the document"),
        Part("direction", "CodeableConcept", "whether it supports or only mentions"),
        Part("modality", "CodeableConcept", "with what force it is put"),
        Part("type", "CodeableConcept", "kind of evidence (ECO)", "*"),
        Part("knowledgeLevel", "string", "knowledge level (Biolink)"),
        Part("agentType", "string", "agent type (Biolink)"),
        Part("section", "string", "heading of the section"),
        Part("lineNumber", "positiveInt", "line of the document", "*"),
        Part("page", "positiveInt", "page of the document", "*"),
        Part("quote", "string", "words quoted", "*"),
        Part("reliesOn", "uri", "document that the source relies on", "*"),
    ),
)
SCOPE: Final = Extension(
    "scope",
    "Where and for whom a claim holds",
    "Jurisdiction, population, stage of treatment and strength of what the resource says.",
    (_USE,),
    (
        Part("jurisdiction", "CodeableConcept", "territory", "*"),
        Part("population", "CodeableConcept", "population or stage of treatment", "*"),
        Part("strength", "CodeableConcept", "strength of a caution"),
        Part("asStated", "string", "the words of the source", "*"),
    ),
)
CONFLICT: Final = Extension(
    "conflict",
    "Conflict with other claims",
    "A disagreement in which the claim is a side. Both sides stay; nothing is resolved.",
    (_USE,),
    (
        Part("conflict", "uri", "IRI of the conflict", least=1),
        Part("label", "string", "its name"),
        Part("type", "CodeableConcept", "in what respect the sides differ", "*"),
        Part("otherSide", "uri", "claim on the other side", "*"),
        Part("computed", "boolean", "true if a rule found it and no curator"),
    ),
)
EXTENSIONS: Final = (INCIDENCE, EVIDENCE, SCOPE, CONFLICT)


def structure_definition(extension: Extension, version: str) -> dict[str, Any]:
    """Return the StructureDefinition of *extension* (FHIR R5, differential only)."""
    return {
        "resourceType": "StructureDefinition",
        "id": extension.name,
        "url": extension.url,
        "version": version,
        "name": f"DrugKG{extension.name.capitalize()}",
        "title": extension.title,
        "status": "draft",
        "experimental": False,
        "publisher": "The DrugKG authors",
        "description": f"{extension.about} {NOTE}",
        "copyright": "CC BY 4.0",
        "fhirVersion": FHIR_VERSION,
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": each} for each in extension.contexts],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": _elements(extension)},
    }


def _elements(extension: Extension) -> list[dict[str, Any]]:
    top = {"path": "Extension", "short": extension.title, "definition": extension.about}
    elements: list[dict[str, Any]] = [{"id": "Extension", **top}]
    for part in extension.parts:
        base = f"Extension.extension:{part.name}"
        elements += [
            {
                "id": base,
                "path": "Extension.extension",
                "sliceName": part.name,
                "short": part.about,
                "min": part.least,
                "max": part.most,
            },
            {"id": f"{base}.url", "path": "Extension.extension.url", "fixedUri": part.name},
            {
                "id": f"{base}.value[x]",
                "path": "Extension.extension.value[x]",
                "min": 1,
                "type": [{"code": part.kind}],
            },
        ]
    elements += [
        {"id": "Extension.url", "path": "Extension.url", "fixedUri": extension.url},
        {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"},
    ]
    return elements


def extension(kind: Extension, **values: object) -> dict[str, Any]:
    """Return an instance of *kind*; empty values are left out, lists become repetitions.

    Raises:
        ValueError: *kind* has no part of that name.
        ExportError: a part that it needs is missing.
    """
    parts = {part.name: part for part in kind.parts}
    if unknown := values.keys() - parts.keys():
        raise ValueError(f"{kind.name} has no part {', '.join(sorted(unknown))}")
    inner = []
    for name, part in parts.items():
        value = values.get(name)
        each = list(value) if isinstance(value, tuple | list) else [value]
        given = [one for one in each if one not in (None, "")]
        if len(given) < part.least:
            raise ExportError(f"a FHIR extension {kind.name!r} needs a value of {name!r}")
        inner += [{"url": name, part.element: one} for one in given]
    return {"extension": inner, "url": kind.url}
