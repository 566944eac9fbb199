"""Fill templates and describe resources from solutions, where an engine's own are not sound."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Final, TypeAlias, TypeVar

import pyoxigraph as ox

from kg.engines.lexer import tokens
from kg.engines.literals import text as written
from kg.engines.profiles import STANDARD
from kg.engines.question import Question

Item = TypeVar("Item")
Asked: TypeAlias = Callable[[Question], AbstractContextManager[ox.QuerySolutions | ox.QueryBoolean]]
_NODE: Final = "urn:x-drugkg:node:"  # stands for a blank node, which cannot be data in a query
_ROWS: Final = 200


def construct(question: Question, ask: Asked) -> Iterator[ox.Triple]:
    """Yield what the CONSTRUCT *question* makes of the solutions that *ask* returns, each once."""
    if question.opening is None or question.closing is None:
        raise ValueError(question.text)
    text = question.text
    start, end = question.template or (question.opening.start, question.closing.end)
    template = text[start:end]
    rest = text[end:] if question.template else text[question.head + len("CONSTRUCT") :]
    names = sorted({each.text[1:] for each in tokens(template) if each.kind == "variable"})
    head = text[: question.head]
    columns = " ".join(f"?{name}" for name in names) or "*"
    seen: set[ox.Triple] = set()
    with ask(Question.read(f"{head}SELECT {columns} {rest}")) as rows:
        if not isinstance(rows, ox.QuerySolutions):
            raise TypeError(rows)
        for several in batched(rows, _ROWS):
            for triple in _filled(f"{head}CONSTRUCT {template}", names, several):
                if triple not in seen:
                    seen.add(triple)
                    yield triple


def describe(question: Question, ask: Asked) -> Iterator[ox.Triple]:
    """Yield the triples of the default graph about each resource that *question* asks for."""
    subjects = dict.fromkeys(_described(question, ask))
    head = f"{question.text[: question.head]}SELECT ?s ?p ?o "
    for several in batched(subjects, _ROWS):
        data = " ".join(map(str, several))
        every = f"{head}{_clauses(question)} WHERE {{ VALUES ?s {{ {data} }} ?s ?p ?o }}"
        with ask(Question.read(every)) as rows:
            for row in rows if isinstance(rows, ox.QuerySolutions) else ():
                yield ox.Triple(row["s"], row["p"], row["o"])


def _clauses(question: Question) -> str:
    return " ".join(question.text[start:end] for start, end, *_ in question.froms)


def _described(question: Question, ask: Asked) -> Iterator[ox.NamedNode]:
    text = question.text
    first = question.froms[0][0] if question.froms else None
    if question.opening is not None and (first is None or first > question.opening.start):
        first = question.opening.start
    wanted = text[question.head + len("DESCRIBE") : first]
    every = [each for each in tokens(wanted) if not each.says("WHERE")]
    yield from question.resolved([each.text for each in every if each.kind in {"iri", "word"}])
    columns = " ".join(each.text for each in every if each.kind == "variable" or each.text == "*")
    if columns and question.opening is not None:
        rest = text[first:]
        if not rest.lstrip().startswith(("{", "F", "f")):
            rest = f" {rest}"
        with ask(Question.read(f"{text[: question.head]}SELECT DISTINCT {columns} {rest}")) as rows:
            for row in rows if isinstance(rows, ox.QuerySolutions) else ():
                yield from (term for term in row if isinstance(term, ox.NamedNode))


def _filled(
    start: str, names: Sequence[str], rows: Iterable[ox.QuerySolution]
) -> Iterator[ox.Triple]:
    data = " ".join(f"({' '.join(_value(row[name]) for name in names)})" for row in rows)
    variables = " ".join(f"?{name}" for name in names)
    text = f"{start} WHERE {{ VALUES ({variables}) {{ {data} }} }}"
    found = ox.Store().query(text)
    if not isinstance(found, ox.QueryTriples):
        raise TypeError(found)
    for triple in found:
        yield ox.Triple(_resource(triple.subject), triple.predicate, _value_of(triple.object))


def _value(term: object) -> str:
    match term:
        case ox.NamedNode() | ox.Literal():
            return written(term, STANDARD)
        case ox.BlankNode():
            return f"<{_NODE}{term.value}>"
    return "UNDEF"


def _resource(
    term: ox.NamedNode | ox.BlankNode | ox.Triple,
) -> ox.NamedNode | ox.BlankNode | ox.Triple:
    if isinstance(term, ox.NamedNode) and term.value.startswith(_NODE):
        return ox.BlankNode(term.value.removeprefix(_NODE))
    return term


def _value_of(
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    return term if isinstance(term, ox.Literal) else _resource(term)


def batched(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Yield *items* in tuples of *size*; as in Python 3.12."""
    waiting = iter(items)
    while several := tuple(islice(waiting, size)):
        yield several
