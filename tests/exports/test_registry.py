"""Is each claim in each export, or in its report? Are two runs the same?"""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

import duckdb
import pyoxigraph as ox
import pytest

from kg.errors import MissingExtraError, UnknownExportError
from kg.exports import registry
from kg.exports.claims import AUTOMATED, READ, Release
from kg.exports.nanopublications import BASE
from kg.exports.report import PARTS, carried, report
from kg.sssom import NAME as SSSOM
from kg.terms import DKG, PREFIXES, PROV

DOCS: Final = Path(__file__).parents[2] / "docs" / "exports.md"
NAMESPACE: Final = "https://w3id.org/drugkg/id/"
PATTERNS: Final = {  # format: its file, and how a claim stands there as what is described
    "nanopub": ("nanopublications.trig", r"<https://w3id\.org/drugkg/np/([\w-]+)> a "),
    "rdf12": (
        "drugkg-rdf12.nq",
        r"^<https://w3id\.org/drugkg/id/([^>]+)> <https://w3id\.org/drugkg/vocab#hasEvidenceLine> ",
    ),
    "schema-org": (
        "medicines.schema-org.jsonld",
        r'"@id": "https://w3id\.org/drugkg/id/([\w-]+)",\s+"@type": "Claim"',
    ),
}
READER: Final = NAMESPACE + "drugkg-reader"
SIDE_EFFECTS: Final = "side-effects.csv"
Files = Callable[[str], Path]


@pytest.mark.parametrize("name", registry.NAMES)
def test_every_claim_is_out_or_reported(name: str, whole: Release, written: Files) -> None:
    about = json.loads((written(name) / registry.REPORT).read_text(encoding="utf-8"))
    count = about["claims"]
    assert count["in"] == len(whole.claims) > 450
    assert count["in"] == count["out"] + count["notExpressible"]
    left = {each["claim"] for each in about["notExpressible"]}
    assert len(left) == count["notExpressible"]
    assert left <= {claim.iri for claim in whole.claims}
    assert all(each["reason"] for each in about["notExpressible"])
    assert "not medical advice" in about["note"]


@pytest.mark.parametrize("name", [each for each in registry.NAMES if each != "sssom"])
def test_a_claim_is_named_in_the_files_exactly_if_it_is_not_reported(
    name: str, whole: Release, written: Files
) -> None:
    """Count by the files themselves: the writer's own word is not enough."""
    about = json.loads((written(name) / registry.REPORT).read_text(encoding="utf-8"))
    left = {each["claim"] for each in about["notExpressible"]}
    assert named(name, written(name)) == {claim.iri for claim in whole.claims} - left


def named(name: str, directory: Path) -> set[str]:
    """Return the claims that have a place of their own in the files of an export."""
    if name in {"croissant", "csvw"}:
        return {row["claim"] for row in rows(directory / SIDE_EFFECTS, ",")}
    if name == "kgx":
        edges = rows(directory / "edges.tsv", "\t")
        return {each["dkg_claim"].replace("DRUGKG:", NAMESPACE) for each in edges}
    if name == "parquet":
        table = duckdb.read_parquet(str(directory / "side-effects.parquet"))
        return {row[0] for row in table.project("claim").fetchall()}
    if name == "fhir":
        bundle = json.loads((directory / "bundle.fhir.json").read_bytes())
        found = [entry["resource"] for entry in bundle["entry"]]
        uses = [each for each in found if each["resourceType"] == "ClinicalUseDefinition"]
        return {each["identifier"][0]["value"] for each in uses}
    file, pattern = PATTERNS[name]
    text = (directory / file).read_text(encoding="utf-8")
    return {f"{NAMESPACE}{each}" for each in re.findall(pattern, text, flags=re.MULTILINE)}


def rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, strict=True))


def test_two_runs_write_the_same_bytes_in_any_order_of_hashes(
    release: Path, tmp_path: Path
) -> None:
    sums = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [str(Path(sys.executable).with_name("drugkg")), "export", "all"]
        subprocess.run(
            [*command, "--out", str(out), "--release", str(release)],
            env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        sums.append((out / "SHA256SUMS").read_text(encoding="utf-8"))
        listed = {line[66:]: line[:64] for line in sums[-1].splitlines()}
        files = {path for path in out.rglob("*") if path.is_file()} - {out / "SHA256SUMS"}
        assert {str(path.relative_to(out)) for path in files} == listed.keys()
        for name, digest in listed.items():
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert sums[0] == sums[1]


def test_the_index_describes_every_file(whole: Release, tmp_path: Path) -> None:
    chosen = (registry.find("kgx"), registry.find("sssom"))
    paths = registry.save(tmp_path, whole, chosen)
    index = json.loads((tmp_path / registry.INDEX).read_text(encoding="utf-8"))
    assert [each["format"] for each in index["exports"]] == ["kgx", "sssom"]
    described = {file["address"] for each in index["exports"] for file in each["files"]}
    assert {str(path.relative_to(tmp_path)) for path in paths} == described | {
        "SHA256SUMS",
        "index.json",
    }


def test_each_export_tells_apart_what_a_program_read(whole: Release, written: Files) -> None:
    """Look in the files, by what each format has for it: no export makes it a curator's word."""
    read = {claim.iri for claim in whole.claims if claim.automated}
    kept = {claim.iri for claim in whole.claims} - read
    assert len(read) > 50
    assert len(kept) > 450
    for name in ("csvw", "croissant", "kgx", "parquet", "fhir", "schema-org", "nanopub", "rdf12"):
        out, told = named(name, written(name)), marked(name, written(name))
        assert told & read == out & read, name
        assert not told & kept, name


def marked(name: str, directory: Path) -> set[str]:
    """Return the claims of which the files of an export say that a program read them."""
    if name == "fhir":
        bundle = json.loads((directory / "bundle.fhir.json").read_bytes())
        tagged = [each["resource"] for each in bundle["entry"] if "meta" in each["resource"]]
        assert all(each["meta"]["tag"][0]["code"] == AUTOMATED for each in tagged)
        assert all(f'"valueString": "{AUTOMATED}"' in json.dumps(each) for each in tagged)
        return {each["identifier"][0]["value"] for each in tagged}
    if name == "schema-org":
        graph = json.loads((directory / PATTERNS[name][0]).read_bytes())["@graph"]
        claims = [each for each in graph if each["@type"] == "Claim"]
        return {each["@id"] for each in claims if READ in each.get("description", "")}
    if name == "nanopub":
        attributed = triples(directory / PATTERNS[name][0], PROV + "wasAttributedTo")
        named_by = {subject for subject, value in attributed if value == READER}
        ends = {each for each in named_by if each.endswith("#assertion")}
        return {NAMESPACE + each.removeprefix(BASE).removesuffix("#assertion") for each in ends}
    if name == "rdf12":
        file = directory / PATTERNS[name][0]
        agents = triples(file, PREFIXES["biolink"] + "agent_type")
        lines = {subject for subject, value in agents if value == AUTOMATED}
        return {c for c, line in triples(file, DKG + "hasEvidenceLine") if line in lines}
    return {claim for claim, agent in agents_of(name, directory) if agent == AUTOMATED}


def agents_of(name: str, directory: Path) -> list[tuple[str, str]]:
    """Return each claim of a table with the type of the agent that stands beside it."""
    if name == "parquet":
        table = duckdb.read_parquet(str(directory / "side-effects.parquet"))
        return table.project("claim, agent_type").fetchall()
    if name == "kgx":
        edges = rows(directory / "edges.tsv", "\t")
        return [(e["dkg_claim"].replace("DRUGKG:", NAMESPACE), e["agent_type"]) for e in edges]
    return [(each["claim"], each["agent_type"]) for each in rows(directory / SIDE_EFFECTS, ",")]


def triples(path: Path, predicate: str) -> list[tuple[str, str]]:
    """Return the subject and the object, as text, of each triple of a file with *predicate*."""
    form = ox.RdfFormat.from_extension(path.suffix[1:])
    return [
        (quad.subject.value, quad.object.value)
        for quad in ox.parse(path.read_bytes(), form)
        if quad.predicate.value == predicate
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode | ox.Literal)
    ]


def test_an_archive_is_the_same_each_time() -> None:
    first = registry.archive({"b": b"2", "a": b"1"})
    assert first == registry.archive({"a": b"1", "b": b"2"})
    assert zipfile.ZipFile(BytesIO(first)).namelist() == ["a", "b"]


def test_an_unknown_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownExportError, match=r"'xml'.* croissant, csvw, .*sssom"):
        registry.find("xml")


def test_the_mapping_set_is_that_of_the_release(release: Path, written: Files) -> None:
    assert (written("sssom") / SSSOM).read_bytes() == (release / SSSOM).read_bytes()


@pytest.mark.parametrize("form", registry.FORMATS, ids=lambda form: str(form.name))
def test_the_documentation_says_what_each_export_carries(form: registry.Format) -> None:
    """Compare the table below the heading of each format with the registry."""
    text = DOCS.read_text(encoding="utf-8")
    section = text.split(f"\n### `{form.name}`: ")[1].split("\n### ")[0]
    assert form.standard in section
    expected = "".join(
        f"| {part} | {form.carries[part].how} | {form.carries[part].where} |\n" for part in PARTS
    )
    assert expected in section, expected


def test_a_part_that_no_claim_has_is_refused() -> None:
    default = registry.find("csvw").carries["arm"]
    with pytest.raises(ValueError, match="no part of a claim is called colour"):
        carried(default, colour=default)


def test_a_report_counts_parts_of_the_claims_that_are_out(whole: Release) -> None:
    form = registry.find("csvw")
    kept = [claim for claim in whole.claims if claim.kind == "SideEffectClaim"]
    left = {claim.iri: "no side effect" for claim in whole.claims if claim not in kept}
    about = report("csvw", whole, form.carries, left)
    stated = {each["part"]: each["stated"] for each in about["parts"]}
    assert stated["evidence"] == sum(len(claim.evidence) for claim in kept)
    assert stated["denominator"] == sum(
        bool(each.denominator) for claim in kept for each in claim.frequencies
    )
    assert stated["negation"] == 2


def test_without_a_library_that_a_format_needs_nothing_is_written(
    whole: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pyarrow; .* 'drugkg\[export\]'"):
        registry.save(tmp_path, whole)
    assert list(tmp_path.iterdir()) == []
