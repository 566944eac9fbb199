"""Write the page of all disagreements."""

from typing import Final

from flask import render_template

from api.pages import words
from api.pages.links import sparql
from api.pages.public import Node, Public
from api.parameters import Parameters

QUERY: Final = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?conflict ?label ?relation
WHERE {
    ?conflict a dkg:Conflict ;
        rdfs:label ?label ;
        dkg:conflictRelation/rdfs:label ?relation .
}
ORDER BY ?relation ?label ?conflict"""


def conflicts(public: Public) -> str:
    """Return the page at ``/conflicts``."""
    Parameters().check()
    groups: dict[str, list[Node]] = {}
    for row in public.select(QUERY):
        document = public.entity(row["conflict"])
        groups.setdefault(row["relation"], []).append(document)
    for nodes in groups.values():
        nodes.sort(
            key=lambda each: (
                each.get("agentType") == "automated_agent",
                words.label(each).casefold(),
            )
        )
    return render_template(
        "conflicts.html",
        canonical="/conflicts",
        groups=groups,
        total=sum(map(len, groups.values())),
        alternates=(("as SPARQL", sparql(QUERY, "csv"), "text/csv"),),
    )
