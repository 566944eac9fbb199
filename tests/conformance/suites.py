"""Name the suites, and where they lie."""

import os
from pathlib import Path
from typing import Final

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
