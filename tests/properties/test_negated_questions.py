"""Ask named queries that leave something out, of graphs drawn by lot, and leave it out by hand."""

from itertools import product

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import queries
from kg.evaluation import evaluate
from kg.terms import DKG, ID, PROV, RDF, SRC

_CLAIMS = tuple(f"{ID}c{number}" for number in range(3))
_SOURCES = tuple(f"{SRC}s{number}" for number in range(4))
_DIRECTIONS = ("Supports", "Disputes")
_LINES = st.lists(
    st.tuples(
        st.sampled_from(_CLAIMS),
        st.sampled_from(_SOURCES),
        st.sampled_from(_DIRECTIONS),
        st.booleans(),  # whether it relies on something
    ),
    max_size=8,
    unique=True,
)
_PAIRS_OF_SOURCES = st.sets(
    st.sampled_from([pair for pair in product(_SOURCES, repeat=2) if pair[0] != pair[1]]),
    max_size=3,
)
_PAIRS_OF_CLAIMS = st.sets(st.sampled_from(list(product(_CLAIMS, repeat=2))), max_size=2)


def _graph(
    lines: list[tuple[str, str, str, bool]],
    revisions: set[tuple[str, str]],
    superseded: set[tuple[str, str]],
) -> ox.Store:
    store = ox.Store()

    def say(subject: str, predicate: str, value: str | ox.Literal) -> None:
        term = value if isinstance(value, ox.Literal) else ox.NamedNode(value)
        store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), term))

    for number, (claim, source, direction, relies) in enumerate(lines):
        line, place = f"{ID}line-{number}", f"{ID}place-{number}"
        say(claim, RDF + "type", DKG + "SideEffectClaim")
        say(claim, DKG + "hasEvidenceLine", line)
        say(line, PROV + "wasDerivedFrom", source)
        say(line, DKG + "direction", DKG + direction)
        say(line, DKG + "locator", place)
        say(place, DKG + "sectionTitle", ox.Literal(f"section {number}"))
        if relies:
            say(line, DKG + "reliesOn", SRC + "upstream")
    for newer, older in revisions:
        say(newer, PROV + "wasRevisionOf", older)
    for older_claim, newer_claim in superseded:
        say(older_claim, DKG + "supersededBy", newer_claim)
    return store


def _rows(store: ox.Store, name: str, **bound: str) -> list[ox.QuerySolution]:
    text = queries.find(name).text
    found = evaluate(store, text, bindings={key: ox.NamedNode(iri) for key, iri in bound.items()})
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def _of_one_document(source: str, revisions: set[tuple[str, str]]) -> set[str]:
    """Return *source* and all that are linked to it by revision, either way."""
    linked = {source}
    while more := {
        other
        for pair in revisions
        for one, other in (pair, pair[::-1])
        if one in linked and other not in linked
    }:
        linked |= more
    return linked


@settings(deadline=None)
@given(_LINES, _PAIRS_OF_SOURCES)
def test_a_claim_rests_on_one_page_if_nothing_else_supports_it(
    lines: list[tuple[str, str, str, bool]], revisions: set[tuple[str, str]]
) -> None:
    page = _SOURCES[0]
    same = _of_one_document(page, revisions)
    expected = {
        claim
        for claim, source, direction, _ in lines
        if source == page
        and direction == "Supports"
        and not any(relies for other, _, _, relies in lines if other == claim)
        and not any(
            other == claim and direction_ == "Supports" and source_ not in same
            for other, source_, direction_, _ in lines
        )
    }
    rows = _rows(_graph(lines, revisions, set()), "page-only-claims", source=page)
    assert {row["claim"].value for row in rows} == expected


@settings(deadline=None)
@given(_LINES, _PAIRS_OF_CLAIMS)
def test_a_claim_is_of_one_version_if_the_other_does_not_say_or_replace_it(
    lines: list[tuple[str, str, str, bool]], superseded: set[tuple[str, str]]
) -> None:
    older, newer = _SOURCES[:2]
    store = _graph(lines, {(newer, older)}, superseded)
    of = {each: {claim for claim, source, _, _ in lines if source == each} for each in _SOURCES}
    supporting = {(claim, source) for claim, source, way, _ in lines if way == "Supports"}
    replaced = {one for one, other in superseded if other in of[newer]}
    replacing = {other for one, other in superseded if one in of[older]}
    expected = {
        ("found in the older only", claim)
        for claim in of[older] - of[newer] - replaced
        if (claim, older) in supporting
    } | {
        ("found in the newer only", claim)
        for claim in of[newer] - of[older] - replacing
        if (claim, newer) in supporting
    }
    rows = _rows(store, "changes-between-versions", older=older, newer=newer)
    found = {(row["change"].value, row["claim"].value) for row in rows}
    assert {each for each in found if each[0].endswith("only")} == expected
