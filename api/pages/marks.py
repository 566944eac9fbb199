"""Collect how often each side effect is said to occur: the one table behind each chart of a drug.

The SVG, the list beside it, the table and the specification for Vega-Lite are all made from it.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from api.pages import words
from api.pages.public import Node, Public

# A point is an exact share; a band has two bounds; "above" and "below" have one, and the other end
# is open; a word says how often without any figure.
Kind: TypeAlias = Literal["point", "band", "above", "below", "word"]
_ORDER: Final[tuple[Kind, ...]] = ("point", "band", "above", "below", "word")
_COMPARATORS: Final = """PREFIX dkg: <https://w3id.org/drugkg/vocab#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT DISTINCT ?label ?comparator
WHERE {{
    ?claim dkg:aboutProduct <{iri}> ;
        dkg:frequency ?frequency .
    ?comparison dkg:derivedFrom ?frequency , ?other ;
        dkg:measure dkg:RiskDifference .
    ?otherClaim dkg:frequency ?other ;
        dkg:aboutProduct ?comparator .
    ?comparator a dkg:MedicinalProduct ;
        rdfs:label ?label .
    FILTER(?comparator != <{iri}> && LANG(?label) = "en")
}}
ORDER BY LCASE(?label) ?comparator"""
_OTHERS: Final = "obo:"  # a term of another vocabulary is shown by the words of sources


@dataclass(frozen=True)
class Place:
    """Say where a source states something: the address of the line and what to call it."""

    address: str
    name: str


@dataclass(frozen=True)
class Mark:
    """Hold what one source says of how often one effect occurs, in one arm."""

    effect: str
    kind: Kind
    stated: str
    source: str
    source_name: str
    claim: str
    places: tuple[Place, ...]
    share: Decimal | None = None
    count: int | None = None
    total: int | None = None
    low: Decimal | None = None
    low_included: bool = False
    high: Decimal | None = None
    high_included: bool = False
    category: str = ""
    arm: str = ""
    grouping: str = ""
    population: str = ""
    mentioned: bool = False  # the source counts it and does not call it a side effect
    comparator: str = ""
    comparator_share: Decimal | None = None
    comparator_total: int | None = None

    @property
    def figure(self) -> str:
        """Return the figure in words, such as *more than 10 %*, or nothing."""
        return words.figure(
            self.share,
            self.low,
            self.high,
            low_included=self.low_included,
            high_included=self.high_included,
        )


@dataclass(frozen=True)
class Effect:
    """Hold one row of the chart: an effect, and all that is said of how often it occurs."""

    node: Node
    name: str
    marks: tuple[Mark, ...]
    claims: tuple[Node, ...] = field(default=())

    @property
    def rank(self) -> tuple[Decimal, Decimal, str]:
        """Order effects: those with the highest exact share first, then by bound and by name."""
        shares = [mark.share for mark in self.marks if mark.share is not None]
        lows = [mark.low for mark in self.marks if mark.low is not None]
        return -max(shares, default=Decimal(-1)), -max(lows, default=Decimal(-1)), self.name


def effects(public: Public, drug: Node) -> list[Effect]:
    """Return the side effects of *drug*, the most frequent first; needs its ``sideEffects``."""
    compared = _compared(public, drug)
    claims: dict[str, list[Node]] = {}
    nodes: dict[str, Node] = {}
    for claim in drug["sideEffects"]:
        for effect in claim["effect"]:
            nodes[effect["@id"]] = effect
            claims.setdefault(effect["@id"], []).append(claim)
    rows = []
    for iri, stated in claims.items():
        found = [_mark(iri, claim, each) for claim in stated for each in claim.get("frequency", ())]
        marks = sorted(_merged([_with(compared, mark) for mark in found]), key=_position)
        rows.append(Effect(nodes[iri], name(public, nodes[iri]), tuple(marks), tuple(stated)))
    return sorted(rows, key=lambda row: row.rank)


def name(public: Public, effect: Node) -> str:
    """Return what people call *effect*: its label, or for a term of others the words of sources."""
    names = []
    if effect["@id"].startswith(_OTHERS):
        names = public.entity(public.expand(effect)).get("altLabel", [])
    return words.capital(min(names, default=words.label(effect)))


def _mark(effect: str, claim: Node, frequency: Node) -> Mark:
    evidence = frequency.get("statedBy", {})
    source = words.source(evidence)
    locator = evidence.get("locator", {})
    where = words.lines(locator) or words.section(locator)
    low, high = _decimal(frequency, "lowerBound"), _decimal(frequency, "upperBound")
    share = _decimal(frequency, "proportion")
    return Mark(
        effect=effect,
        kind=_kind(share, low, high),
        stated=words.text(frequency.get("asStated", [])),
        source=source.get("@id", ""),
        source_name=words.label(source) or "source not stated",
        claim=claim["@id"],
        places=(Place(words.where(evidence), where),) if source else (),
        share=share,
        count=frequency.get("numeratorCount"),
        total=frequency.get("denominator"),
        low=low,
        low_included=bool(frequency.get("lowerInclusive")),
        high=high,
        high_included=bool(frequency.get("upperInclusive")),
        category=words.text(frequency.get("category")),
        arm=words.text(frequency.get("arm", [])),
        grouping=words.text(frequency.get("groupingLevel")),
        population=words.text(frequency.get("population", [])),
        mentioned=words.label(evidence.get("direction")) == "mentions",
    )


def _kind(share: Decimal | None, low: Decimal | None, high: Decimal | None) -> Kind:
    if share is not None:
        return "point"
    below = high is not None and high < 1
    if low is not None and low > 0:
        return "band" if below else "above"
    return "below" if below else "word"


def _merged(marks: list[Mark]) -> list[Mark]:
    """Return *marks* with one in place of several in which a source says the same twice."""
    found: dict[Mark, Mark] = {}
    for mark in marks:
        key = replace(mark, places=(), claim="")
        if key in found:
            kept = found[key]
            places = dict.fromkeys((*kept.places, *mark.places))
            found[key] = replace(kept, places=tuple(places))
        else:
            found[key] = mark
    return list(found.values())


def _position(mark: Mark) -> tuple[int, Decimal, str]:
    size = mark.share if mark.share is not None else mark.low or Decimal(0)
    return _ORDER.index(mark.kind), -size, mark.source_name


_Key: TypeAlias = tuple[str, str, Decimal]


def _compared(public: Public, drug: Node) -> dict[_Key, tuple[str, Decimal, int]]:
    """Return for each effect, source and share what the same trials counted in the other arm."""
    found = {}
    for other in public.remembered(_COMPARATORS.format(iri=public.expand(drug))):
        comparator = public.node(other["comparator"])["@id"]
        given = {"product": drug["@id"], "comparator": comparator}
        for row in public.rows("side-effects-head-to-head", **given):
            key = (row["effect"], row["source"], Decimal(row["proportion"]))
            found[key] = (
                other["label"],
                Decimal(row["comparatorProportion"]),
                int(row["comparatorDenominator"]),
            )
    return found


def _with(compared: dict[_Key, tuple[str, Decimal, int]], mark: Mark) -> Mark:
    if mark.share is None:
        return mark
    other = compared.get((mark.effect, mark.source, mark.share))
    if other is None:
        return mark
    return replace(mark, comparator=other[0], comparator_share=other[1], comparator_total=other[2])


def _decimal(node: Node, name_: str) -> Decimal | None:
    return Decimal(node[name_]) if name_ in node else None
