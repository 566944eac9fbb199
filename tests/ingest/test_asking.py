"""Ask whether a mapping query says the same without what is missing from all rows."""

from decimal import Decimal

import pyoxigraph as ox
import pytest

from kg.ingest import asking, claims
from kg.ingest.named import Nothing
from kg.ingest.rows import Extract, Indication, Observation, Product, Source

_PLACE = {"section": "34084-4", "title": "6 ADVERSE REACTIONS", "effect": "Rash", "raw": "5%"}
_OBSERVATIONS = {
    "nothing that is optional": {},
    "an arm and its size": {"arm": "Drug", "denominator": 200, "percent": Decimal(5)},
    "the end of an interval": {"percent": Decimal(1), "bound": "<", "table": "1", "row": 2},
    "bounds": {"lower": Decimal("0.1"), "upper": Decimal("0.2"), "line": 7, "arm": "placebo"},
    "words for people": {"population": "children", "severity": "grade 3", "group": "Skin"},
    "another language": {"language": "es", "number": 2, "last_line": 9},
}


@pytest.mark.parametrize("found", _OBSERVATIONS.values(), ids=_OBSERVATIONS)
def test_what_no_row_has_can_be_left_out_of_the_query(found: dict[str, object]) -> None:
    rows = (
        Product(name="Drug"),
        Observation(**(_PLACE | found)),  # type: ignore[arg-type]
        Indication(section="34067-9", title="1 USES", raw="gout", condition="gout", words="gout"),
    )
    source = Source(document="a", version="1", kind="spl")
    nothing = Nothing()
    typed = claims._typed(Extract(source, rows), nothing, nothing, claims.unknown, None)  # noqa: SLF001
    store = ox.Store()
    store.extend(typed)
    whole = []
    for name in asking.QUERIES:
        made = store.query(asking.query(name))
        assert isinstance(made, ox.QueryTriples)
        whole.append(set(made))
    slim = [
        {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}
        for _, text in asking.constructed(store)
    ]
    assert slim == whole
    assert all(slim)


def test_only_what_stands_on_a_line_of_its_own_is_left_out() -> None:
    whole, slim = asking.query("source"), asking.query("source", frozenset({"title", "sha256"}))
    assert "row:title" in slim  # its value is put into other words there
    assert "row:sha256" in whole
    assert "row:sha256" not in slim
