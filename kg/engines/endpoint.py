"""Speak the SPARQL 1.1 Protocol and the Graph Store Protocol with one engine."""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg.engines.address import Address
from kg.engines.question import Question
from kg.errors import (
    AnswerCutError,
    EngineTimeoutError,
    EngineUnreachableError,
    UnevaluableQueryError,
)
from kg.store import Dataset

_CHUNK: Final = 64 * 1024
_MESSAGE: Final = 300  # characters of an engine's message that are passed on
# Not XML: pyoxigraph 0.5 takes the spaces at both ends of a literal away when it reads that.
_SOLUTIONS: Final = ox.QueryResultsFormat.JSON
_TRIPLES: Final = "application/n-triples"
_CONNECT: Final = 10.0  # seconds; while a body is sent the same bound holds for each piece of it
_GRACE: Final = 5.0  # seconds that an engine has to stop by itself at the deadline
_FORGOTTEN: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_BUSY: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}


class Endpoint:
    """Ask, change and load the engine at an address; each thread has connections of its own."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.profile = address.profile
        self._local = threading.local()

    @contextmanager
    def solutions(
        self, question: Question, dataset: Dataset | None = None
    ) -> Iterator[ox.QuerySolutions | ox.QueryBoolean]:
        """Yield what the engine answers to a SELECT or an ASK, as it arrives.

        Raises:
            AnswerCutError: the engine says that it gave a part, or the connection broke.
            EngineTimeoutError: the engine was slower than the address allows.
            EngineUnreachableError: it does not answer, or it does not let us in.
            UnevaluableQueryError: it refuses the question.
        """
        with self._asked(question, dataset, _SOLUTIONS.media_type) as body:
            repaired = _Repaired(body, self.profile.repairs) if self.profile.repairs else body
            yield ox.parse_query_results(cast("IO[bytes]", repaired), _SOLUTIONS)

    @contextmanager
    def triples(
        self, question: Question, dataset: Dataset | None = None
    ) -> Iterator[Iterator[ox.Triple]]:
        """Yield the triples that the engine answers to a CONSTRUCT or a DESCRIBE.

        Raises:
            AnswerCutError, EngineTimeoutError, EngineUnreachableError, UnevaluableQueryError:
                as for ``solutions``.
        """
        with self._asked(question, dataset, _TRIPLES) as body:
            quads = ox.parse(cast("IO[bytes]", body), ox.RdfFormat.N_TRIPLES)
            yield (quad.triple for quad in quads)

    def update(self, text: str) -> None:
        """Change what the engine holds; errors as for ``solutions``."""
        fields = {self.profile.update_field: text}
        with self._sent("POST", self.address.updates, data=fields, signed=True, writes=True):
            pass

    def put(self, graph: ox.NamedNode, lines: Sequence[str]) -> None:
        """Make *lines* of N-Triples the whole content of *graph*."""
        self.load(graph, "\n".join((*lines, "")).encode(), merge=False)

    def load(self, graph: ox.NamedNode, document: bytes, *, merge: bool) -> None:
        """Make the N-Triples of *document* the whole content of *graph*, or *merge* them there."""
        if self.address.graphs is not None:
            with self._sent(
                "POST" if merge else "PUT",
                self.address.graphs,
                params={"graph": graph.value},
                data=document,
                # Read as Turtle, of which N-Triples is a part (Turtle §6): known to more engines.
                headers={"Content-Type": "text/turtle"},
                signed=True,
                writes=True,
            ):
                pass
            return
        if not merge:
            self.update(f"DROP SILENT GRAPH {graph}")
        # Not splitlines(), which would cut inside literals too.
        lines = document.decode().removesuffix("\n").split("\n")
        for start in range(0, len(lines), self.profile.chunk):
            triples = "\n".join(lines[start : start + self.profile.chunk])
            self.update(f"INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}")

    @contextmanager
    def _asked(self, question: Question, dataset: Dataset | None, accept: str) -> Iterator["_Body"]:
        fields: dict[str, Any] = {"query": question.text}
        if dataset is not None:
            fields["default-graph-uri"] = [each.value for each in dataset.default]
            fields["named-graph-uri"] = [each.value for each in dataset.named]
        if self.profile.seconds:
            deadline = self.address.seconds * self.profile.per_second
            fields[self.profile.seconds] = str(int(deadline))
        with self._sent(
            "POST",
            self.address.queries,
            data=fields,
            headers={"Accept": accept},
            signed=self.profile.signs_queries,
        ) as response:
            yield _Body(response.raw, time.monotonic() + self._patience, self.address.seconds)

    @contextmanager
    def _sent(
        self,
        method: str,
        place: str,
        *,
        signed: bool,
        writes: bool = False,
        **arguments: Any,  # noqa: ANN401
    ) -> Iterator[Any]:
        import requests  # noqa: PLC0415 (an extra; a release in this process needs none)
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        seconds = self.address.seconds
        try:
            with self._session(signed).request(
                method,
                place,
                stream=True,
                timeout=(seconds if writes else min(_CONNECT, seconds), self._patience),
                allow_redirects=False,
                **arguments,
            ) as response:
                self._check(response)
                yield response
        except requests.Timeout as error:
            raise EngineTimeoutError(f"no answer within {seconds:g} s") from error
        except requests.ConnectionError as error:
            if "timed out" in str(error).lower():
                raise EngineTimeoutError(f"the engine took nothing for {seconds:g} s") from error
            raise EngineUnreachableError("the engine does not answer") from error
        except (requests.RequestException, HTTPError, OSError) as error:
            if "timed out" in str(error).lower():
                raise EngineTimeoutError(f"no whole answer within {seconds:g} s") from error
            raise AnswerCutError("the connection broke before the answer was whole") from error
        except SyntaxError as error:
            raise AnswerCutError(f"the answer cannot be read to its end: {error}") from error

    @property
    def _patience(self) -> float:
        return self.address.seconds + (_GRACE if self.profile.seconds else 0.0)

    def _session(self, signed: bool) -> Any:  # noqa: ANN401, FBT001
        import requests  # noqa: PLC0415
        from requests.auth import HTTPBasicAuth, HTTPDigestAuth  # noqa: PLC0415

        name = "signed" if signed else "plain"
        session = getattr(self._local, name, None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # no .netrc, no proxy: the address says all
            session.headers["User-Agent"] = "drugkg"
            address = self.address
            match address.authentication if signed else "none":
                case "basic":
                    session.auth = HTTPBasicAuth(_latin(address.user), _latin(address.password))
                case "digest":
                    session.auth = HTTPDigestAuth(address.user or "", address.password or "")
                case "bearer":
                    session.headers["Authorization"] = f"Bearer {address.token}"
            setattr(self._local, name, session)
        return session

    def _check(self, response: Any) -> None:  # noqa: ANN401
        status = response.status_code
        if status in _FORGOTTEN:
            raise EngineUnreachableError(f"the engine does not let us in ({status})")
        if status in _BUSY:
            raise EngineTimeoutError(f"the engine gave up ({status})")
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise UnevaluableQueryError(f"the engine answers {status}: {_message(response)}")
        if status == HTTPStatus.PARTIAL_CONTENT:
            raise AnswerCutError("the engine says that this is a part of the answer (206)")
        for header, meaning in self.profile.cut.items():
            if header in response.headers:
                raise AnswerCutError(meaning.format(response.headers[header]))


class _Body:
    """Read an answer as it arrives; one that ends early or trickles in is an error."""

    def __init__(self, raw: Any, end: float, seconds: float) -> None:  # noqa: ANN401
        self._raw = raw
        self._end = end
        self._seconds = seconds

    def read(self, size: int = _CHUNK) -> bytes:
        if time.monotonic() > self._end:
            raise EngineTimeoutError(f"no whole answer within {self._seconds:g} s")
        return cast("bytes", self._raw.read(size, decode_content=True))


class _Repaired:
    """Apply the repairs of a profile to each whole line of a text as it is read."""

    def __init__(self, body: _Body, repairs: Sequence[tuple[bytes, bytes]]) -> None:
        self._body = body
        self._repairs = [(re.compile(pattern), instead) for pattern, instead in repairs]
        self._rest = b""
        self._ready = b""
        self._ended = False

    def read(self, size: int = _CHUNK) -> bytes:
        while not self._ready and not self._ended:
            part = self._body.read(_CHUNK)
            self._ended = not part
            lines, newline, self._rest = (self._rest + part).rpartition(b"\n")
            if self._ended:
                lines, newline, self._rest = lines + newline + self._rest, b"", b""
            for pattern, instead in self._repairs:
                lines = pattern.sub(instead, lines)
            self._ready = lines + newline
        part, self._ready = self._ready[:size], self._ready[size:]
        return part


def _message(response: Any) -> str:  # noqa: ANN401
    """Return the first line of what the engine says, which may repeat the question below it."""
    text = response.raw.read(4096, decode_content=True).decode("utf-8", "replace")
    return re.sub(r"\s+", " ", text.strip().partition("\n")[0])[:_MESSAGE]


def _latin(text: str | None) -> bytes:
    return (text or "").encode()  # RFC 7617 §2.1: UTF-8


def insert_union(graphs: Iterable[str], union: str | None) -> Iterator[str]:
    """Yield the updates that make the union of *graphs*, in the default graph or in *union*."""
    yield f"DROP SILENT GRAPH <{union}>" if union else "DROP SILENT DEFAULT"
    inside = f"GRAPH <{union}> {{ ?s ?p ?o }}" if union else "?s ?p ?o"
    for graph in graphs:
        yield f"INSERT {{ {inside} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
