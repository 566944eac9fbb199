"""Write the page of anything that has an IRI: a claim, a conflict, an effect, a condition."""

import re
from dataclasses import dataclass
from typing import Final

from flask import render_template, request

from api.pages import marks, scale
from api.pages.answer import Elsewhere
from api.pages.drug import by
from api.pages.links import alternates, construct
from api.pages.public import Node, Public
from api.parameters import Parameters
from kg.drug_sections import BY_CLASS
from kg.errors import ParameterError
from kg.store import BASE
from kg.terms import DKG, ID, PREFIXES

_MOST: Final = 300  # claims that are shown with their evidence; a product has its own page
_NARROWER: Final = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?node ?label WHERE {{
    ?node rdfs:subClassOf <{iri}> ; rdfs:label ?label .
    FILTER(LANG(?label) IN ("en", ""))
}} ORDER BY ?label"""
_INSTANCES: Final = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?node ?label WHERE {{
    ?node a <{iri}> ; rdfs:label ?label .
    FILTER(LANG(?label) IN ("en", ""))
}} ORDER BY ?label"""
# What the template shows in a place of its own, or what says nothing to people.
_APART: Final = frozenset(
    {
        "@context", "@id", "@type", "label", "altLabel", "definition", "conflicts", "firstSide",
        "frequency", "hasEvidenceLine", "isDefinedBy", "mappings", "mentionedBy", "note",
        "secondSide", "subClassOf",
    }
)  # fmt: skip

_CLAIM: Final = frozenset(BY_CLASS)


@dataclass(frozen=True)
class Fact:
    """Hold one property of an entity with its values."""

    name: str
    values: tuple[object, ...]


def entity(public: Public, slug: str) -> str | Elsewhere:
    """Return the page at ``/id/<slug>``, or send to the page of the medicine of that name."""
    iri = ID + slug
    document = public.entity(iri)
    if "MedicinalProduct" in document.get("@type", ()):
        return Elsewhere(f"/drugs/{slug}")
    return _page(public, iri, document, f"/id/{slug}")


def resolved(public: Public, name: str) -> str | Elsewhere:
    """Return the page at ``/resolve/<curie>``."""
    prefix, _, local = name.partition(":")
    return _found(public, PREFIXES.get(prefix, f"https://bioregistry.io/{prefix}:") + local, name)


def asked(public: Public) -> str | Elsewhere:
    """Return the page at ``/resolve?iri=``."""
    parameters = Parameters()
    text = parameters.text("iri")
    parameters.check()
    if text is None:
        raise ParameterError("iri", "is missing: name an IRI, or a CURIE as /resolve/id:kesimpta")
    return _found(public, text, None)


def _found(public: Public, iri: str, name: str | None) -> str | Elsewhere:
    document = public.entity(iri)
    found = public.expand(document)
    local = found.removeprefix(BASE)
    if local != found and local.startswith(("id/", "source/")):
        return Elsewhere(f"/{local}")
    if found.startswith(DKG):
        return Elsewhere(f"/vocab#{found.removeprefix(DKG)}")
    return _page(public, found, document, f"/resolve/{name or document['@id']}")


def _page(public: Public, iri: str, document: Node, path: str) -> str:
    kinds = {name for name in document.get("@type", ()) if ":" not in name}
    mentions = document.get("mentionedBy", [])
    claims = [public.entity(public.expand(each)) for each in mentions[:_MOST]]
    is_claim = bool(document.get("hasEvidenceLine"))
    effects = _effects(public, document, claims)
    shown = sorted(kinds & _CLAIM) or sorted(kinds)
    return render_template(
        "entity.html",
        node=document,
        iri=iri,
        kinds=sorted(kinds),
        kind=_spaced(shown[0]) if shown else "",
        canonical=path,
        json_ld={
            key: document[key] for key in ("@context", "@id", "@type", "label") if key in document
        },
        alternates=alternates(path, construct(iri)),
        facts=facts(document),
        is_claim=is_claim,
        sides=[
            (title, [public.entity(public.expand(each)) for each in document[key]])
            for title, key in (("One side", "firstSide"), ("The other side", "secondSide"))
            if document.get(key)
        ],
        effects=effects,
        scale=scale.fitting(effects),
        legend=any(effect.marks for effect in effects),
        claims={} if is_claim else by(claims, "aboutProduct", "not about one medicine"),
        related=claims if is_claim else [],
        left=len(mentions) - len(claims),
        narrower=_listed(public, _NARROWER, iri) if not is_claim else [],
        instances=_listed(public, _INSTANCES, iri) if not is_claim else [],
        here=request.path,
    )


def facts(document: Node) -> list[Fact]:
    """Return what *document* says that has no place of its own on the page, in plain words."""
    found = []
    for key, value in document.items():
        if key not in _APART and value not in ([], None):
            values = value if isinstance(value, list) else [value]
            found.append(Fact(_spaced(key.rpartition(":")[2]), tuple(values)))
    return found


def _effects(public: Public, document: Node, claims: list[Node]) -> list[marks.Effect]:
    """Return how often the entity occurs, by product if it is an effect that products have."""
    if document.get("frequency"):
        effect = (document.get("effect") or document.get("outcome") or [document])[0]
        pretended = (
            {
                "@id": document["aboutProduct"][0]["@id"],
                "sideEffects": [document | {"effect": [effect]}],
            }
            if document.get("aboutProduct")
            else None
        )
        return marks.effects(public, pretended) if pretended else []
    found = []
    for product, stated in by(
        (claim for claim in claims if claim.get("frequency")), "aboutProduct", ""
    ).items():
        own = [claim for claim in stated if _has(claim.get("effect"), document)]
        if own and product:
            about = own[0]["aboutProduct"][0]
            rows = marks.effects(public, {"@id": about["@id"], "sideEffects": own})
            found += [
                marks.Effect(about, product, row.marks)
                for row in rows
                if row.node["@id"] == document["@id"]
            ]
    return found


def _has(nodes: object, wanted: Node) -> bool:
    return isinstance(nodes, list) and any(each["@id"] == wanted["@id"] for each in nodes)


def _listed(public: Public, query: str, iri: str) -> list[Node]:
    rows = public.select(query.format(iri=iri))
    found = {row["node"]: public.node(row["node"], row["label"]) for row in rows}
    return list(found.values())


def _spaced(name: str) -> str:
    """Return a name of ours in plain words: *hasMolecularTarget* is *has molecular target*."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
