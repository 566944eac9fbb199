"""Answer SPARQL queries over one release; the only module that opens a store to be asked."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Final, Literal, Protocol, TypeAlias, cast

import pyoxigraph as ox

from kg import release, syntax
from kg.errors import (
    MalformedQueryError,
    NoReleaseError,
    QueryTooLongError,
    UnevaluableQueryError,
    WrongFormError,
)
from kg.release import Manifest
from kg.sparql import malformed, refuse_service
from kg.spool import Spool
from kg.stack import with_stack_for

Kind: TypeAlias = Literal["solutions", "boolean", "graph"]
Mode: TypeAlias = Literal["auto", "memory", "disk"]
Term: TypeAlias = ox.NamedNode | ox.Literal

BASE: Final = "https://w3id.org/drugkg/"  # so that <id/kesimpta> in a query is an IRI
_FITS_IN_MEMORY: Final = 200_000  # quads
_LONGEST: Final = 1_000_000  # characters of a query; see kg/stack.py
_UNION: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"


@dataclass(frozen=True)
class ResultFormat:
    """Pair a media type with the syntax of solutions that the engine writes for it."""

    media_type: str
    syntax: ox.QueryResultsFormat


@dataclass(frozen=True)
class GraphFormat:
    """Pair a media type with the syntax of graphs that the engine writes for it."""

    media_type: str
    syntax: ox.RdfFormat


@dataclass(frozen=True)
class Dataset:
    """Select graphs for one query; none at all selects the union of all beside each of them.

    Source: SPARQL 1.1 Protocol §2.1.4; what is selected here overrides ``FROM`` in the query.
    """

    default: tuple[ox.NamedNode, ...] = ()
    named: tuple[ox.NamedNode, ...] = ()


EVERYTHING: Final = Dataset()


@dataclass(frozen=True)
class Answer:
    """Hold a whole answer as bytes to be sent; ``close`` it if ``chunks`` is not read to its end.

    It is whole before its first byte is sent, so a failure never looks like a shorter answer.
    """

    kind: Kind
    media_type: str
    chunks: Iterator[bytes]
    length: int
    sha256: str
    close: Callable[[], None]
    rewritten: tuple[str, ...] = ()  # how the query was put before it was evaluated


class Store(Protocol):
    """Answer questions about one release."""

    @property
    def manifest(self) -> Manifest:
        """Return what the release holds and was made from."""

    def query(
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer *text* in the format for the kind of answer it has.

        Raises:
            MalformedQueryError: *text* is not a query.
            QueryTooLongError: it is longer than the engine can be trusted with.
            ServiceRefusedError: it asks another endpoint.
            UnevaluableQueryError: it has no answer.
            WrongFormError: no format was given for the kind of its answer.
        """

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        """Return the quads of the named graphs that fit the pattern."""


class EmbeddedStore:
    """Answer from an Oxigraph database in this process.

    The engine's own union of graphs is not used: it ignores ``FROM`` and repeats a triple that
    stands in two graphs. Its default graph holds the union instead, each triple once.
    """

    def __init__(self, engine: ox.Store, manifest: Manifest) -> None:
        self._engine = engine
        self.manifest = manifest

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        if len(text) > _LONGEST:
            raise QueryTooLongError(len(text), _LONGEST)
        refuse_service(text)
        selected = dataset != EVERYTHING

        def answer() -> Answer:
            found = self._engine.query(
                text,
                base_iri=BASE,
                default_graph=list(dataset.default) if selected else None,
                named_graphs=list(dataset.named) if selected else None,
                substitutions={ox.Variable(name): term for name, term in (bindings or {}).items()},
            )
            if isinstance(found, ox.QueryTriples):
                if graph is None:
                    raise WrongFormError("graph")
                return _written("graph", graph, partial(syntax.write, found, syntax=graph.syntax))
            kind: Kind = "boolean" if isinstance(found, ox.QueryBoolean) else "solutions"
            if solutions is None:
                raise WrongFormError(kind)
            return _written(kind, solutions, partial(found.serialize, format=solutions.syntax))

        with _engine_errors(text):
            return with_stack_for(text, answer)

    def quads(  # noqa: D102 (the protocol says it)
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        for quad in self._engine.quads_for_pattern(subject, predicate, value):
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                yield quad


def open_store(directory: Path, mode: Mode = "auto") -> Store:
    """Open the release in *directory*, in memory if it is small unless *mode* says where.

    Raises:
        NoReleaseError: *directory* holds no release.
    """
    manifest = Manifest.read(directory)
    try:
        if mode == "memory" or (mode == "auto" and manifest.quads <= _FITS_IN_MEMORY):
            engine = ox.Store()
            text = gzip.decompress((directory / release.QUADS).read_bytes())
            engine.bulk_load(text, format=ox.RdfFormat.N_QUADS)
            add_union(engine)
        else:
            engine = ox.Store.read_only(str(directory / release.DATABASE))
            if not _has_union(engine):
                raise NoReleaseError(directory)
    except (OSError, EOFError, ValueError, SyntaxError) as error:
        raise NoReleaseError(directory) from error
    return EmbeddedStore(engine, manifest)


def add_union(engine: ox.Store) -> None:
    """Put the union of the named graphs of *engine* into its default graph."""
    engine.update(_UNION)


def _has_union(engine: ox.Store) -> bool:
    return any(True for _ in engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def _written(
    kind: Kind, form: ResultFormat | GraphFormat, write: Callable[[IO[bytes]], object]
) -> Answer:
    spool = Spool()
    try:
        write(cast("IO[bytes]", spool))
    except BaseException:
        spool.close()
        raise
    return Answer(kind, form.media_type, spool.chunks(), spool.length, spool.sha256(), spool.close)


@contextmanager
def _engine_errors(text: str) -> Iterator[None]:
    """Turn what the engine raises about the query *text* into errors of ours."""
    try:
        yield
    except SyntaxError as error:
        raise malformed(text, str(error)) from error
    except UnicodeEncodeError as error:
        raise MalformedQueryError("the text holds code points that are not characters") from error
    except RuntimeError as error:
        raise UnevaluableQueryError(str(error)) from error
