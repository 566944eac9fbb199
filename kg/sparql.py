"""Say where query text stops making sense, and refuse text that would call other servers."""

import re
from collections.abc import Collection
from typing import Final

from kg.errors import MalformedQueryError, ServiceRefusedError

# The engine calls whatever address SERVICE names. Wherever this word stands before an endpoint and
# a brace, or before a comment that may hide them, the query is refused, be it inside a string: so
# no reading of the text lets a call through (SPARQL 1.1 grammar, rule 59). The keyword can follow a
# number or a word without a space, but none of the characters that are looked back for. Bounds and
# possessive quantifiers keep the search linear; what is longer is refused too.
_SERVICE: Final = re.compile(
    r"""
    (?<![?$:/\#-])SERVICE \s*+ (?:SILENT \s*+)?+
    (?: \#
      | < [^<>{}\s]{0,1000}+ (?: > \s*+ [\#{] | [^<>{}\s] )
      | (?: [^\s<>{}\#"'()\[\],;\\] | \\. ){1,1000}+ (?: \s*+ [\#{] | [^\s<>{}\#"'()\[\],;] )
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_PLAIN: Final = re.compile(
    r"(?<![\w?$:/\#-])SERVICE\s++(?:SILENT\s++)?+<([^<>\s\\]++)>\s*+\{", re.IGNORECASE
)
_MESSAGE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_PHRASE: Final = re.compile(r"(?:^|, )([A-Z][A-Za-z]* [a-zA-Z][^\[\"]*?)(?=, [\[\"A-Z]|$)")
_KEYWORDS: Final = re.compile(r"(?:(?:[A-Z_]+|\[_\])(?:, |$))+")
_TOKEN: Final = re.compile(r'"((?:\\.|[^"\\])+)"')
_FEW: Final = 6
_EXCERPT: Final = 400  # characters of the line at fault


def refuse_service(text: str, allowed: Collection[str] = ()) -> None:
    """Raise ServiceRefusedError if *text* may ask another endpoint than those *allowed*.

    What may be asked is written out as it is allowed, as ``SERVICE <address> {``. A variable, a
    prefixed name or a relative address is refused: what it stands for is not known here.
    """
    if text.isascii() and "service" not in text.lower():
        return  # beyond ASCII the search reads more letters as these, so it decides
    if allowed:
        text = _PLAIN.sub(lambda found: " { " if found[1] in allowed else found[0], text)
    if _SERVICE.search(text):
        raise ServiceRefusedError


def malformed(text: str, message: str) -> MalformedQueryError:
    """Return the engine's *message* about *text* as a place and a reason that a person can use."""
    found = _MESSAGE.fullmatch(message)
    if not found:
        return MalformedQueryError(message)
    expected = found[3].replace("\n", " ")
    lines = text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    if _KEYWORDS.fullmatch(expected):
        # The engine counts past the keyword it hoped for; what it met stands before that.
        offset -= max(map(len, re.findall("[A-Z_]{2,}", expected)), default=0)
    offset = max(offset, 0)
    phrase = _PHRASE.search(expected)
    if phrase:
        reason = phrase[1]
        name = re.search(r"\S+$", text[:offset])
        if name and reason == "Prefix not found":
            offset = name.start()
            reason = f"{reason}: {name[0]}"
    else:
        offset += len(text[offset:]) - len(text[offset:].lstrip())
        reason = _reason(expected, ended=offset >= len(text))
    line, column = text[:offset].count("\n") + 1, offset - text[:offset].rfind("\n")
    excerpt = lines[line - 1].rstrip("\r")[:_EXCERPT]
    return MalformedQueryError(reason, line, column, excerpt)


def _reason(expected: str, *, ended: bool) -> str:
    if ended:
        return "something is missing or misspelt before the end of the query"
    tokens = _TOKEN.findall(expected)
    if 0 < len(tokens) <= _FEW:
        return "expected " + " or ".join(tokens)
    return "the query does not parse from here"
