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
    for token, instead in (*_inside(text, start, values), *_around(text, head, start, values)):
        changes[token.start] = (token.end, f" {instead} ")
    for place in sorted(changes, reverse=True):
        end, instead = changes[place]
        text = text[:place] + instead + text[end:]
    return text


def _inside(text: str, start: int, values: Mapping[str, str]) -> Iterator[tuple[Token, str]]:
    """Yield what changes in the pattern that starts at *start*, and in its sub-selects."""
    for group in groups(text, start):
        names = {name for name in values if group.reaches(name)}
        if group.kind == "group":
            for token in _used(group.tokens, names):
                yield token, values[token.text[1:]]
        elif group.kind == "select":
            for token in _dropped(group.tokens, names):
                yield token, ""
            for token in _alone(group.tokens, names):
                yield token, f"({values[token.text[1:]]} AS {token.text})"


def _around(
    text: str, head: int, start: int, values: Mapping[str, str]
) -> Iterator[tuple[Token, str]]:
    """Yield what changes before and after the pattern that starts at *start*."""
    whole = [each for each in tokens(text) if head <= each.start]
    before = [each for each in whole if each.start < start]
    form = before[0] if before else None
    if form is not None and form.says("SELECT"):
        for token in _projected(before):
            if token.text[1:] in values:
                yield token, f"({values[token.text[1:]]} AS {token.text})"
    if form is not None and form.says("CONSTRUCT", "DESCRIBE"):
        for token in before:
            if token.kind == "variable" and token.text[1:] in values:
                yield token, values[token.text[1:]]
    for token in _grouping(_after(whole, start)):
        if token.text[1:] in values:
            yield token, ""


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


def _used(every: list[Token], names: set[str]) -> Iterator[Token]:
    """Yield the variables of a group that a value may replace."""
    inline = False
    for i, token in enumerate(every):
        inline = token.says("VALUES") or (inline and token.text not in "{}")
        if token.kind != "variable" or token.text[1:] not in names or inline:
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


def _after(whole: list[Token], start: int) -> list[Token]:
    depth = 0
    for i, token in enumerate(whole):
        if token.start < start:
            continue
        depth += token.is_sign("{") - token.is_sign("}")
        if depth == 0:
            return whole[i + 1 :]
    return []
