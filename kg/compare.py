"""Compare the arms of trials: what no source states, but what its figures imply."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.statistics import LEVEL, Share, difference
from kg.terms import DERIVED_GRAPH, DKG, ID, PREFIXES, PROV, RDF, RDFS, XSD

Term: TypeAlias = ox.NamedNode | ox.Literal
Pair: TypeAlias = dict[str, Term]

_DERIVED: Final = ox.NamedNode(DERIVED_GRAPH)
_BIOLINK: Final = PREFIXES["biolink"]
_PLACES: Final = 4  # a hundredth of a percentage point; what sources print is coarser

# Like with like: one effect in one source, pooled to one degree, counted in one population.
_PAIRS: Final = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?one ?other ?effect ?effectName ?arm ?comparator
    ?grouping ?population ?count ?share ?total ?otherCount ?otherShare ?otherTotal
WHERE {
    ?claim dkg:effect ?effect ;
        dkg:frequency ?one .
    ?one dkg:arm ?arm ;
        dkg:comparatorArm ?comparator ;
        dkg:groupingLevel ?grouping ;
        dkg:denominator ?total ;
        dkg:statedBy ?line .
    ?line prov:wasDerivedFrom ?source .
    ?other dkg:arm ?comparator ;
        dkg:groupingLevel ?grouping ;
        dkg:denominator ?otherTotal ;
        dkg:statedBy ?otherLine .
    ?otherLine prov:wasDerivedFrom ?source .
    ?otherClaim dkg:frequency ?other ;
        dkg:effect ?effect .
    FILTER NOT EXISTS { ?line dkg:direction dkg:Disputes }
    FILTER NOT EXISTS { ?otherLine dkg:direction dkg:Disputes }
    OPTIONAL { ?one dkg:population ?population }
    OPTIONAL { ?other dkg:population ?otherPopulation }
    FILTER(COALESCE(STR(?population), "") = COALESCE(STR(?otherPopulation), ""))
    OPTIONAL { ?one dkg:proportion ?share }
    OPTIONAL {
        ?one dkg:numeratorCount ?count .
        FILTER NOT EXISTS { ?one dkg:numeratorIsDerived true }
    }
    FILTER(BOUND(?share) || BOUND(?count))
    OPTIONAL { ?other dkg:proportion ?otherShare }
    OPTIONAL {
        ?other dkg:numeratorCount ?otherCount .
        FILTER NOT EXISTS { ?other dkg:numeratorIsDerived true }
    }
    FILTER(BOUND(?otherShare) || BOUND(?otherCount))
    ?effect rdfs:label ?effectName .
}
"""


def compare(store: ox.Store) -> int:
    """Add the risk differences that the frequencies in *store* imply; return how many.

    Each frequency that names a comparator arm is compared with what the same source says of the
    same effect in that arm. Where both arms name each other both differences are made, one for
    each product and of opposite sign.
    """
    answer = store.query(_PAIRS, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)  # noqa: S101 (narrows the type)
    names = [variable.value for variable in answer.variables]
    nodes = set()
    for solution in answer:
        terms = {name: solution[name] for name in names}
        pair = {name: term for name, term in terms.items() if isinstance(term, Term)}
        node = _node(pair)
        store.extend(
            ox.Quad(node, ox.NamedNode(predicate), value, _DERIVED)
            for predicate, value in _risk_difference(pair)
        )
        nodes.add(node)
    return len(nodes)


def _node(pair: Pair) -> ox.NamedNode:
    compared = f"{pair['one'].value} {pair['other'].value}"
    return ox.NamedNode(f"{ID}risk-difference-{hashlib.sha256(compared.encode()).hexdigest()[:12]}")


def _risk_difference(pair: Pair) -> Iterator[tuple[str, Term]]:
    """Yield what is to be said of the difference between the two frequencies of *pair*.

    Its knowledge level is Biolink's statistical_association and not logical_entailment: the figure
    follows from the counts, but what it says of two treatments is an estimate with an interval.
    """
    one = Share(_affected(pair, "count", "share", "total"), int(pair["total"].value))
    other = Share(
        _affected(pair, "otherCount", "otherShare", "otherTotal"), int(pair["otherTotal"].value)
    )
    value, interval = difference(one, other)
    is_printed = {"count", "otherCount"} <= pair.keys()
    origin = "as printed" if is_printed else "computed from printed percentages and so inexact"
    yield RDF + "type", ox.NamedNode(DKG + "ArmComparison")
    figures = [_decimal(figure) for figure in (value, *interval)]
    shown = "risk difference {} ({} to {})".format(*(figure.value for figure in figures))
    yield RDFS + "label", _english(f"{pair['effectName'].value}: {shown}")
    yield DKG + "effect", pair["effect"]
    yield DKG + "arm", pair["arm"]
    yield DKG + "comparatorArm", pair["comparator"]
    yield DKG + "groupingLevel", pair["grouping"]
    if "population" in pair:
        yield DKG + "population", pair["population"]
    yield DKG + "measure", ox.NamedNode(DKG + "RiskDifference")
    for name, figure in zip(
        ("numericValue", "confidenceLower", "confidenceUpper"), figures, strict=True
    ):
        yield DKG + name, figure
    yield DKG + "confidenceLevel", _decimal(LEVEL)
    yield DKG + "numeratorIsDerived", ox.Literal(not is_printed)
    yield DKG + "derivedFrom", pair["one"]
    yield DKG + "derivedFrom", pair["other"]
    yield (
        DKG + "note",
        _english(
            f"{one.affected} of {one.total} people against {other.affected} of {other.total}, "
            f"counts {origin}; interval by Newcombe's method 10"
        ),
    )
    yield PROV + "wasAttributedTo", ox.NamedNode(ID + "drugkg-rules")
    yield _BIOLINK + "agent_type", ox.Literal("automated_agent")
    yield _BIOLINK + "knowledge_level", ox.Literal("statistical_association")


def _affected(pair: Pair, count: str, share: str, total: str) -> int:
    """Return the printed count, else the whole number nearest to the printed share of the total."""
    if count in pair:
        return int(pair[count].value)
    return round(Decimal(pair[share].value) * int(pair[total].value))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _decimal(value: float) -> ox.Literal:
    rounded = round(value, _PLACES) + 0.0  # no negative zero
    return ox.Literal(f"{rounded:.{_PLACES}f}", datatype=ox.NamedNode(XSD + "decimal"))
