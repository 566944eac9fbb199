"""Turn solutions of a query into plain rows that need no knowledge of RDF."""

import json
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from kg.context import Context
from kg.terms import XSD

Value: TypeAlias = str | int | bool | None

_JSON: Final = ox.QueryResultsFormat.JSON
_INTEGER: Final = XSD + "integer"
_BOOLEAN: Final = XSD + "boolean"
_IS_BOOLEAN: Final = {"datatype": _BOOLEAN}


@dataclass(frozen=True)
class Page:
    """Hold a page of the solutions of a query, as SPARQL results in JSON, and how many are all."""

    results: dict[str, Any]
    total: int

    @classmethod
    def of(cls, content: bytes, offset: int, limit: int) -> "Page":
        """Return *limit* of the solutions in *content* from *offset* on."""
        results = json.loads(content)
        if "boolean" in results:  # the answer to ASK, as a table of one cell
            cell = {"type": "literal", "value": str(results["boolean"]).lower(), **_IS_BOOLEAN}
            results = {"head": {"vars": ["answer"]}, "results": {"bindings": [{"answer": cell}]}}
        bindings = results["results"]["bindings"]
        results["results"]["bindings"] = bindings[offset : offset + limit]
        return cls(results, len(bindings))

    @property
    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.results["head"]["vars"])

    def rows(self, context: Context) -> list[dict[str, Value]]:
        """Return each solution as an object with every column; what is not bound is null."""
        return [
            {name: _plain(binding.get(name), context) for name in self.columns}
            for binding in self.results["results"]["bindings"]
        ]

    def written(self, syntax: ox.QueryResultsFormat) -> bytes:
        """Return the page as SPARQL results in *syntax*."""
        content = json.dumps(self.results, ensure_ascii=False).encode()
        if syntax == _JSON:
            return content
        parsed = ox.parse_query_results(content, format=_JSON)
        assert isinstance(parsed, ox.QuerySolutions)  # noqa: S101 (it has rows)
        return parsed.serialize(format=syntax) or b""


def _plain(term: dict[str, str] | None, context: Context) -> Value:
    match term:
        case None:
            return None
        case {"type": "uri", "value": iri}:
            return context.curie(iri)
        case {"datatype": datatype, "value": text} if datatype == _INTEGER:
            return int(text)
        case {"datatype": datatype, "value": text} if datatype == _BOOLEAN:
            return text in {"true", "1"}
    return term["value"]
