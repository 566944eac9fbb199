"""Hold the reasons for a triple, and write them down for people."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from kg.terms import curie

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

Kind: TypeAlias = Literal["asserted", "derived", "inferred", "computed", "added by the build"]


class Evidence(NamedTuple):
    """Say where a source states a claim, and where that is curated."""

    claim: ox.NamedNode
    source: str
    where: str
    place: str  # file:line


@dataclass(frozen=True)
class Reason:
    """Hold one reason for a triple: who or what says it, and because of what."""

    kind: Kind
    by: str  # file:line, a rule file, or what else it was
    because: tuple[Explanation, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Hold a triple, what it says, and every reason there is for it; none if it is not there."""

    triple: ox.Triple
    sentence: str
    reasons: tuple[Reason, ...]

    @property
    def is_asserted(self) -> bool:
        """Return whether a document states the triple."""
        return any(reason.kind == "asserted" for reason in self.reasons)


def render(explanation: Explanation) -> str:
    """Return *explanation* as lines of text, what a statement rests on indented below it."""
    return "\n".join(_lines(explanation, ""))


def _lines(explanation: Explanation, indent: str) -> Iterator[str]:
    match explanation.reasons:
        case ():
            yield f"{indent}{explanation.sentence}: the graph does not say so"
            return
        case (Reason("asserted", place),):
            yield f"{indent}{explanation.sentence} ({place})"
            return
    yield f"{indent}{explanation.sentence}"
    for reason in explanation.reasons:
        yield f"{indent}  {reason.kind}: {reason.by}{', because' if reason.because else ''}"
        for premise in reason.because:
            yield from _lines(premise, indent + "    ")
        for claim, evidence in itertools.groupby(reason.evidence, lambda each: each.claim):
            yield f"{indent}    evidence for {curie(claim.value)}:"
            for _, source, where, place in evidence:
                yield f"{indent}      {source}, {where} ({place})"
