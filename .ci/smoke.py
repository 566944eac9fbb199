"""Ask a running server the first questions a newcomer would; exit 1 on a wrong answer."""

import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

COUNTS = {  # what the curation register of the founding page holds
    ("dkg:EvidenceLine", "F"): 132,
    ("dkg:Conflict", "X"): 20,
}
COUNT = """
PREFIX dkg: <https://w3id.org/drugkg/vocab#>
SELECT (COUNT(DISTINCT ?n) AS ?count) WHERE {{
    ?node a {kind} ; dkg:registerNumber ?n . FILTER(STRSTARTS(?n, "{letter}"))
}}"""

# Asks this machine, whatever proxy the environment names.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, accept: str) -> tuple[str, Mapping[str, Any]]:
    """Return the media type and the JSON of the answer at *url*."""
    request = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310 - http, from .ci/run
    with _opener.open(request, timeout=30) as answer:
        return answer.headers.get_content_type(), json.load(answer)


def main(server: str) -> None:
    """Check health, one SPARQL count for each register, and one JSON-LD document."""
    with _opener.open(f"{server}/health", timeout=30) as answer:
        print("health", answer.status)

    for (kind, letter), expected in COUNTS.items():
        query = urllib.parse.urlencode({"query": COUNT.format(kind=kind, letter=letter)})
        media_type, results = get(f"{server}/sparql?{query}", "application/sparql-results+json")
        count = int(results["results"]["bindings"][0]["count"]["value"])
        print("sparql", media_type, kind, count)
        if count != expected:
            sys.exit(f"{kind}: {expected} numbers stand in the register, {count} in the graph")

    media_type, document = get(f"{server}/id/kesimpta", "application/ld+json")
    print("json-ld", media_type, len(json.dumps(document)), "characters")
    if media_type != "application/ld+json" or "@context" not in document:
        sys.exit("/id/kesimpta is not JSON-LD with a context")


if __name__ == "__main__":
    main(sys.argv[1])
