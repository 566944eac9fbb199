"""Rewrite queries, where their meaning stays the same, into what the engine answers rightly."""

from kg.tokens import tokens


def mended(text: str) -> str:
    """Return *text* with ``STR()`` around what ``GROUP_CONCAT`` joins.

    pyoxigraph 0.5.13 gives the result the language of the values if they all have the same;
    a simple literal is what comes of it (SPARQL 1.1 Query §18.5.1.7). With ``DISTINCT`` the
    text stays as it is, for values that differ in language only are not distinct as strings.
    """
    if "GROUP_CONCAT" not in text.upper():
        return text
    parts: list[str] = []
    taken = depth = 0
    inside: list[int] = []  # depths at which the arguments of a GROUP_CONCAT end
    before = ""
    opened = -1  # where the arguments of one start
    for token in tokens(text):
        if opened == token.start and token.keyword != "DISTINCT":
            parts += [text[taken : token.start], "STR("]
            taken = token.start
            inside.append(depth)
        depth += token.kind == "open"
        if inside and depth == inside[-1] and token.text in {";", ")"}:
            parts += [text[taken : token.start], ")"]
            taken = token.start
            inside.pop()
        depth -= token.kind == "close"
        opened = -1
        if before == "GROUP_CONCAT" and token.text == "(":
            opened = _after(text, token.end)
        before = token.keyword
    return "".join(parts) + text[taken:]


def _after(text: str, place: int) -> int:
    """Return where the first token at or after *place* starts."""
    first = next(tokens(text[place:]), None)
    return place + first.start if first else -1
