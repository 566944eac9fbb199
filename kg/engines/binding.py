"""Put values in the place of variables of a query, without touching its text otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from kg.engines.lexer import Token, tokens

_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "WHERE", "FROM")


@dataclass(frozen=True)
class Group:
    """Hold the tokens between two braces that stand in no deeper braces."""

    kind: Literal["group", "select", "data"]  # select: there is only a sub-select in it
    start: int  # of what follows the brace
    parent: "Group | None"
    projected: frozenset[str] | None  # by the sub-select whose pattern this is; * is everything
    tokens: list[Token] = field(default_factory=list, compare=False)

    def reaches(self, name: str) -> bool:
        """Return whether the variable *name* in this is that of the whole query.

        Source: SPARQL 1.1 §18.2.1: what a sub-select does not project has another scope.
        """
        inner: Group | None = self
        while inner is not None:
            if inner.projected is not None and not {name, "*"} & inner.projected:
                return False
            inner = inner.parent
        return True


def replaced(text: str, head: int, start: int, values: Mapping[str, str]) -> str:
    """Return *text* with each variable of *values* that is in scope replaced by its value.

    The query starts at *head* and its pattern at *start*. What it projects it still projects.
    """
    changes: dict[int, tuple[int, str]] = {}

    def change(token: Token, instead: str) -> None:
        changes[token.start] = (token.end, instead)

    for group in groups(text, start):
        if group.kind == "group":
            for token in _used(group.tokens, values):
                if group.reaches(token.text[1:]):
                    change(token, f" {values[token.text[1:]]} ")
        elif group.kind == "select":
            every = group.tokens
            names = {name for name in values if group.reaches(name)}
            for token in _dropped(every, names):
                change(token, " ")
            for token in _alone(every, names):
                change(token, f" ({values[token.text[1:]]} AS {token.text}) ")
    whole = [each for each in tokens(text) if head <= each.start]
    before = [each for each in whole if each.start < start]
    for token in _projected(before):
        if token.text[1:] in values and before and before[0].says("SELECT"):
            change(token, f" ({values[token.text[1:]]} AS {token.text}) ")
    for token in _template(before, values):
        change(token, f" {values[token.text[1:]]} ")
    for token in _grouping(_after(whole, start)):
        if token.text[1:] in values:
            change(token, " ")
    for place in sorted(changes, reverse=True):
        end, instead = changes[place]
        text = text[:place] + instead + text[end:]
    return text


def projects_all(text: str, head: int, start: int) -> bool:
    """Return whether the query is SELECT *, whose columns would be fewer by a replacement."""
    before = [each for each in tokens(text) if head <= each.start < start]
    depth = 0
    for token in before:
        depth += token.is_sign("(") - token.is_sign(")")
        if token.is_sign("*") and depth == 0:
            return True
    return False


def joined(text: str, start: int, values: Mapping[str, str]) -> str:
    """Return *text* with each group from *start* on that uses a variable joined to its value."""
    additions: dict[int, str] = {}
    for group in groups(text, start):
        here = {token.text[1:] for token in group.tokens if token.kind == "variable"}
        used = [
            name
            for name in values
            if group.parent is None or (name in here and group.reaches(name))
        ]
        if used and group.kind == "group":
            data = " ".join(values[name] for name in used)
            names = " ".join(f"?{name}" for name in used)
            additions[group.start] = f" VALUES ({names}) {{ ({data}) }} "
    for place in sorted(additions, reverse=True):
        text = text[:place] + additions[place] + text[place:]
    return text


def groups(text: str, start: int) -> list[Group]:
    """Return the groups of *text* from the brace at *start* on, the outermost first."""
    found: list[Group] = []
    stack: list[Group] = []
    every = [each for each in tokens(text) if each.start >= start]
    for i, token in enumerate(every):
        if token.is_sign("{"):
            parent = stack[-1] if stack else None
            selects = i + 1 < len(every) and every[i + 1].says("SELECT")
            kind: Literal["group", "select", "data"] = "select" if selects else "group"
            if parent is not None and _is_data(parent.tokens):
                kind = "data"
            projected = None
            if parent is not None and parent.kind == "select" and _is_pattern(parent.tokens):
                projected = frozenset(
                    each.text.lstrip("?$") for each in _projected(parent.tokens)
                ) or frozenset("*")
            if parent is not None:
                parent.tokens.append(token)
            stack.append(Group(kind, token.end, parent, projected))
            found.append(stack[-1])
        elif token.is_sign("}"):
            stack.pop()
            if not stack:
                break
            stack[-1].tokens.append(token)
        else:
            stack[-1].tokens.append(token)
    return found


def _is_data(before: list[Token]) -> bool:
    """Return whether the brace after the tokens *before* opens the data of VALUES."""
    for token in reversed(before):
        if token.says("VALUES"):
            return True
        if token.kind != "variable" and token.text not in {"(", ")"}:
            return False
    return False


def _is_pattern(before: list[Token]) -> bool:
    return not any(token.is_sign("{") for token in before)


def _projected(every: list[Token]) -> Iterator[Token]:
    """Yield the variables that a SELECT names, other than inside its expressions."""
    depth = 0
    for i, token in enumerate(every):
        depth += token.is_sign("(") - token.is_sign(")")
        if token.is_sign("{") or token.says(*_MODIFIERS):
            return
        if token.kind == "variable" and (depth == 0 or every[i - 1].says("AS")):
            yield token


def _used(every: list[Token], values: Mapping[str, str]) -> Iterator[Token]:
    """Yield the variables of a group that a value may replace."""
    inline = False
    for i, token in enumerate(every):
        inline = token.says("VALUES") or (inline and token.text not in "{}")
        if token.kind != "variable" or token.text[1:] not in values or inline:
            continue
        if every[i - 1].says("AS") and i:
            continue
        yield token


def _alone(every: list[Token], names: set[str]) -> Iterator[Token]:
    named = list(_projected(every))
    if named and all(token.text[1:] in names for token in named):
        yield from named


def _dropped(every: list[Token], names: set[str]) -> Iterator[Token]:
    """Yield what a sub-select need no longer project or group by, as its value is known."""
    named = list(_projected(every))
    if not all(token.text[1:] in names for token in named):
        yield from (token for token in named if token.text[1:] in names)
    yield from (token for token in _grouping(every) if token.text[1:] in names)


def _grouping(every: list[Token]) -> Iterator[Token]:
    """Yield the variables of GROUP BY, with one of them left out if there would be no other."""
    inside = False
    for i, token in enumerate(every):
        if token.says("BY") and i and every[i - 1].says("GROUP"):
            inside = True
        elif token.says("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES") or token.text in "{}":
            inside = False
        elif inside and token.kind == "variable":
            yield token


def _template(before: list[Token], values: Mapping[str, str]) -> Iterator[Token]:
    if before and before[0].says("CONSTRUCT", "DESCRIBE"):
        yield from (
            token for token in before if token.kind == "variable" and token.text[1:] in values
        )


def _after(whole: list[Token], start: int) -> list[Token]:
    depth = 0
    for i, token in enumerate(whole):
        if token.start < start:
            continue
        depth += token.is_sign("{") - token.is_sign("}")
        if depth == 0:
            return whole[i + 1 :]
    return []
