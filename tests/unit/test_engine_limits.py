"""Is an answer of an engine elsewhere held to the limits, and never passed on in part?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from api.cli import main
from kg.engines import Endpoint, read
from kg.engines.bounds import at_most, bounded
from kg.engines.question import Question
from kg.errors import AnswerCutError, EngineTimeoutError, TooManyBytesError, TooManyRowsError
from kg.executors.limits import Limits
from kg.store import ResultFormat

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[%s]}}'
ROW = b'{"x":{"type":"literal","value":"y"}}'
# Of connections that are left where an answer breaks off.
LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
ELSEWHERE = "sparql+http://127.0.0.1:9/#engine=virtuoso&writes=parts"
FORMATS = [
    ResultFormat(each.media_type, each)
    for each in (
        ox.QueryResultsFormat.JSON,
        ox.QueryResultsFormat.XML,
        ox.QueryResultsFormat.CSV,
        ox.QueryResultsFormat.TSV,
    )
]


def rows(number: int) -> ox.QuerySolutions:
    found = ox.parse_query_results(ROWS % b",".join([ROW] * number), ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.media_type)
def test_rows_are_counted_in_every_format(form: ResultFormat) -> None:
    limits = Limits(max_rows=3)
    assert bounded("solutions", form, rows(3).serialize, limits).length
    with pytest.raises(TooManyRowsError, match="3"):
        bounded("solutions", form, rows(4).serialize, limits)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.media_type)
def test_bytes_are_counted(form: ResultFormat) -> None:
    length = bounded("solutions", form, rows(9).serialize, Limits()).length
    assert length is not None
    bounded("solutions", form, rows(9).serialize, Limits(max_bytes=length)).close()
    with pytest.raises(TooManyBytesError):
        bounded("solutions", form, rows(9).serialize, Limits(max_bytes=length - 1))


def test_triples_are_counted() -> None:
    node = ox.NamedNode("http://e/x")
    triples = [ox.Triple(node, node, ox.Literal(number)) for number in range(4)]
    assert list(at_most(triples, Limits())) == triples
    assert list(at_most(triples, Limits(max_rows=4))) == triples
    with pytest.raises(TooManyRowsError):
        list(at_most(triples, Limits(max_rows=3)))


@contextmanager
def engine(*, pauses: bool, length: int | None = None) -> Iterator[str]:
    """Serve one row after the other for ever, or a body shorter than its length."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            start, _, _ = ROWS.partition(b"%s")
            self.wfile.write(start + ROW)
            while pauses and not over.wait(0.05):
                try:
                    self.wfile.write(b"," + ROW)
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"sparql+http://127.0.0.1:{server.server_port}/"
        finally:
            over.set()
            server.shutdown()
            thread.join()


@LEFT_OPEN
def test_answer_that_trickles_in_ends_at_the_deadline() -> None:
    with engine(pauses=True) as address:
        endpoint = Endpoint(read(f"{address}#seconds=0.5", {}))
        question = Question.read("SELECT ?x { ?x ?y ?z }")
        with (
            pytest.raises(EngineTimeoutError, match=r"0\.5 s"),
            endpoint.solutions(question) as found,
        ):
            list(found)  # type: ignore[arg-type] # solutions


@LEFT_OPEN
def test_answer_that_ends_early_is_cut() -> None:
    with engine(pauses=False, length=10_000) as address:
        endpoint = Endpoint(read(address, {}))
        question = Question.read("SELECT ?x { ?x ?y ?z }")
        with pytest.raises(AnswerCutError), endpoint.solutions(question) as found:
            list(found)  # type: ignore[arg-type] # solutions


@pytest.mark.parametrize(
    "flags",
    [["--empty"], ["--default-graph", "standard"], ["--update-token", "x", "--workers", "2"]],
)
def test_what_cannot_be_had_elsewhere_is_a_wrong_use(flags: list[str]) -> None:
    done = CliRunner().invoke(main, ["serve", "--port", "21399", "--store", ELSEWHERE, *flags])
    assert done.exit_code == 2
    assert "an engine" in done.output
