"""Read SPARQL Update text as the operations it is made of (SPARQL 1.1 Update §3, grammar §19.8)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.errors import MalformedQueryError
from kg.evaluation import BASE
from kg.sparql import malformed
from kg.tokens import Token, refuse_depth, tokens

# Each operation is parsed by the engine behind one that fails, so nothing is done: an error of
# syntax is raised before the first operation is tried.
_BARRIER: Final = "CREATE GRAPH <urn:x-drugkg:barrier> ;"
_PARSER: Final = ox.Store()
_PARSER.add_graph(ox.NamedNode("urn:x-drugkg:barrier"))
_MANAGEMENT: Final = frozenset({"LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_TARGETS: Final = {"ADD": {2}, "MOVE": {2}, "COPY": {2}, "LOAD": {1, 2}}


@dataclass(frozen=True)
class Operation:
    """Hold one operation, cut up; blocks are text with their braces, names are as written."""

    verb: str  # in capitals: INSERT DATA, DELETE DATA, MODIFY, LOAD, CLEAR, DROP, …
    prologue: str
    silent: bool = False
    delete: str | None = None
    insert: str | None = None
    where: str | None = None
    scope: str | None = None  # WITH
    default: tuple[str, ...] = ()  # USING
    named: tuple[str, ...] = ()  # USING NAMED
    targets: tuple[str, ...] = ()  # names of graphs, or DEFAULT, NAMED, ALL


def read(text: str) -> list[Operation]:
    """Return the operations of *text*, which the engine has been made to parse.

    Unlike pyoxigraph 0.5.13 it takes a prologue before every operation, as grammar rule 29 has it.

    Raises:
        MalformedQueryError: *text* is no update.
    """
    found = []
    prologue: list[str] = []
    blanks: set[str] = set()
    parts = [list(part) for part in _parts(text)]
    for number, part in enumerate(parts):
        while part and part[0].keyword in {"BASE", "PREFIX", "VERSION"}:
            used = 3 if part[0].keyword == "PREFIX" else 2
            prologue.append(text[part[0].start : part[:used][-1].end])
            del part[:used]
        head = " ".join(prologue)
        if not part:
            if number < len(parts) - 1:
                raise MalformedQueryError("there is no operation before a semicolon")
            _parse(text, head, len(text), "")
            continue
        _parse(text, head, part[0].start, text[part[0].start : part[-1].end])
        try:
            found.append(_operation(text, head, part))
        except (IndexError, KeyError, ValueError) as error:
            raise MalformedQueryError(
                "this update cannot be cut into operations; put a space after each <"
            ) from error
        if found[-1].verb == "INSERT DATA":  # SPARQL 1.1 Query §19.6, as the suite reads it
            labels = {token.text for token in part if token.kind == "blank"}
            if shared := labels & blanks:
                raise MalformedQueryError(f"{min(shared)} stands in two operations")
            blanks |= labels
    return found


def _parts(text: str) -> Iterator[list[Token]]:
    """Yield the tokens between semicolons that stand outside all brackets."""
    part: list[Token] = []
    depth = 0
    for token in tokens(text):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.text == ";":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _parse(text: str, prologue: str, start: int, operation: str) -> None:
    """Let the engine parse *operation*, which stands at *start* of *text*."""
    head = f"{prologue} {_BARRIER} " if operation else prologue
    composed = head + operation
    try:
        _PARSER.update(composed, base_iri=BASE)
    except RuntimeError:
        return  # the barrier holds
    except SyntaxError as error:
        fault = malformed(composed, str(error))
        if fault.line is None or fault.column is None:
            raise fault from error
        lines = composed.split("\n")
        offset = sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column - 1
        offset = max(0, offset - len(head)) + (start if offset >= len(head) else 0)
        before = text[:offset]
        line, column = before.count("\n") + 1, offset - before.rfind("\n")
        reason = str(fault).partition(": ")[2]
        excerpt = text.split("\n")[line - 1][:400]
        raise MalformedQueryError(reason, line, column, excerpt) from error


def _operation(text: str, prologue: str, part: Sequence[Token]) -> Operation:
    """Return the operation that *part* of *text* is; the engine has parsed it.

    Raises:
        IndexError, KeyError, ValueError: tokens are read otherwise here, as in ``1 <2 && 3> 2``.
    """
    flat = list(_flat(text, part))
    words = [each.upper() for each in flat]
    verb = words[0]
    if verb in {"INSERT", "DELETE"} and words[1:2] == ["DATA"]:
        return Operation(f"{verb} DATA", prologue, insert=flat[2])
    if words[:2] == ["DELETE", "WHERE"]:
        return Operation("MODIFY", prologue, delete=flat[2], where=flat[2])
    if verb in {"WITH", "INSERT", "DELETE"}:
        return _modification(prologue, flat, words)
    if verb not in _MANAGEMENT:
        raise MalformedQueryError(f"{flat[0]} starts no operation")
    silent = words[1:2] == ["SILENT"]
    plain = {"SILENT", "GRAPH", "TO", "INTO"}
    targets = tuple(
        word if word in {"DEFAULT", "NAMED", "ALL"} else name
        for name, word in zip(flat[1:], words[1:], strict=True)
        if word not in plain
    )
    if len(targets) not in _TARGETS.get(verb, {1}):
        raise ValueError(targets)
    return Operation(verb, prologue, silent, targets=targets)


def _modification(prologue: str, flat: list[str], words: list[str]) -> Operation:
    blocks: dict[str, str] = {}
    default, named = [], []
    place = 0
    while place < len(flat):
        word = words[place]
        if word == "USING" and words[place + 1] == "NAMED":
            named.append(flat[place + 2])
            place += 3
        elif word == "USING":
            default.append(flat[place + 1])
            place += 2
        else:
            blocks[word] = flat[place + 1]
            place += 2
    return Operation(
        "MODIFY",
        prologue,
        delete=blocks.get("DELETE"),
        insert=blocks.get("INSERT"),
        where=blocks["WHERE"],
        scope=blocks.get("WITH"),
        default=tuple(default),
        named=tuple(named),
    )


def _flat(text: str, part: Sequence[Token]) -> Iterator[str]:
    """Yield the tokens outside all brackets, and each block in brackets as one text."""
    depth = start = 0
    for token in part:
        if token.kind == "open":
            start = start if depth else token.start
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth == 0:
                yield text[start : token.end]
        elif depth == 0:
            yield token.text
    if depth:
        raise ValueError(depth)


def scoped(text: str, graph: ox.NamedNode) -> str:
    """Return *text* as an update that reads and writes *graph* in the place of the default graph.

    Source: SPARQL 1.1 Graph Store HTTP Protocol §5.7.

    Raises:
        MalformedQueryError: *text* is no update.
        ValueError: it would touch another graph.
    """
    refuse_depth(text)
    place = f"<{graph.value}>"
    found = []
    for each in read(text):
        blocks = [each.delete or "", each.insert or ""]
        selects = each.scope or each.default or each.named
        writes = (token.keyword for block in blocks for token in tokens(block))
        if selects or each.targets or "GRAPH" in writes:
            raise ValueError("this update names graphs, and only the one it is sent to is patched")
        if each.verb.endswith("DATA"):
            found.append(f"{each.prologue} {each.verb} {{ GRAPH {place} {each.insert} }}")
        else:
            delete = f"DELETE {each.delete}" if each.delete else ""
            insert = f"INSERT {each.insert}" if each.insert else ""
            found.append(f"{each.prologue} WITH {place} {delete} {insert} WHERE {each.where}")
    return " ;\n".join(found)
