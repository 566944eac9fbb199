"""Prefixes, and IRIs shortened with them."""

import re

import pytest

from kg.paths import QUERIES, Inputs
from kg.terms import DKG, ID, OBO, PREFIXES, curie, graph_iri

DECLARED = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (DKG + "hasEvidenceLine", "dkg:hasEvidenceLine"),
        (ID + "claim-F090", "id:claim-F090"),
        (OBO + "OAE_0000498", "obo:OAE_0000498"),
        (ID + "a/b", f"<{ID}a/b>"),
        (ID + "ends.", f"<{ID}ends.>"),
        (ID, "id:"),
        ("http://elsewhere.example/x", "<http://elsewhere.example/x>"),
    ],
)
def test_an_iri_is_shortened_only_where_turtle_could_read_it_back(iri: str, short: str) -> None:
    assert curie(iri) == short


def test_a_file_names_its_graph() -> None:
    assert graph_iri("kesimpta/mstrust") == "https://w3id.org/drugkg/graph/kesimpta/mstrust"


def test_every_prefix_in_use_is_ours_and_means_the_same() -> None:
    files = [*Inputs().files().values(), *QUERIES.glob("*.rq")]
    assert files
    for path in files:
        for prefix, namespace in DECLARED.findall(path.read_text(encoding="utf-8")):
            assert PREFIXES.get(prefix) == namespace, f"{path}: {prefix}"
