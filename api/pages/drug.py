"""Write the page of a medicine from its document."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeAlias
from urllib.parse import urlencode

from flask import render_template

from api.drugs import LONGEST
from api.pages import diagram, dosing, marks, scale, words
from api.pages.links import Links, alternates, construct
from api.pages.public import Node, Public
from api.parameters import FURTHEST, Parameters
from kg.drug_document import Asked
from kg.drug_sections import PREGNANCY, SECTIONS
from kg.terms import ID

Groups: TypeAlias = dict[str, list[Node]]
_TIMES: Final = ("before", "during", "after")
_STRENGTHS: Final = ("absolute", "relative", "precaution")
SECTION_NAMES: Final = {  # where the name of a section is not what people say
    "adviceInTime": "advice before, during and after treatment",
    "classClaims": "what holds of its class",
    "otherClaims": "anything else",
    "pregnancyAdvice": "pregnancy, breast-feeding and contraception",
    "roles": "who does what",
    "sideEffectCourse": "course of side effects",
    "sideEffects": "side effects",
    "trialClaims": "what is said of trials",
    "documents": "what its documents link to",
}
PARTS: Final = {  # of the page, and the sections that each needs one of
    "mechanism": ("mechanism",),
    "indications": ("indications",),
    "cautions": ("cautions",),
    "side-effects": ("sideEffects", "symptoms", "sideEffectCourse"),
    "dosing": ("dosing",),
    "monitoring": ("monitoring", "adviceInTime"),
    "pregnancy": ("pregnancyAdvice",),
    "outcomes": ("outcomes",),
    "trials": ("trials", "trialClaims"),
    "roles": ("roles",),
    "availability": ("availability",),
    "properties": (
        "properties", "classClaims", "testimonials", "definitions", "documents", "otherClaims",
    ),
    "sources": ("sources",),
}  # fmt: skip
_NOWHERE: Final = "no authority named"


def drug(public: Public, slug: str) -> str:
    """Return the page at ``/drugs/<slug>``."""
    parameters = Parameters()
    asked = Asked(
        sections=parameters.choices("sections", SECTIONS),
        lang=parameters.language("lang"),
        offset=parameters.integer("offset", 0, 0, FURTHEST),
        limit=parameters.integer("limit", LONGEST, 1, LONGEST),
    )
    start, source = parameters.text("start"), parameters.text("source")
    parameters.check()
    document: Node = {name: [] for name in SECTIONS} | public.drug(slug, asked)
    rows = marks.effects(public, document)
    advice = [each for each in document["adviceInTime"] if not _in(each, document[PREGNANCY])]
    return render_template(
        "drug.html",
        section_names=SECTION_NAMES,
        drug=document,
        slug=slug,
        canonical=f"/drugs/{slug}",
        json_ld=head(document),
        schema_org=public.schema_org(slug),
        alternates=_data(slug, asked),
        shown={part for part, needed in PARTS.items() if set(needed) & set(asked.sections)},
        further=document["more"] and _next(slug, asked),
        wide=diagram.wide(diagram.chain(document)),
        narrow=diagram.narrow(diagram.chain(document)),
        indications=by(document["indications"], "jurisdiction", _NOWHERE),
        cautions={
            name: by(found, "jurisdiction", _NOWHERE)
            for name in _STRENGTHS
            if (found := [each for each in document["cautions"] if _strength(each) == name])
        },
        matrix=matrix(document["cautions"]),
        effects=rows,
        scale=scale.fitting(rows),
        sources=sorted({(mark.source_name, mark.source) for row in rows for mark in row.marks}),
        dosing=dosing.plan(public, document, start, source),
        monitoring={name: _at(document["monitoring"], "treatmentStage", name) for name in _TIMES},
        advice={name: _at(advice, "relation", name) for name in _TIMES},
        outcomes=by(document["outcomes"], "comparator", "not stated"),
        roles=by(document["roles"], "actor", "anyone"),
        properties=by(document["properties"], "characteristic", "other"),
        symptoms=by(document["symptoms"], "effect", "other"),
        mechanism=by(document["mechanism"], "characteristic", "other"),
        conflicts=conflicts(document),
        said=_said(document),
    )


def _data(slug: str, asked: Asked) -> Links:
    """Return the links to what the page shows; the query finds all sections."""
    path, whole = f"/drugs/{slug}", asked.sections == SECTIONS and not asked.offset
    query = construct(f"{ID}{slug}", drug=True) if whole and asked.limit == LONGEST else None
    return alternates(path, query, urlencode(_given(asked)))


def _next(slug: str, asked: Asked) -> str:
    further = replace(asked, offset=asked.offset + (asked.limit or 0))
    return f"/drugs/{slug}?{urlencode(_given(further) | {'format': 'html'})}"


def _given(asked: Asked) -> dict[str, str]:
    """Return *asked* as parameters, without what goes without saying."""
    given = {"limit": str(asked.limit)}
    if asked.offset:
        given["offset"] = str(asked.offset)
    if asked.sections != SECTIONS:
        given["sections"] = ",".join(asked.sections)
    if asked.lang != "en":
        given["lang"] = asked.lang
    return given


def head(document: Node) -> Node:
    """Return the part of *document* that stands in the head of its page."""
    kept = ("@id", "@type", "label", "definition", "identifier", "hasActiveSubstance")
    found = {key: document[key] for key in kept if key in document}
    found["hasActiveSubstance"] = [
        {"@id": each["@id"], "label": words.label(each)}
        for each in found.get("hasActiveSubstance", ())
    ]
    return {"@context": document["@context"]} | found


def by(nodes: Iterable[Node], key: str, otherwise: str) -> Groups:
    """Return *nodes* by the label of what *key* leads to, in the order of labels."""
    found: Groups = {}
    for node in nodes:
        values = node.get(key) or [{"label": otherwise}]
        for value in values if isinstance(values, list) else [values]:
            found.setdefault(words.label(value), []).append(node)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == otherwise, pair[0].casefold())))


def matrix(cautions: Iterable[Node]) -> dict[str, dict[str, list[Node]]]:
    """Return the cautions by what they warn of and by authority; keys ``""`` are all of these."""
    found: dict[str, dict[str, list[Node]]] = {}
    authorities: dict[str, list[Node]] = {}
    for caution in cautions:
        subjects = caution.get("condition") or caution.get("interactsWith") or ()
        for subject in subjects:
            for authority in caution.get("jurisdiction", ()):
                row = found.setdefault(words.label(subject), {})
                row.setdefault(words.label(authority), []).append(caution)
                authorities.setdefault(words.label(authority), [])
    return {"": dict(sorted(authorities.items()))} | dict(sorted(found.items()))


def conflicts(document: Node) -> list[Node]:
    """Return each conflict that an entry of *document* is a side of, curators' first."""
    found = {
        conflict["@id"]: conflict
        for name in SECTIONS
        for entry in document[name]
        for conflict in entry.get("conflicts", ())
    }
    return sorted(
        found.values(),
        key=lambda each: (each.get("agentType") == "automated_agent", words.label(each)),
    )


def _said(document: Node) -> dict[str, int]:
    """Return how many lines of evidence in *document* each source gives."""
    count: dict[str, dict[str, None]] = {}
    for name in SECTIONS:
        for entry in document[name]:
            for line in entry.get("hasEvidenceLine", ()):
                source = words.source(line).get("@id", "")
                count.setdefault(source, {})[line["@id"]] = None
    return {source: len(lines) for source, lines in count.items()}


def _strength(caution: Node) -> str:
    return words.label(caution.get("strength"))


def _at(nodes: Iterable[Node], key: str, time: str) -> list[Node]:
    """Return those of *nodes* that are for the time *before*, *during* or *after* treatment."""
    return [
        node
        for node in nodes
        if any(words.label(each).startswith(time) for each in node.get(key, ()))
    ]


def _in(node: Node, others: Iterable[Node]) -> bool:
    return any(node["@id"] == each["@id"] for each in others)
