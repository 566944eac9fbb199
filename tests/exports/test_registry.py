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
import pytest

from kg.errors import MissingExtraError, UnknownExportError
from kg.exports import registry
from kg.exports.claims import Release
from kg.exports.report import PARTS, carried, report
from kg.sssom import NAME as SSSOM

DOCS: Final = Path(__file__).parents[2] / "docs" / "exports.md"
NAMESPACE: Final = "https://w3id.org/drugkg/id/"
PATTERNS: Final = {  # format: its file, and how a claim stands there as what is described
    "fhir": ("bundle.fhir.json", r'"value": "https://w3id.org/drugkg/id/(claim-[\w-]+)"'),
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
        return {row["claim"] for row in rows(directory / "side-effects.csv", ",")}
    if name == "kgx":
        edges = rows(directory / "edges.tsv", "\t")
        return {each["dkg_claim"].replace("DRUGKG:", NAMESPACE) for each in edges}
    if name == "parquet":
        table = duckdb.read_parquet(str(directory / "side-effects.parquet"))
        return {row[0] for row in table.project("claim").fetchall()}
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
