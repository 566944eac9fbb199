"""Compare answers with what a suite expects: bags of rows, up to the names of blank nodes.

Nothing here uses a store or our own code: terms are tuples, and rows are tuples of terms.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STRING: Final = XSD + "string"
Term: TypeAlias = (
    tuple[object, ...] | None
)  # ("iri", …), ("blank", …), ("literal", …), ("triple", …)
Row: TypeAlias = tuple[Term, ...]
_NUMBERS: Final = {XSD + name for name in ("integer", "decimal", "double", "float")}


def iri(text: str) -> Term:
    return ("iri", text)


def blank(label: str) -> Term:
    return ("blank", label)


def literal(text: str, datatype: str | None = None, language: str | None = None) -> Term:
    return (
        "literal",
        text,
        None if language else (datatype or STRING),
        language and language.lower(),
    )


def blanks(term: Term) -> set[Term]:
    """Return the blank nodes in *term*."""
    if term is None:
        return set()
    if term[0] == "blank":
        return {term}
    if term[0] == "triple":
        return {each for part in term[1:] for each in blanks(part)}  # type: ignore[arg-type]
    return set()


def _renamed(term: Term, names: Mapping[Term, object]) -> object:
    if term is None:
        return None
    if term[0] == "blank":
        return names.get(term, ("blank",))
    if term[0] == "triple":
        return ("triple", *(_renamed(part, names) for part in term[1:]))  # type: ignore[arg-type]
    return term


def by_value(rows: Iterable[Row]) -> list[Row]:
    """Return *rows* with each number written in one way, for it is its value that counts."""
    return [tuple(_canonical(term) for term in row) for row in rows]


def _canonical(term: Term) -> Term:
    if term is None or term[0] in {"blank", "iri"}:
        return term
    if term[0] == "text":  # of CSV, which has no datatypes
        return ("text", _number(str(term[1])))
    if term[0] == "triple":
        return ("triple", *(_canonical(part) for part in term[1:]))  # type: ignore[arg-type]
    if term[2] in _NUMBERS:
        return ("literal", _number(str(term[1])), term[2], None)
    if term[2] == XSD + "boolean":
        return ("literal", {"1": "true", "0": "false"}.get(str(term[1]), term[1]), term[2], None)
    return term


def _number(text: str) -> object:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number.normalize() if number.is_finite() else text


def equal(found: Sequence[Row], expected: Sequence[Row], *, ordered: bool = False) -> bool:
    """Return whether the rows are the same, each as often, for some naming of blank nodes.

    *ordered* says that they are so in the same order.
    """
    if len(found) != len(expected):
        return False
    if ordered:
        found = [(("place", number), *row) for number, row in enumerate(found)]
        expected = [(("place", number), *row) for number, row in enumerate(expected)]
    ours, theirs = _colours(found), _colours(expected)
    if Counter(ours.values()) != Counter(theirs.values()):
        return False
    return _matched(found, expected, ours, theirs, {}, {})


def _colours(rows: Sequence[Row]) -> dict[Term, object]:
    """Return for each blank node what can be told of it by the rows in which it stands."""
    places: dict[Term, list[Row]] = defaultdict(list)
    for row in rows:
        for each in {node for term in row for node in blanks(term)}:
            places[each].append(row)
    colours: dict[Term, object] = dict.fromkeys(places, 0)
    for _ in range(len(places)):
        fresh: dict[Term, object] = {
            node: hash(
                tuple(
                    sorted(
                        repr(tuple(_renamed(term, {**colours, node: "self"}) for term in row))
                        for row in rows_of
                    )
                )
            )
            for node, rows_of in places.items()
        }
        if len(set(fresh.values())) == len(set(colours.values())):
            colours = fresh
            break
        colours = fresh
    return colours


def _matched(  # noqa: PLR0913, PLR0917 (both sides of one comparison)
    found: Sequence[Row],
    expected: Sequence[Row],
    ours: Mapping[Term, object],
    theirs: Mapping[Term, object],
    here: dict[Term, object],
    there: dict[Term, object],
) -> bool:
    """Try to give every blank node its partner, those with fewest candidates first."""
    open_nodes = [node for node in ours if node not in here]
    if not open_nodes:
        return _bag(found, here) == _bag(expected, there)
    sizes = Counter(ours[node] for node in open_nodes)
    node = min(open_nodes, key=lambda each: sizes[ours[each]])
    for other in theirs:
        if other in there or theirs[other] != ours[node]:
            continue
        mark = ("matched", len(here))
        if _matched(found, expected, ours, theirs, {**here, node: mark}, {**there, other: mark}):
            return True
    return False


def _bag(rows: Sequence[Row], names: Mapping[Term, object]) -> Counter[object]:
    return Counter(tuple(_renamed(term, names) for term in row) for row in rows)
