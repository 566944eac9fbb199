"""Ask of leaflets, small ones made here and real ones, under which frequency an effect stands."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from kg.errors import UnreadableSourceError
from kg.ingest import epi, leaflet
from kg.ingest.rows import Contraindication, Extract, Observation

_LEAFLET = '''Instance: composition-en-1
* identifier.value = "EU/1/99/999/001   28 tablets"
* date = "2026-01-02T00:00:00Z"
* title = "TEST PURPOSES ONLY - newdrug"
* language = #en
* section[+].
  * title = "2. What you need to know"
  * text.div = """<div><p>Do not take Newdrug</p>
<ul><li>if you have gout</li></ul><p>Warnings</p><ul><li>gout of others</li></ul></div>"""
* section[=].section[+]
  * title = "4. Possible side effects"
  * text.div = """<div>{body}</div>"""
Instance: composition-da-1
* language = #da
* title = "TEST PURPOSES ONLY - newdrug"
* section[+].
  * title = "4. Bivirkninger"
  * text.div = """<div><p>Ingen</p></div>"""
'''
_BUNDLE = """<Bundle xmlns="http://hl7.org/fhir"><identifier><value value="epi-1"/></identifier>
<entry><resource><Composition><language value="{language}"/><date value="2026-01-02"/>
<title value="Ficha"/>
<section><title value="{title}"/><code><coding><code value="200000029816"/></coding></code>
<text><div xmlns="http://www.w3.org/1999/xhtml">{body}</div></text></section>
</Composition></resource></entry></Bundle>"""

Shared = Callable[[str], Path]


def _leaflet(body: str, *known: str) -> Extract:
    return leaflet.extract(_LEAFLET.format(body=body).encode(), "new", set(known).__contains__)


def _epi(body: str, title: str = "4.8. Reacciones adversas", language: str = "es") -> Extract:
    text = _BUNDLE.format(body=body, title=title, language=language)
    (extract,) = epi.extract(text.encode(), "new")
    return extract


def _bands(extract: Extract) -> list[tuple[str, str]]:
    return [(row.effect, row.band) for row in extract.observations()]


def _list(*entries: str) -> str:
    return "<ul>" + "\n".join(f"<li>{entry}</li>" for entry in entries) + "</ul>"


_COMMON = "<p>Common (may affect up to 1 in 10 people)</p>\n"
_RARE = "<p>Rare (may affect up to 1 in 1,000 people):</p>\n"


def test_a_leaflet_is_known_by_number_date_and_name() -> None:
    extract = _leaflet("")
    assert extract.source.document == "EU/1/99/999/001"
    assert (extract.source.version, extract.source.language) == ("2026-01-02", "en")


def test_leaflets_in_languages_that_are_not_read_are_listed() -> None:
    assert [row.reason for row in _leaflet("").unread()] == ["a leaflet in da"]


def test_contraindications_stand_below_do_not_take() -> None:
    rows = [row for row in _leaflet("").rows if isinstance(row, Contraindication)]
    assert [(row.raw, row.line) for row in rows] == [("if you have gout", 9)]


def test_a_band_holds_for_the_entries_below_it() -> None:
    extract = _leaflet(_COMMON + _list("gout", "rash") + _RARE + _list("fits"))
    assert _bands(extract) == [("gout", "common"), ("rash", "common"), ("fits", "rare")]


def test_a_band_is_the_interval_of_its_words() -> None:
    (row,) = _leaflet(_COMMON + _list("gout")).observations()
    assert (row.lower, row.lower_inclusive) == (Decimal(0), False)
    assert (row.upper, row.upper_inclusive) == (Decimal("0.1"), True)
    assert row.raw == "Common (may affect up to 1 in 10 people)"
    assert row.category.endswith("#PILCommon")


def test_a_band_may_be_named_in_one_line_and_explained_in_the_next() -> None:
    body = "<p>Common side effects</p><p>May affect up to 1 in 10 people:</p>" + _list("gout")
    assert _bands(_leaflet(body)) == [("gout", "common")]


def test_a_band_is_inherited_across_sub_headings() -> None:
    body = _COMMON + "<p>Infections</p>" + _list("gout") + "<p>Skin</p>" + _list("rash")
    assert _bands(_leaflet(body)) == [("gout", "common"), ("rash", "common")]


def test_an_entry_that_slipped_out_of_its_list_keeps_its_band() -> None:
    body = _COMMON + _list("gout", "") + "<p>Inflamed mouth</p>" + _list("rash")
    assert _bands(_leaflet(body)) == [
        ("gout", "common"),
        ("Inflamed mouth", "common"),
        ("rash", "common"),
    ]


def test_a_band_that_is_glued_to_an_entry_holds_for_the_next() -> None:
    body = _COMMON + _list("gout. Rare side effects (may affect up to 1 in 1,000 people)", "fits")
    assert _bands(_leaflet(body)) == [("gout", "common"), ("fits", "rare")]


def test_an_entry_may_have_frequencies_of_its_own() -> None:
    differs = "(the frequency is common in paediatric patients and uncommon in adult patients)"
    (child, adult) = _leaflet(_COMMON + _list(f"gout {differs}")).observations()
    assert (child.band, child.population) == ("common", "paediatric patients")
    assert (adult.band, adult.population) == ("uncommon", "adult patients")
    assert adult.upper == Decimal("0.01")


def test_a_sentence_ends_a_list() -> None:
    body = _COMMON + _list("gout") + "<p>Ways to help yourself are these.</p>" + _list("Sleep")
    extract = _leaflet(body)
    assert _bands(extract) == [("gout", "common")]
    assert "Sleep" in [row.raw for row in extract.unread()]


def test_entries_after_a_colon_are_reported_since_they_may_be_parts() -> None:
    extract = _leaflet(_COMMON + _list("kidney problems with these signs:", "foamy urine"))
    assert _bands(extract) == [("kidney problems with these signs", "common")]
    assert "foamy urine" in [row.raw for row in extract.unread()]


def test_a_word_in_a_sentence_is_no_band() -> None:
    body = "<p>At first side effects are common but decrease.</p>" + _list("gout")
    assert not _leaflet(body).observations()


def test_what_concerns_children_says_so() -> None:
    body = "<p>Children and adolescents These are more.</p>" + _COMMON + _list("gout")
    assert [row.population for row in _leaflet(body).observations()] == ["Children and adolescents"]


def test_commas_part_names_only_if_each_part_is_a_known_name() -> None:
    body = _COMMON + _list("gout, rash", "pain in joints, bones")
    assert [row.effect for row in _leaflet(body, "gout", "rash").observations()] == [
        "gout",
        "rash",
        "pain in joints, bones",
    ]


def test_explanations_are_no_part_of_a_name() -> None:
    body = _COMMON + _list("gout which might include symptoms of pain", "rash (see section 2),")
    assert [row.effect for row in _leaflet(body).observations()] == ["gout", "rash"]


def test_a_frequency_that_is_not_known_has_no_ends() -> None:
    body = "<p>Not known (frequency cannot be estimated from the available data)</p>"
    (row,) = _leaflet(body + _list("gout")).observations()
    assert (row.band, row.lower, row.upper) == ("not known", None, None)


def test_a_file_without_leaflet_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="no leaflet"):
        leaflet.extract(b"Profile: Something", "new")


# Electronic product information


def test_a_cell_may_name_its_frequency() -> None:
    body = """<table><tr><td>System</td><td>Substance</td></tr><tr><td>Skin</td>
        <td><p>Frecuentes: erupci\u00f3n (leve, grave), prurito</p>
        <p>Muy raras:acn\u00e9</p></td></tr></table>"""
    rows = _epi(body).observations()
    assert [(row.effect, row.band, row.population) for row in rows] == [
        ("erupci\u00f3n (leve, grave)", "common", "Substance"),
        ("prurito", "common", "Substance"),
        ("acn\u00e9", "very rare", "Substance"),
    ]
    assert (rows[0].lower, rows[0].upper) == (Decimal("0.01"), Decimal("0.1"))
    assert rows[0].category.endswith("#CIOMSCommon")


def test_paragraphs_of_two_cells_belong_together_in_order() -> None:
    head = "<thead><tr><td>System</td><td>Frequency</td><td>Reactions</td></tr></thead>"
    pair = "<td><p>Common</p><p>Uncommon</p></td><td><p>gout</p><p>fits</p></td>"
    body = f"<table>{head}<tbody><tr><td>Ear</td>{pair}</tr></tbody></table>"
    extract = _epi(body, "4.8 Undesirable effects", "en")
    assert _bands(extract) == [("gout", "common"), ("fits", "uncommon")]


def test_paragraphs_that_do_not_pair_off_are_reported() -> None:
    head = "<thead><tr><td>System</td><td>Frequency</td><td>Reactions</td></tr></thead>"
    pair = "<td><p>Common</p><p>Uncommon</p></td><td><p>gout</p></td>"
    extract = _epi(f"<table>{head}<tbody><tr><td>Ear</td>{pair}</tr></tbody></table>")
    assert not extract.observations()
    assert extract.unread()


def test_a_spanish_leaflet_is_read_like_an_english_one() -> None:
    body = (
        "<p>Efectos adversos frecuentes</p><p>Pueden afectar hasta 1 de cada 10 personas:</p>"
        + _list("gota")
        + "<p>Efectos adversos raros</p><p>Pueden afectar hasta 1 de cada 1.000 personas:</p>"
        + _list("crisis")
    )
    assert _bands(_epi(body, "4. Posibles efectos adversos")) == [
        ("gota", "common"),
        ("crisis", "rare"),
    ]


# Real documents, when they are at hand; expectations were read from them before.


def _at(extract: Extract, effect: str) -> list[Observation]:
    return [row for row in extract.observations() if row.effect == effect]


@pytest.mark.parametrize(
    ("name", "effect", "line", "band"),
    [
        ("aubagio", "Headache", 346, "very common"),
        ("aubagio", "Weight loss", 377, "common"),
        ("aubagio", "Psoriasis", 388, "uncommon"),
        ("aubagio", "Inflammation of mouth/lips", 391, "uncommon"),
        ("aubagio", "Inflammation of the colon (colitis)", 394, "uncommon"),
        ("aubagio", "Inflammation or injury of the liver", 398, "rare"),
        ("aubagio", "Respiratory hypertension", 402, "not known"),
        ("aubagio", "inflammation of the lungs", 333, "uncommon"),
        ("avonex", "Headache", 294, "very common"),
        ("avonex", "Loss of appetite", 296, "common"),
        ("avonex", "Hair loss", 320, "uncommon"),
        ("avonex", "Burning feeling at the site of injection", 324, "uncommon"),
        ("avonex", "Difficulty breathing", 327, "rare"),
        ("extavia", "headache", 419, "very common"),
        ("extavia", "malaise", 462, "common"),
        ("extavia", "convulsion", 472, "uncommon"),
        ("extavia", "nausea", 514, "not known"),
        ("fampyra", "Urinary tract infection", 208, "very common"),
        ("fampyra", "Back pain", 231, "common"),
        ("fampyra", "Chest discomfort", 246, "uncommon"),
        ("kesimpta", "oral herpes", 282, "common"),
        ("kesimpta", "urinary tract infections", 274, "very common"),
    ],
)
def test_shared_leaflets_say(shared: Shared, name: str, effect: str, line: int, band: str) -> None:
    extract = leaflet.extract(shared(f"leaflets/{name}.fsh").read_bytes(), name)
    assert (line, band) in [(row.line, row.band) for row in _at(extract, effect)]


@pytest.mark.parametrize(
    ("name", "effect", "row", "column", "band"),
    [
        ("04298002.xml", "hipersensibilidad", 3, 2, "common"),
        ("04298002.xml", "trombocitopenia", 2, 3, "uncommon"),
        ("04298002.xml", "Aplasia eritrocitaria pura", 2, 3, "very rare"),
        ("04298002.xml", "alopecia", 9, 3, "common"),
        ("04298002.xml", "Rabdomiolisis", 10, 3, "rare"),
        ("07436001.xml", "herpes genital", 2, 3, "uncommon"),
        ("07436001.xml", "papiloma de piel", 3, 3, "uncommon"),
        ("07436001.xml", "disminuci\u00f3n del apetito", 6, 3, "common"),
        ("07436001.xml", "caquexia", 7, 3, "uncommon"),
        ("07436001.xml", "v\u00e9rtigo", 13, 3, "common"),
        ("07436001.xml", "tinnitus", 13, 3, "uncommon"),
    ],
)
def test_shared_product_information_says(  # noqa: PLR0913, PLR0917 (one for each fact)
    shared: Shared, name: str, effect: str, row: int, column: int, band: str
) -> None:
    (professional, _) = epi.extract(shared(f"fhir-epi/{name}").read_bytes(), name)
    found = [(each.row, each.column, each.band) for each in _at(professional, effect)]
    assert (row, column, band) in found
