"""Put the values of documents into words and links for people; every template may use these."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from kg.terms import PREFIXES

_DURATION: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T0S)?")
_WEEK: Final = 7
_MINUS: Final = "\N{MINUS SIGN}"
_TO: Final = "\N{EN DASH}"
_LEVELS: Final = {  # biolink:knowledge_level, in plain words
    "knowledge_assertion": "stated as knowledge",
    "logical_entailment": "follows by rule",
    "observation": "observed",
    "statistical_association": "counted or estimated",
}
_FORCE: Final = {"is": "as fact", "thought to be": "as thought to be so"}


def href(node: dict[str, Any] | str) -> str:
    """Return where a person reads about *node*: a page here, or the address of another site."""
    name = node if isinstance(node, str) else str(node["@id"])
    if name.startswith(("http://", "https://")):
        return name
    prefix, _, local = name.partition(":")
    if prefix == "id":
        return f"/id/{quote(local)}"
    if prefix == "src":
        return f"/source/{quote(local)}"
    if prefix == "dkg":
        return f"/vocab#{quote(local)}"
    return f"/resolve/{quote(name)}"


def label(node: dict[str, Any] | None) -> str:
    """Return the name of *node*: its label, a label in any language, or its identifier."""
    if not node:
        return ""
    if node.get("label"):
        return str(node["label"])
    for each in node.get("rdfs:label", ()):
        return str(each["@value"])
    return str(node.get("@id", ""))


def text(value: Any) -> str:  # noqa: ANN401 (any JSON)
    """Return a literal of a document as text; a list of them is joined."""
    if isinstance(value, dict):
        return str(value["@value"]) if "@value" in value else label(value)
    if isinstance(value, list):
        return ", ".join(text(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return str(value)


def language(value: object) -> str:
    """Return the language of words, to be set as ``lang``, or nothing if it is English."""
    found = value.get("@language", "") if isinstance(value, dict) else ""
    return found if found != "en" else ""


def capital(words: str) -> str:
    """Return *words* with a capital letter first."""
    return words[:1].upper() + words[1:]


def percent(share: str | float, *, sign: bool = False) -> str:
    """Return a share of 1 as a percentage, with no more digits than it has."""
    value = (Decimal(str(share)) * 100).normalize()
    plain = f"{value:+f}" if sign and value else f"{value:f}"
    return f"{plain.replace('-', _MINUS)} %"


def points(difference: str) -> str:
    """Return a difference of two shares in percentage points, with its sign."""
    return percent(difference, sign=True).replace(" %", " points")


def figure(
    share: object, low: object, high: object, *, low_included: object, high_included: object
) -> str:
    """Return a share or its bounds in words, such as *more than 10 %*, or nothing.

    A bound at 0 or 1 is none: no share lies beyond.
    """
    if share is not None:
        return percent(str(share))
    least = Decimal(str(low)) if low is not None else Decimal(0)
    most = Decimal(str(high)) if high is not None else Decimal(1)
    if least > 0 and most < 1:
        return f"{percent(str(low))} to {percent(str(high))}"
    if least > 0:
        return f"{'at least' if low_included else 'more than'} {percent(str(low))}"
    if most < 1:
        return f"{'up to' if high_included else 'less than'} {percent(str(high))}"
    return ""


def duration(text_: str) -> str:
    """Return an xsd:duration in words; days in whole weeks are weeks (ADR 3)."""
    found = _DURATION.fullmatch(text_)
    if found is None:
        return text_
    years, months, days = (int(each or 0) for each in found.groups())
    parts = [_counted(years, "year"), _counted(months, "month")]
    if days and days % _WEEK == 0:
        parts.append(_counted(days // _WEEK, "week"))
    else:
        parts.append(_counted(days, "day"))
    return " ".join(filter(None, parts)) or "no time"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' if number != 1 else ''}" if number else ""


def lines(locator: dict[str, Any] | None) -> str:
    """Return the lines or the pages of a place, such as *lines 267 and on*, or nothing."""
    locator = locator or {}
    found = locator.get("line", [])
    if found:
        last = locator.get("lastLine")
        if len(found) == 1 and last:
            return f"lines {found[0]}{_TO}{last}"
        return f"{'line' if len(found) == 1 else 'lines'} {_listed(found)}"
    pages = locator.get("page", [])
    return f"{'page' if len(pages) == 1 else 'pages'} {_listed(pages)}" if pages else ""


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(each) for each in numbers)


def section(locator: dict[str, Any] | None) -> str:
    """Return the title of the section of a place."""
    return text((locator or {}).get("sectionTitle", []))


def slug(title: str) -> str:
    """Return *title* as part of an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "all"


def place(locator: dict[str, Any]) -> str:
    """Return the anchor of a place on the page of its source: its first line, or its section."""
    if found := locator.get("line"):
        return f"L{found[0]}"
    return f"s-{slug(section(locator))}"


def source(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return the source that *evidence* stands in, or nothing if it names none."""
    found: dict[str, Any] = next(iter(evidence.get("wasDerivedFrom", ())), {})
    return found


def where(evidence: dict[str, Any]) -> str:
    """Return the address of the line of the source that *evidence* stands in."""
    found = source(evidence)
    return f"{href(found)}#{place(evidence.get('locator', {}))}" if found else ""


def code(node: dict[str, Any]) -> str:
    """Return the identifier of *node* in the system that it belongs to, such as *doid:2378*."""
    return str(node["@id"]).removeprefix("obo:").rpartition("/")[2].replace("_", ":")


def level(name: str) -> str:
    """Return a level of knowledge in plain words."""
    return _LEVELS.get(name, name.replace("_", " "))


def force(modality: dict[str, Any] | None) -> str:
    """Return with which force a source says something."""
    name = label(modality)
    return _FORCE.get(name, f"with “{name}”") if name else "with a force that is not stated"


def outside(curie: str) -> str:
    """Return the whole IRI of *curie*, whose prefix is one of ours."""
    prefix, colon, local = curie.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else curie


FILTERS: Final = {
    each.__name__: each
    for each in (
        href,
        label,
        text,
        language,
        capital,
        code,
        percent,
        points,
        duration,
        lines,
        section,
        slug,
        source,
        place,
        where,
        level,
        force,
        outside,
    )
}
