"""What an operator sees: counts, lines of the log, readiness, a bound on the rate."""

import json

from tests.service.conftest import Serve

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_counts_of_several_workers_add_up(serve: Serve) -> None:
    served = serve("--workers", "3")
    before = served.counts()
    for _ in range(40):
        assert served.ask("ASK {}").status == 200
    assert served.ask("no query").status == 400
    name = 'drugkg_requests_total{code="%s"}'
    served.until(lambda: served.counts()[name % "4xx"] - before[name % "4xx"] == 1)
    after = served.counts()
    assert after[name % "2xx"] - before[name % "2xx"] >= 40  # and the looks at the counts
    assert after["drugkg_queries_total"] - before["drugkg_queries_total"] == 41
    assert (
        after['drugkg_request_seconds_bucket{le="+Inf"}'] == after["drugkg_request_seconds_count"]
    )


def test_metrics_are_in_the_text_format_of_prometheus(serve: Serve) -> None:
    reply = serve().get("/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    for line in reply.body.decode().splitlines():
        if not line.startswith("# "):
            name, value = line.rsplit(" ", 1)
            assert name.startswith("drugkg_")
            assert float(value) >= 0


def test_each_request_has_one_line_in_the_log(serve: Serve) -> None:
    served = serve("--max-rows", "1000")
    reply = served.ask("SELECT * { VALUES ?x { 1 2 } }", "csv")
    served.stop()
    (line,) = [row for row in served.rows() if row.get("rows") == 2]
    assert (
        line.items()
        >= {
            "level": "info",
            "method": "GET",
            "path": "/sparql",
            "status": 200,
            "bytes": len(reply.body),
            "client": "127.0.0.1",
        }.items()
    )
    assert len(line["query"]) == 12
    assert line["ms"] > 0
    assert line["time"].endswith("+00:00")


def test_a_slow_query_is_logged_with_its_hash_and_how_it_begins(serve: Serve) -> None:
    served = serve("--slow-query", "0.001")
    assert served.ask(SLOW).status == 200
    assert served.ask("ASK {}").status == 200
    served.stop()
    slow = [row for row in served.rows() if row.get("event") == "slow query"]
    assert SLOW in {row["text"] for row in slow}
    asked = [row for row in served.rows() if "status" in row and row.get("query")]
    assert slow[0]["query"] in {row["query"] for row in asked}


def test_ready_says_whether_queries_are_answered(serve: Serve) -> None:
    served = serve()
    assert served.get("/ready").status == 200
    assert json.loads(served.get("/health").body)["status"] == "ok"


def test_a_client_beyond_its_rate_is_told_when_to_ask_again(serve: Serve) -> None:
    served = serve("--rate-limit", "5", "--workers", "2")
    replies = [served.ask("ASK {}", source="127.0.0.9") for _ in range(40)]
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert refused[0].problem() == "rate-limit"
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert served.ask("ASK {}", source="127.0.0.10").status == 200
