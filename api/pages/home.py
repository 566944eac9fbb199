"""Write the first page: what this is, a way in, and three questions with live answers."""

from typing import Final

from flask import render_template

from api.pages import words
from api.pages.public import Node, Public

_EFFECT: Final = "obo:OAE_0000366"  # injection-site adverse event
_PRODUCT: Final = "id:kesimpta"  # which the queries ask about unless told
_START: Final = "2026-01-05"
_SHOWN: Final = 3  # conflicts
_PREFIXES: Final = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_NUMBERS: Final = f"""{_PREFIXES}SELECT ?drugs ?claims ?lines ?sources ?conflicts WHERE {{
    {{ SELECT (COUNT(DISTINCT ?d) AS ?drugs) {{ ?d a dkg:MedicinalProduct }} }}
    {{ SELECT (COUNT(DISTINCT ?c) AS ?claims) (COUNT(DISTINCT ?l) AS ?lines)
      {{ ?c dkg:hasEvidenceLine ?l }} }}
    {{ SELECT (COUNT(*) AS ?sources)
      {{ ?s a dkg:SourceDocument FILTER EXISTS {{ ?l prov:wasDerivedFrom ?s }} }} }}
    {{ SELECT (COUNT(DISTINCT ?x) AS ?conflicts) {{ ?x a dkg:Conflict }} }}
}}"""
_CONFLICTS: Final = f"""{_PREFIXES}SELECT ?conflict ?label ?note WHERE {{
    ?conflict a dkg:Conflict ; rdfs:label ?label ; dkg:conflictRelation dkg:Dispute ;
        dkg:registerNumber ?number .
    OPTIONAL {{ ?conflict dkg:note ?note }}
}} ORDER BY ?number LIMIT {_SHOWN}"""
_SOURCES: Final = f"""{_PREFIXES}SELECT ?source ?label WHERE {{
    ?source a dkg:SourceDocument ; rdfs:label ?label
}}"""


def home(public: Public) -> str:
    """Return the page at ``/``."""
    drugs = public.drugs()
    numbers = public.remembered(_NUMBERS)[0]
    return render_template(
        "home.html",
        canonical="/",
        drugs=drugs,
        first=next((each["document"] for each in drugs if each["@id"] == _PRODUCT), "/drugs"),
        names={each["@id"]: words.label(each) for each in drugs},
        sources=source_names(public),
        frequencies=_frequencies(public),
        effect=_EFFECT,
        dates=public.rows("dose-dates", start=_START),
        start=_START,
        numbers={name: int(value) for name, value in numbers.items()},
        conflicts=[
            {"node": public.node(row["conflict"]), "label": row["label"], "note": row.get("note")}
            for row in public.select(_CONFLICTS)
        ],
        alternates=(
            ("what is here, as JSON", "/?format=json", "application/json"),
            ("the medicines as JSON-LD", "/drugs?format=jsonld", "application/ld+json"),
            ("as Turtle", "/drugs?format=ttl", "text/turtle"),
        ),
    )


def _frequencies(public: Public) -> list[Node]:
    """Return how often the effect of the first question occurs, exact shares first."""
    rows = [
        row
        | {
            "figure": words.figure(
                row["proportion"],
                row["lowerBound"],
                row["upperBound"],
                low_included=row["lowerInclusive"],
                high_included=row["upperInclusive"],
            )
        }
        for row in public.rows("frequencies-of-one-effect", effect=_EFFECT)
    ]
    return sorted(rows, key=lambda row: (row["proportion"] is None, not row["figure"]))


def source_names(public: Public) -> dict[str, str]:
    """Return the name of each source by the identifier that rows have."""
    rows = public.remembered(_SOURCES)
    return {public.node(row["source"])["@id"]: row["label"] for row in rows}
