"""Read the claims of a release with all that a format may carry of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.exports.graph import Graph
from kg.store import Store
from kg.terms import DKG

LINKS: Final = ("contradicts", "disputes", "inTensionWith", "refines", "supersededBy")
AUTOMATED: Final = "automated_agent"  # Biolink: AgentTypeEnum
READ: Final = "read by a program and not checked one by one"
_SCOPES: Final = ("population", "treatmentStage")


@dataclass(frozen=True)
class Evidence:
    """Say which place of which source version states a claim, and with what force."""

    iri: str
    source: str
    modality: str
    direction: str
    types: tuple[str, ...]  # ECO
    knowledge_level: str
    agent_type: str
    agents: tuple[str, ...]  # who answers for it
    section: str
    section_code: str
    lines: tuple[str, ...]
    last_line: str
    pages: tuple[str, ...]
    quotes: tuple[str, ...]
    relies_on: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def supports(self) -> bool:
        """Return whether the place states the claim, and does not only mention its subject."""
        return self.direction == DKG + "Supports"

    @property
    def automated(self) -> bool:
        """Return whether a program read the place, and nobody checked what it read."""
        return self.agent_type == AUTOMATED


@dataclass(frozen=True)
class Frequency:
    """Say how often something occurs; numbers are text as the graph has them, or empty.

    ``words`` keeps the digits that the source prints: 10.0 stays 10.0 there.
    """

    iri: str
    words: str
    category: str
    derived_category: str
    lower: str
    lower_inclusive: str
    upper: str
    upper_inclusive: str
    proportion: str
    numerator: str
    numerator_is_derived: str
    denominator: str
    arm: str
    comparator_arm: str
    grouping_level: str
    exposure_window: str
    populations: tuple[str, ...]
    stated_by: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Say which claims disagree, in what respect, and who observed it."""

    iri: str
    label: str
    relation: str
    types: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    computed: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """Hold one claim with its parts."""

    iri: str
    label: str
    kind: str  # its class, without the namespace
    products: tuple[str, ...]
    negated: bool
    words: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    scopes: tuple[str, ...]  # populations and stages of treatment
    comparators: tuple[str, ...]
    arms: tuple[str, ...]
    conflicts: tuple[str, ...]
    links: tuple[tuple[str, str], ...]  # (relation without namespace, other claim)
    evidence: tuple[Evidence, ...]
    frequencies: tuple[Frequency, ...]

    @property
    def name(self) -> str:
        """Return the last part of the IRI."""
        return self.iri.rpartition("/")[2]

    @property
    def supported(self) -> bool:
        """Return whether a source states the claim; some only mention what it is about."""
        return any(line.supports for line in self.evidence)

    @property
    def automated(self) -> bool:
        """Return whether programs alone have read the claim in its sources."""
        return all(line.automated for line in self.evidence)

    def stated(self) -> list[tuple[Evidence, Frequency | None]]:
        """Return each evidence line with each frequency it states, or with none."""
        pairs: list[tuple[Evidence, Frequency | None]] = []
        for line in self.evidence:
            own = [each for each in self.frequencies if line.iri in each.stated_by]
            pairs += [(line, each) for each in own] or [(line, None)]
        return pairs


class Release:
    """Hold what all exports are made from: the quads, the claims and the version."""

    @classmethod
    def of(cls, store: Store) -> "Release":
        """Read everything that *store* holds."""
        return cls(store.quads(), store.manifest.version, store.manifest.outputs)

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        version: str,
        outputs: Mapping[str, str] | None = None,
    ) -> None:
        self.graph = Graph(quads)
        self.version = version
        self.outputs = outputs or {}  # files of the release: name → SHA-256
        self.conflicts = {each.iri: each for each in _conflicts(self.graph)}
        self._sides: dict[str, list[str]] = {}
        for conflict in self.conflicts.values():
            for side in dict.fromkeys((*conflict.first, *conflict.second)):
                self._sides.setdefault(side, []).append(conflict.iri)
        found = sorted(self.graph.having("dkg:hasEvidenceLine"))
        self.claims = tuple(self._claim(each) for each in found)

    def label(self, iri: str) -> str:
        """Return the English name of *iri*; the last part of the IRI if it has none."""
        return self.graph.label(iri) or iri.rpartition("/")[2].rpartition("#")[2]

    def barred(self, claim: Claim) -> tuple[str, ...]:
        """Return what *claim* forbids without exception: a condition, else who someone is."""
        if self.graph.iri(claim.iri, "dkg:strength") != DKG + "Absolute":
            return ()
        found = self.graph.iris(claim.iri, "dkg:condition")
        return found or self.graph.iris(claim.iri, "dkg:population")

    def _claim(self, iri: str) -> Claim:
        graph = self.graph
        kinds = (each.removeprefix(DKG) for each in graph.iris(iri, "rdf:type"))
        return Claim(
            iri=iri,
            label=self.label(iri),
            kind=min((each for each in kinds if each.endswith("Claim")), default="Claim"),
            products=graph.iris(iri, "dkg:aboutProduct"),
            negated=graph.text(iri, "dkg:negated") == "true",
            words=graph.texts(iri, "dkg:asStated"),
            jurisdictions=graph.iris(iri, "dkg:jurisdiction"),
            scopes=tuple(each for name in _SCOPES for each in graph.iris(iri, f"dkg:{name}")),
            comparators=graph.iris(iri, "dkg:comparator"),
            arms=graph.iris(iri, "dkg:measuredInArm"),
            conflicts=tuple(self._sides.get(iri, ())),
            links=tuple(
                (name, other) for name in LINKS for other in graph.iris(iri, f"dkg:{name}")
            ),
            evidence=tuple(
                _evidence(graph, each) for each in graph.iris(iri, "dkg:hasEvidenceLine")
            ),
            frequencies=tuple(_frequency(graph, each) for each in graph.iris(iri, "dkg:frequency")),
        )


def _evidence(graph: Graph, iri: str) -> Evidence:
    place = graph.iri(iri, "dkg:locator")
    selectors = graph.iris(place, "oa:hasSelector")
    return Evidence(
        iri=iri,
        source=graph.iri(iri, "prov:wasDerivedFrom"),
        modality=graph.iri(iri, "dkg:modality"),
        direction=graph.iri(iri, "dkg:direction"),
        types=graph.iris(iri, "biolink:has_evidence_of_type"),
        knowledge_level=graph.text(iri, "biolink:knowledge_level"),
        agent_type=graph.text(iri, "biolink:agent_type"),
        agents=graph.iris(iri, "prov:wasAttributedTo"),
        section=graph.text(place, "dkg:sectionTitle"),
        section_code=graph.text(place, "dkg:sectionCode"),
        lines=tuple(sorted(graph.texts(place, "dkg:line"), key=int)),
        last_line=graph.text(place, "dkg:lastLine"),
        pages=tuple(sorted(graph.texts(place, "dkg:page"), key=int)),
        quotes=tuple(text for each in selectors for text in graph.texts(each, "oa:exact")),
        relies_on=graph.iris(iri, "dkg:reliesOn"),
        notes=graph.texts(iri, "dkg:note"),
    )


def _frequency(graph: Graph, iri: str) -> Frequency:
    def text(name: str) -> str:
        return graph.text(iri, f"dkg:{name}")

    def link(name: str) -> str:
        return graph.iri(iri, f"dkg:{name}")

    return Frequency(
        iri=iri,
        words=text("asStated"),
        category=link("category"),
        derived_category=link("derivedCategory"),
        lower=text("lowerBound"),
        lower_inclusive=text("lowerInclusive"),
        upper=text("upperBound"),
        upper_inclusive=text("upperInclusive"),
        proportion=text("proportion"),
        numerator=text("numeratorCount"),
        numerator_is_derived=text("numeratorIsDerived"),
        denominator=text("denominator"),
        arm=link("arm"),
        comparator_arm=link("comparatorArm"),
        grouping_level=link("groupingLevel"),
        exposure_window=text("exposureWindow"),
        populations=graph.iris(iri, "dkg:population"),
        stated_by=graph.iris(iri, "dkg:statedBy"),
        notes=graph.texts(iri, "dkg:note"),
    )


def _conflicts(graph: Graph) -> list[Conflict]:
    return [
        Conflict(
            iri=iri,
            label=graph.label(iri),
            relation=graph.iri(iri, "dkg:conflictRelation"),
            types=graph.iris(iri, "dkg:conflictType"),
            first=graph.iris(iri, "dkg:firstSide"),
            second=graph.iris(iri, "dkg:secondSide"),
            computed=graph.text(iri, "biolink:agent_type") == AUTOMATED,
            notes=graph.texts(iri, "dkg:note"),
        )
        for iri in sorted(graph.having("dkg:firstSide"))
    ]
