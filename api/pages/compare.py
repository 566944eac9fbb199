"""Write the page that puts two medicines side by side."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from flask import render_template

from api.pages import marks, words
from api.pages.drug import by
from api.pages.home import source_names
from api.pages.links import Links
from api.pages.public import ALL, Node, Public
from api.parameters import NAME, Parameters
from kg.errors import RetiredEntityError, UnknownEntityError

_SECTIONS: Final = ("indications", "cautions", "outcomes")
_STEP: Final = Decimal("0.05")


@dataclass(frozen=True)
class Ruler:
    """Place differences of shares on a line whose middle is no difference."""

    reach: Decimal  # the difference at its end

    def at(self, difference: str | Decimal) -> float:
        """Return where *difference* lies, in percent of the width."""
        return round(float(50 + 48 * Decimal(difference) / self.reach), 2)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Return where lines are drawn, and what is written there."""
        marks = (-self.reach, Decimal(0), self.reach)
        return [(self.at(each), words.points(str(each))) for each in marks]


def compare(public: Public) -> str:
    """Return the page at ``/compare``."""
    parameters = Parameters()
    listed = public.listed(ALL)
    drugs = {each["@id"]: each for each in listed["drugs"]}
    chosen = [parameters.fitting(name, NAME) for name in ("product", "comparator")]
    parameters.check()
    for iri in chosen:
        if iri is not None and iri not in drugs:
            drugs[iri] = _medicine(public, iri)
    one, other = _pair(list(drugs), *chosen)
    rows = _rows(public, one, other)
    documents = [_document(public, drugs[each]) for each in (one, other) if each]
    return render_template(
        "compare.html",
        canonical="/compare",
        drugs=list(drugs.values()),
        unlisted=listed["total"] - len(listed["drugs"]),
        one=one,
        other=other,
        documents=documents,
        rows=rows,
        by_effect={
            effect: [row for row in rows if row["effect"] == effect]
            for effect in dict.fromkeys(row["effect"] for row in rows)
        },
        ruler=_ruler(rows),
        names=source_names(public) if rows else {},
        names_of={
            row["effect"]: marks.name(public, {"@id": row["effect"], "label": row["effectName"]})
            for row in rows
        },
        matrix=_matrix(documents),
        indications=[
            by(each["indications"], "jurisdiction", "no authority named") for each in documents
        ],
        outcomes=_against(documents),
        without=_without(public, one, other),
        alternates=_data(one, other) if one and other else (),
    )


def _medicine(public: Public, iri: str) -> Node:
    """Return the medicine *iri*, which the list is too short for, as the list names it.

    Raises:
        UnknownEntityError: there is no such medicine.
    """
    slug = iri.removeprefix("id:")
    try:
        document = public.drug(slug, replace(ALL, sections=_SECTIONS)) if slug != iri else {}
    except RetiredEntityError:
        document = {}
    if not document:
        raise UnknownEntityError(iri)
    return document | {"document": f"/drugs/{slug}"}


def _data(one: str, other: str) -> Links:
    """Return the links to what the page is made from."""
    pair = urlencode({"product": one, "comparator": other, "format": "json"})
    return (
        ("one as JSON-LD", f"/drugs/{one[3:]}.jsonld", "application/ld+json"),
        ("the other as JSON-LD", f"/drugs/{other[3:]}.jsonld", "application/ld+json"),
        (
            "the comparison as JSON",
            f"/queries/side-effects-head-to-head?{pair}",
            "application/json",
        ),
    )


def _pair(drugs: list[str], one: str | None, other: str | None) -> tuple[str, str]:
    """Return the two that are compared: those that are asked for, else any two."""
    first = one or next((each for each in reversed(drugs) if each != other), "")
    second = other or next((each for each in drugs if each != first), "")
    return first, second


def _rows(public: Public, one: str, other: str) -> list[Node]:
    if not one or not other:
        return []
    rows = public.rows("side-effects-head-to-head", product=one, comparator=other)
    return sorted(rows, key=lambda row: -abs(Decimal(row["riskDifference"])))


def _ruler(rows: list[Node]) -> Ruler:
    """Return the shortest ruler of whole steps that every interval fits on."""
    ends = [
        abs(Decimal(row[name])) for row in rows for name in ("confidenceLower", "confidenceUpper")
    ]
    steps = (max(ends, default=_STEP) / _STEP).to_integral_value(rounding="ROUND_CEILING")
    return Ruler(max(steps, Decimal(1)) * _STEP)


def _document(public: Public, drug: Node) -> Node:
    slug = drug["document"].removeprefix("/drugs/")
    return public.drug(slug, replace(ALL, sections=_SECTIONS))


def _matrix(documents: list[Node]) -> dict[str, list[list[Node]]]:
    """Return what is cautioned against with each medicine, by the words for it."""
    found: dict[str, list[list[Node]]] = {}
    for position, document in enumerate(documents):
        for caution in document["cautions"]:
            for subject in caution.get("condition") or caution.get("interactsWith") or ():
                row = found.setdefault(words.label(subject), [[] for _ in documents])
                row[position].append(caution)
    return dict(sorted(found.items()))


def _against(documents: list[Node]) -> list[Node]:
    """Return the outcomes of each medicine that are against the other one."""
    iris = {each["@id"] for each in documents}
    return [
        outcome
        for document in documents
        for outcome in document["outcomes"]
        if iris & {each["@id"] for each in outcome.get("comparator", ())}
    ]


def _without(public: Public, one: str, other: str) -> list[Node]:
    """Return claims on either medicine against the other that no direct comparison backs."""
    found = []
    for product, comparator in ((one, other), (other, one)):
        if product and comparator:
            rows = public.rows("claims-without-head-to-head", product=product)
            found += [row for row in rows if row["comparedWith"] == comparator]
    return found
