"""Hold the questions that each engine is asked: of the features of SPARQL 1.1, one at a time."""

from typing import NamedTuple

import pyoxigraph as ox

from kg.store import EVERYTHING, Dataset
from kg.terms import GRAPH, PREFIXES

PAGE = ox.NamedNode(GRAPH + "kesimpta/mstrust")
TERMS = ox.NamedNode(GRAPH + "terms/effects")
_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(PREFIXES.items()))
_PREFIXES += "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"


class Asked(NamedTuple):
    text: str
    dataset: Dataset = EVERYTHING


def _asked(text: str, default: tuple[ox.NamedNode, ...] = (), *named: ox.NamedNode) -> Asked:
    return Asked(_PREFIXES + text, Dataset(default, named))


QUESTIONS = {
    "every-triple": _asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    "every-quad": _asked("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"),
    "graphs": _asked("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"),
    "one-graph": _asked(f"SELECT ?s ?o {{ GRAPH {PAGE} {{ ?s rdfs:label ?o }} }}"),
    "optional": _asked(
        "SELECT ?s ?x { ?s a dkg:FrequencyStatement OPTIONAL { ?s dkg:denominator ?x } }"
    ),
    "optional-filter": _asked(
        "SELECT ?s ?x { ?s a dkg:FrequencyStatement "
        "OPTIONAL { ?s dkg:denominator ?x FILTER(?x > 900) } }"
    ),
    "union": _asked("SELECT ?s { { ?s a dkg:CautionClaim } UNION { ?s a dkg:IndicationClaim } }"),
    "minus": _asked("SELECT ?s { ?s a dkg:SideEffectClaim MINUS { ?s dkg:frequency ?f } }"),
    "not-exists": _asked(
        "SELECT ?s { ?s a dkg:SideEffectClaim FILTER NOT EXISTS { ?s dkg:frequency ?f } }"
    ),
    "exists": _asked(
        "SELECT ?s { ?s a dkg:SideEffectClaim FILTER EXISTS { ?s dkg:negated true } }"
    ),
    "values": _asked("SELECT ?s ?l { VALUES ?s { id:kesimpta id:ofatumumab } ?s rdfs:label ?l }"),
    "values-after": _asked("SELECT ?s ?l { ?s rdfs:label ?l } VALUES ?s { id:kesimpta }"),
    "bind": _asked("SELECT ?s (?l + 1 AS ?next) { ?s dkg:line ?l }"),
    "strings": _asked(
        "SELECT ?s (UCASE(STR(?l)) AS ?u) (STRLEN(?l) AS ?n) (SUBSTR(STR(?l), 2, 3) AS ?part) "
        '{ ?s a dkg:Condition ; rdfs:label ?l FILTER(CONTAINS(?l, "a")) }'
    ),
    "regex": _asked('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(STR(?l), "^kes.mpta$", "i")) }'),
    "language": _asked('SELECT ?s ?l { ?s rdfs:label ?l FILTER(LANG(?l) = "de") }'),
    "language-matches": _asked(
        'SELECT (COUNT(?l) AS ?n) { ?s rdfs:label ?l FILTER(LANGMATCHES(LANG(?l), "en")) }'
    ),
    "if-coalesce": _asked(
        'SELECT ?s (COALESCE(?x, -1) AS ?d) (IF(?b > 0.05, "much", "little") AS ?w) '
        "{ ?s dkg:lowerBound ?b OPTIONAL { ?s dkg:denominator ?x } }"
    ),
    "in": _asked("SELECT ?s ?k { ?s a ?k FILTER(?k IN (dkg:Condition, dkg:Effect)) }"),
    "not-in": _asked("SELECT DISTINCT ?k { ?s a ?k FILTER(?k NOT IN (dkg:Condition)) }"),
    "decimals": _asked("SELECT ?s ?p { ?s dkg:proportion ?p FILTER(?p >= 0.1) }"),
    "dates": _asked('SELECT ?s ?d { ?s dcterms:issued ?d FILTER(?d > "2022-01-01"^^xsd:date) }'),
    "durations": _asked("SELECT ?s ?d { ?s dkg:minimumDuration ?d }"),
    "booleans": _asked("SELECT ?s ?b { ?s dkg:lowerInclusive ?b }"),
    "boolean-constant": _asked("SELECT ?s { ?s dkg:negated true }"),
    "computed-boolean": _asked("SELECT ?s (?n > 1 AS ?b) { ?s dkg:line ?n }"),
    "literals": _asked("SELECT ?s ?o { ?s oa:exact ?o }"),
    "count-by": _asked("SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k } GROUP BY ?k"),
    "count-distinct": _asked("SELECT (COUNT(DISTINCT ?k) AS ?n) { ?s a ?k }"),
    "having": _asked("SELECT ?k (COUNT(?s) AS ?n) { ?s a ?k } GROUP BY ?k HAVING(COUNT(?s) > 100)"),
    "extremes": _asked("SELECT (MIN(?p) AS ?least) (MAX(?p) AS ?most) { ?s dkg:proportion ?p }"),
    "sum": _asked("SELECT (SUM(?l) AS ?sum) { ?s dkg:line ?l }"),
    "sub-select": _asked(
        "SELECT ?e ?l ?n { { SELECT ?e (COUNT(*) AS ?n) { ?c dkg:effect ?e } GROUP BY ?e } "
        "?e rdfs:label ?l }"
    ),
    "path-sequence": _asked("SELECT ?c ?s { ?c dkg:hasEvidenceLine/prov:wasDerivedFrom ?s }"),
    "path-inverse": _asked("SELECT ?c { id:kesimpta ^dkg:aboutProduct ?c }"),
    "path-plus": _asked("SELECT ?c { ?c rdfs:subClassOf+ dkg:Claim }"),
    "path-star": _asked("SELECT ?c { ?c rdfs:subClassOf* dkg:Claim }"),
    "path-either": _asked("SELECT ?c ?x { ?c dkg:action|dkg:test ?x }"),
    "path-not": _asked("SELECT ?o { id:kesimpta !(rdf:type|rdfs:label) ?o }"),
    "order": _asked("SELECT ?s ?n { ?s dkg:line ?n } ORDER BY DESC(?n) ?s LIMIT 10 OFFSET 5"),
    "nothing": _asked("SELECT ?s { ?s a dkg:NoSuchClass }"),
    "relative": _asked("SELECT ?o { <id/kesimpta> a ?o }"),
    "ask": _asked("ASK { id:kesimpta a dkg:MedicinalProduct }"),
    "ask-not": _asked("ASK { id:kesimpta a dkg:Condition }"),
    "construct": _asked("CONSTRUCT { ?c a dkg:Told ; dkg:of ?e } WHERE { ?c dkg:effect ?e }"),
    "construct-where": _asked("CONSTRUCT WHERE { ?f dkg:proportion ?p ; dkg:statedBy ?e }"),
    "construct-limited": _asked(
        "CONSTRUCT { ?c rdfs:label ?l } WHERE { ?c a dkg:Condition ; rdfs:label ?l } "
        "ORDER BY ?c ?l LIMIT 5"
    ),
    "describe": _asked("DESCRIBE id:kesimpta <id/ofatumumab>"),
    "describe-found": _asked("DESCRIBE ?x WHERE { ?x a dkg:Condition ; rdfs:subClassOf ?y }"),
    "from": _asked(f"SELECT ?s ?o FROM {PAGE} {{ ?s rdfs:label ?o }}"),
    "from-leaves-no-named": _asked(f"SELECT ?s FROM {PAGE} {{ GRAPH ?g {{ ?s rdfs:label ?o }} }}"),
    "from-named": _asked(f"SELECT ?g ?s FROM NAMED {TERMS} {{ GRAPH ?g {{ ?s rdfs:label ?o }} }}"),
    "from-named-leaves-no-default": _asked(f"SELECT ?s FROM NAMED {TERMS} {{ ?s rdfs:label ?o }}"),
    "default-graph": _asked("SELECT ?s ?o { ?s rdfs:label ?o }", (PAGE,)),
    "named-graph": _asked("SELECT ?g ?s { GRAPH ?g { ?s rdfs:label ?o } }", (), TERMS),
    "both-graphs": _asked("SELECT ?g ?s ?o { ?s a ?k GRAPH ?g { ?s ?p ?o } }", (TERMS,), TERMS),
    "protocol-beats-from": _asked(f"SELECT ?s FROM {PAGE} {{ ?s rdfs:label ?o }}", (TERMS,)),
    "two-default-graphs": _asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", (PAGE, TERMS)),
    "construct-from": _asked(f"CONSTRUCT {{ ?s ?p ?o }} FROM {TERMS} WHERE {{ ?s ?p ?o }}"),
}
