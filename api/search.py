"""Find what is known by name, synonym or code."""

import json
from typing import Final

from flask import Blueprint, Response

from api.documents import SCHEMAS, sent
from api.parameters import FURTHEST, NAME, Parameters, paged
from api.resolve import path_of
from kg.context import Context
from kg.search import Hit, Index

PAGE: Final = 20
LONGEST: Final = 100
_WORDS: Final = 200  # characters


def blueprint(index: Index, context: Context) -> Blueprint:
    """Search *index*."""
    routes = Blueprint("search", __name__)

    @routes.get("/search")
    def search() -> Response:
        parameters = Parameters()
        text = parameters.text("q") or ""
        if not 0 < len(text) <= _WORDS:
            parameters.refuse("q", f"needs 1 to {_WORDS} characters, such as cold sore or L04AG12")
        kind = parameters.fitting("type", NAME)
        offset = parameters.integer("offset", 0, 0, FURTHEST)
        limit = parameters.integer("limit", PAGE, 1, LONGEST)
        parameters.check()
        hits = index.find(text, [context.expand(kind)] if kind else [])
        answer = {
            "query": text,
            "total": len(hits),
            "offset": offset,
            "results": [_result(hit, context) for hit in hits[offset : offset + limit]],
        }
        links = f'<{SCHEMAS}search.json>; rel="describedby"'
        if offset + limit < len(hits):
            target, relation = paged("next", offset + limit)
            links += f', <{target}>; rel="{relation}"'
        content = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
        return sent(content.encode(), "application/json", links)

    return routes


def _result(hit: Hit, context: Context) -> dict[str, object]:
    return {
        "@id": context.curie(hit.entity.iri),
        "@type": [context.name(kind) for kind in hit.entity.kinds],
        "label": hit.entity.label,
        "matched": hit.name,
        "score": hit.score,
        "document": path_of(hit.entity.iri),
    }
