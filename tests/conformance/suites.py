"""Name the suites, and where they lie."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.conformance.manifests import Case, cases, short

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = Path(os.environ.get("DRUGKG_SHARED", ROOT.parent / "shared")) / "data" / "rdf-tests"
SPARQL11: Final = {
    "Query": ["manifest-sparql11-query.ttl"],
    "Update": ["manifest-sparql11-update.ttl"],
    "Result formats": ["manifest-sparql11-results.ttl"],
    "Protocol": ["protocol/manifest.ttl"],
    "Graph Store HTTP Protocol": ["graph-store-protocol/manifest.ttl"],
    "Service Description": ["service-description/manifest.ttl"],
}
SPARQL12: Final = {"SPARQL 1.2": ["manifest.ttl"]}
# Of each case that we do not pass, by the last parts of its IRI: why.
DEVIATIONS: Final[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("deviations.toml").read_text(encoding="utf-8")
)
ABSENT: Final = f"the W3C suites are not in {TESTS}; DRUGKG_SHARED may say where ../shared is"


def read(folder: str, manifests: dict[str, list[str]]) -> Iterator[tuple[str, Case]]:
    """Yield the cases of each suite in *folder* with its name; none if they are not there."""
    if not TESTS.is_dir():
        return
    for name, files in manifests.items():
        for file in files:
            for case in cases(TESTS / folder / file):
                yield name, case


def identifier(case: Case) -> str:
    """Return a short name for *case* that no other one has."""
    prefix = "1.2/" if "sparql12" in case.manifest.iri else ""
    return prefix + short(case.iri)
