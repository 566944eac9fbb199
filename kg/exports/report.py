"""Say of each export what it carries of a claim, and which claims it cannot express and why."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from kg.entities import NOTE
from kg.exports.claims import Claim, Release

How: TypeAlias = Literal["field", "extension", "annotation", "words", "not exported"]

# The parts of a claim that a reader may miss, and how many of each a claim has.
PARTS: Final[dict[str, Callable[[Claim], int]]] = {
    "evidence": lambda claim: len(claim.evidence),
    "place in the source": lambda claim: sum(bool(each.section) for each in claim.evidence),
    "machine reading": lambda claim: sum(each.automated for each in claim.evidence),
    "modality": lambda claim: sum(bool(each.modality) for each in claim.evidence),
    "jurisdiction": lambda claim: len(claim.jurisdictions),
    "population and stage": lambda claim: len(claim.scopes),
    "negation": lambda claim: int(claim.negated),
    "conflict": lambda claim: len(claim.conflicts),
    "frequency as stated": lambda claim: len(claim.frequencies),
    "category": lambda claim: sum(bool(each.category) for each in claim.frequencies),
    "interval": lambda claim: sum(bool(each.lower or each.upper) for each in claim.frequencies),
    "proportion": lambda claim: sum(bool(each.proportion) for each in claim.frequencies),
    "numerator": lambda claim: sum(bool(each.numerator) for each in claim.frequencies),
    "denominator": lambda claim: sum(bool(each.denominator) for each in claim.frequencies),
    "arm": lambda claim: sum(bool(each.arm) for each in claim.frequencies),
    "comparator": lambda claim: (
        len(claim.comparators) + sum(bool(each.comparator_arm) for each in claim.frequencies)
    ),
    "grouping level": lambda claim: sum(bool(each.grouping_level) for each in claim.frequencies),
}


@dataclass(frozen=True)
class Carried:
    """Say how an export carries one part of a claim, and where."""

    how: How
    where: str


@dataclass(frozen=True)
class Written:
    """Hold the files of one export, and the reason for each claim that is in none of them."""

    files: Mapping[str, bytes]
    left: Mapping[str, str]  # IRI of a claim → reason


def report(
    name: str, release: Release, carries: Mapping[str, Carried], left: Mapping[str, str]
) -> dict[str, Any]:
    """Return the report that stands beside an export.

    Every claim is counted once: in = out + not expressible. A part of a claim is counted among
    the claims that are out.
    """
    out = [claim for claim in release.claims if claim.iri not in left]
    kinds = {claim.iri: claim.kind for claim in release.claims}
    return {
        "format": name,
        "version": release.version,
        "note": NOTE,
        "claims": {"in": len(release.claims), "out": len(out), "notExpressible": len(left)},
        "parts": [
            {
                "part": part,
                "how": carries[part].how,
                "where": carries[part].where,
                "stated": sum(count(claim) for claim in out),
            }
            for part, count in PARTS.items()
        ],
        "notExpressible": [
            {"claim": iri, "type": kinds[iri], "reason": reason}
            for iri, reason in sorted(left.items())
        ],
    }


def carried(default: Carried, **others: Carried) -> dict[str, Carried]:
    """Return how each part is carried; names of parts are written with ``_`` for a space."""
    named = {part.replace("_", " "): how for part, how in others.items()}
    if unknown := named.keys() - PARTS.keys():
        raise ValueError(f"no part of a claim is called {', '.join(sorted(unknown))}")
    return {part: named.get(part, default) for part in PARTS}


def dumped(document: object) -> bytes:
    """Return *document* as JSON for programs and people."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def left_out(claims: Iterable[Claim], reason: Callable[[Claim], str]) -> dict[str, str]:
    """Return each of *claims* for which there is a *reason* to leave it out, with that reason."""
    reasons = {claim.iri: reason(claim) for claim in claims}
    return {iri: why for iri, why in reasons.items() if why}
