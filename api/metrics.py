"""Say how much was asked and how long it took, for Prometheus, and whether queries are answered."""

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from flask import Blueprint, Response

from api import formats
from api.counts import BUCKETS, CLASSES
from kg.errors import KgError
from kg.executors.counters import Counters
from kg.store import ResultFormat, Store

_GAUGES: Final = {
    "running": "Queries that are evaluated.",
    "behind": "Of these, those that were demoted.",
    "waiting": "Queries that wait for an executor.",
}
_QUERIES: Final = {
    "queries": "Queries that came.",
    "updates": "Updates and graph writes that came.",
    "commits": "Number of the last commit.",
    "demoted": "Queries that were demoted.",
    "refused": "Queries that were refused because too many ran.",
    "deadline": "Queries that were ended at the deadline.",
    "memory": "Queries that were ended because they took too much memory.",
    "lost": "Queries whose process ended for another reason.",
    "failed": "Queries with no answer, such as malformed ones.",
    "slow": "Queries beyond the threshold of the slow-query log.",
    "forks": "Executors that were forked.",
}


def blueprint(store: Store, counters: Counters | None) -> Blueprint:
    """Speak for *store* and *counters*."""
    routes = Blueprint("metrics", __name__)
    first = formats.SOLUTIONS[0]
    json = ResultFormat(first.media_types[0], first.syntax)

    @routes.get("/ready")
    def ready() -> Response:
        try:
            answer = store.query("ASK {}", solutions=json)
            answer.close()
        except KgError as error:
            return _text(f"not ready: {error}\n", 503)
        return _text("ready\n", 200)

    @routes.get("/metrics")
    def metrics() -> Response:
        text = "" if counters is None else "".join(_lines(counters.get))
        response = _text(text, 200)
        response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
        return response

    return routes


def _text(text: str, status: int) -> Response:
    response = Response(text, status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(get: Callable[[str], float]) -> list[str]:
    lines = ["# HELP drugkg_requests_total HTTP requests.\n# TYPE drugkg_requests_total counter\n"]
    lines += [
        f'drugkg_requests_total{{code="{each}"}} {get(f"requests {each}"):.0f}\n'
        for each in CLASSES
    ]
    total = sum(get(f"requests {each}") for each in CLASSES)
    name = "drugkg_request_seconds"
    lines.append(f"# HELP {name} Time to the last byte.\n# TYPE {name} histogram\n")
    below = accumulate(get(f"seconds {each}") for each in BUCKETS)  # counted in the least that fits
    lines += [
        f'{name}_bucket{{le="{each}"}} {count:.0f}\n'
        for each, count in zip(BUCKETS, below, strict=True)
    ]
    lines.append(f'{name}_bucket{{le="+Inf"}} {total:.0f}\n')
    lines.append(f"{name}_sum {get('seconds'):.6f}\n{name}_count {total:.0f}\n")
    counted = {
        "bytes": "Bytes of answers.",
        "cut": "Answers that broke off after a part was sent.",
        "limited": "Requests beyond the rate limit.",
    }
    for each, about in (counted | _QUERIES).items():
        full = f"drugkg_{each}_total"
        lines.append(f"# HELP {full} {about}\n# TYPE {full} counter\n{full} {get(each):.0f}\n")
    for each, about in (_GAUGES | {"open": "HTTP requests under way."}).items():
        full = f"drugkg_{each}"
        lines.append(f"# HELP {full} {about}\n# TYPE {full} gauge\n{full} {get(each):.0f}\n")
    return lines
