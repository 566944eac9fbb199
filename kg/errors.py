"""Say what can go wrong, without HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


class KgError(Exception):
    """Report a fault in words that a user can act on."""


@dataclass(frozen=True)
class Violation:
    """Point at one place in a fact file and say what is wrong there."""

    file: str
    line: int | None
    node: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line: node: message``, the form that editors can follow."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.node, self.message) if part)


def in_order(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Return *violations* by file, line and text, each once."""
    return tuple(sorted(set(violations), key=lambda v: (v.file, v.line or 0, v.node, v.message)))


class FactsError(KgError):
    """Refuse fact files that do not parse, or that break the vocabulary or a shape."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        """Keep *violations* in the order of file and line."""
        self.violations = in_order(violations)
        super().__init__("\n".join(str(violation) for violation in self.violations))


class RuleError(KgError):
    """Refuse a rule file that does not parse, makes blank nodes, or never comes to rest."""


class NoReleaseError(KgError):
    """Report that a directory holds no release that can be read."""

    def __init__(self, release: Path) -> None:
        """Name the directory that was looked in."""
        super().__init__(f"{release} holds no release; make one with: drugkg build --out {release}")


class OccupiedError(KgError):
    """Refuse to replace a directory that is not a release."""

    def __init__(self, directory: Path) -> None:
        """Name the directory that stays as it is."""
        super().__init__(f"{directory} exists and holds no release; choose another --out")


class ShapesError(KgError):
    """Refuse a file of shapes that SHACL cannot use."""


class UnreadableSourceError(KgError):
    """Refuse a source document that is not of the form it should have."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the document and the *reason*."""
        super().__init__(f"{name} cannot be read: {reason}")


class LostRowsError(KgError):
    """Report that a mapping made more or fewer statements than there were rows."""

    def __init__(self, document: str, wanted: int, made: int, what: str) -> None:
        """Count what was wanted of the class *what*, and what was made of *document*."""
        super().__init__(f"{document}: {wanted} rows became {made} nodes of dkg:{what}")


class NoReuseError(KgError):
    """Refuse to put into a release what may not be shared."""

    def __init__(self, source: str) -> None:
        """Name the *source*."""
        super().__init__(f"{source} has the reuse policy dkg:NoReuse and stays on this machine")


class MalformedQueryError(KgError):
    """Refuse text that is not a SPARQL 1.1 query."""

    def __init__(
        self, reason: str, line: int | None = None, column: int | None = None, excerpt: str = ""
    ) -> None:
        """Give the *reason*, and the place and the line at which the text stops making sense."""
        self.line, self.column, self.excerpt = line, column, excerpt
        super().__init__(f"line {line}, column {column}: {reason}" if line else reason)


class QueryTooLongError(KgError):
    """Refuse a query that is too long to be read safely."""

    def __init__(self, length: int, longest: int) -> None:
        """Compare its *length* with the *longest* that is read, both in characters."""
        super().__init__(f"the query has {length:,} characters, and {longest:,} is the most")


class QueryTooDeepError(KgError):
    """Refuse text whose brackets nest so deep that reading it would take long."""

    def __init__(self, deepest: int) -> None:
        """Name the number of levels that are read."""
        super().__init__(
            f"brackets stand inside each other too often: {deepest} levels is the most, "
            "and fewer where many such nests stand side by side"
        )


class ServiceRefusedError(KgError):
    """Refuse a query that asks another endpoint by SERVICE."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            "this server asks no other endpoint, or only those it is told to, written out as "
            "SERVICE <address> {; ask that endpoint yours"
        )


class UnevaluableQueryError(KgError):
    """Report that a query parses and has no answer, such as one that calls an unknown function."""


class WrongFormError(KgError):
    """Report that a query answers with solutions where only a graph is wanted, or the reverse."""

    def __init__(self, kind: str) -> None:
        """Name the *kind* of answer that has no wanted format."""
        self.kind = kind
        super().__init__(f"the answer to this query is a {kind}, and no wanted format can hold one")


class WriteRefusedError(KgError):
    """Refuse a write that the rules of this server forbid, whoever asks for it."""


class ConflictError(KgError):
    """Report that an update needs a graph that is not there, or makes one that is."""


class UsingConflictError(KgError):
    """Refuse to select graphs twice: beside an update, and with USING or WITH inside it."""

    def __init__(self) -> None:
        """Say what to leave out."""
        super().__init__(
            "graphs are selected by using-graph-uri or using-named-graph-uri, and by USING or WITH "
            "in the update; leave out one of them (SPARQL 1.1 Protocol 2.2.3)"
        )


class MalformedDocumentError(KgError):
    """Refuse a document that does not parse in the syntax it is sent as."""


class DeadlineError(KgError):
    """Report that a query was ended because it took too long."""

    def __init__(self, seconds: float) -> None:
        """Name the limit in *seconds*."""
        super().__init__(f"the query was ended after {seconds:g} seconds, the most it may take")


class TooMuchMemoryError(KgError):
    """Report that a query was ended because it took too much memory."""

    def __init__(self, most: int) -> None:
        """Name the limit in bytes."""
        super().__init__(f"the query was ended when it took more than {most:,} bytes of memory")


class TooManyBytesError(KgError):
    """Refuse an answer that is longer than the server sends; nothing is cut off instead."""

    def __init__(self, most: int) -> None:
        """Name the limit in bytes."""
        super().__init__(f"the answer is longer than {most:,} bytes; ask for less, or use LIMIT")


class TooManyRowsError(KgError):
    """Refuse an answer of more rows or triples than the server sends; nothing is cut off."""

    def __init__(self, most: int) -> None:
        """Name the limit in rows."""
        super().__init__(f"the answer has more than {most:,} rows; ask for less, or use LIMIT")


class BusyError(KgError):
    """Report that as many queries run or wait as the server takes."""

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        """Say why, and after how many seconds to ask again."""
        self.retry_after = retry_after
        super().__init__(f"{reason}; ask again in {retry_after} s")


class LostQueryError(KgError):
    """Report that the process that evaluated a query ended, though the query was within bounds."""


class CutAnswerError(KgError):
    """Report that an answer of which a part was sent will not be completed."""


class WritesOffError(KgError):
    """Refuse a write to a server that was started without writing."""


class UnknownEntityError(KgError):
    """Report that the graph says nothing about an IRI."""

    def __init__(self, iri: str) -> None:
        """Name the IRI."""
        super().__init__(f"nothing is stated about <{iri}>")


class RetiredEntityError(KgError):
    """Report that an IRI is retired, and what to use instead."""

    def __init__(self, iri: str, successors: Sequence[str]) -> None:
        """Name the IRI and its successors."""
        self.successors = tuple(successors)
        instead = " or ".join(f"<{each}>" for each in successors) or "nothing"
        super().__init__(f"<{iri}> is retired; use {instead} instead")


class UnknownQueryError(KgError):
    """Report that no query has a name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name the queries that there are."""
        super().__init__(f"no query is named {name!r}; there are: {', '.join(known) or 'none'}")


class QueryHeaderError(KgError):
    """Refuse a query file whose header breaks the rules."""


class ParameterError(KgError):
    """Refuse a parameter that a query does not have, or lacks, or that is of a wrong type."""

    def __init__(self, name: str, reason: str, *others: "ParameterError") -> None:
        """Name the parameter, and the *others* that are wrong too."""
        self.name = name
        self.faults: tuple[tuple[str, str], ...] = (
            (name, reason),
            *(fault for other in others for fault in other.faults),
        )
        super().__init__("; ".join(f"parameter {name}: {why}" for name, why in self.faults))

    @classmethod
    def all_of(cls, errors: "Sequence[ParameterError]") -> "ParameterError":
        """Return one error that names each of *errors*."""
        faults = [fault for error in errors for fault in error.faults]
        return cls(*faults[0], *(cls(*fault) for fault in faults[1:]))


class QueryStoppedError(KgError):
    """Report that a query was stopped since it took too long or too much memory."""


class ExportError(KgError):
    """Report that a format cannot hold what the graph says."""


class UnknownExportError(KgError):
    """Report that there is no export, or no file of one, with a name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name those that there are."""
        super().__init__(f"nothing exported is named {name!r}; there are: {', '.join(known)}")


class MissingExtraError(KgError):
    """Report that something needs a library that is not installed."""

    def __init__(self, extra: str, library: str) -> None:
        """Name the *extra* of this project that brings the *library*."""
        super().__init__(f"this needs {library}; install it with: pip install 'drugkg[{extra}]'")


class AddressError(KgError):
    """Refuse text that does not say where an engine is; the text may be secret and is not shown."""


class EngineUnreachableError(KgError):
    """Report that an engine elsewhere does not answer, or refuses our credentials."""


class EngineNotReadyError(KgError):
    """Report that an engine elsewhere holds no whole release, or is being loaded."""


class AnswerCutError(KgError):
    """Report that an engine elsewhere gave a part of the answer, which is not passed on."""


class EngineTimeoutError(KgError):
    """Report that an engine elsewhere took longer than we wait."""


class EngineCannotError(KgError):
    """Refuse a write since the engine elsewhere does not keep what a write promises."""


class HalfWrittenError(KgError):
    """Report that an engine elsewhere may have made a part of a write, and not the rest."""


class PushError(KgError):
    """Report that an engine elsewhere does not hold what was sent, or holds what is not ours."""
