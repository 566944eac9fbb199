"""Link a page to what it shows as data: JSON-LD, Turtle, and the query that finds the same."""

from typing import Final, TypeAlias
from urllib.parse import urlencode

Links: TypeAlias = tuple[tuple[str, str, str], ...]

# What kg/entities.py calls a part: it has no name of its own and is shown inside its whole.
_PARTS: Final = (
    "(dkg:frequency|dkg:hasEvidenceLine|dkg:hasPresentation|dkg:locator|dkg:phase|dkg:schedule"
    "|dkg:statedBy|oa:hasSelector)*"
)
_QUERY: Final = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX oa: <http://www.w3.org/ns/oa#>

CONSTRUCT {{ ?node ?property ?value }}
WHERE {{
{pattern}    ?whole {parts} ?node .
    ?node ?property ?value .
}}"""
_DRUG: Final = """    {{ VALUES ?whole {{ <{iri}> }} }}
    UNION {{ ?whole dkg:aboutProduct <{iri}> }}
    UNION {{ <{iri}> dkg:hasTherapeuticClass ?class . ?whole dkg:aboutClass ?class }}
"""
_ONE: Final = "    VALUES ?whole {{ <{iri}> }}\n"


def construct(iri: str, *, drug: bool = False) -> str:
    """Return a query for the statements about *iri*, or about a medicine with all its claims."""
    pattern = (_DRUG if drug else _ONE).format(iri=iri)
    return _QUERY.format(pattern=pattern, parts=_PARTS)


def sparql(query: str, form: str = "ttl") -> str:
    """Return the address at which *query* is answered in the format *form*."""
    return f"/sparql?{urlencode({'query': query, 'format': form})}"


def alternates(path: str, query: str | None = None, parameters: str = "") -> Links:
    """Return the links from a page at *path* to its data."""
    end = f"?{parameters}" if parameters else ""
    links = (
        ("as JSON-LD", f"{path}.jsonld{end}", "application/ld+json"),
        ("as Turtle", f"{path}.ttl{end}", "text/turtle"),
    )
    return links if query is None else (*links, ("as SPARQL", sparql(query), "text/turtle"))
