"""Cut SPARQL text into tokens, so that it is changed only where a change is safe."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# SPARQL 1.1 §19.8, as far as it takes to know what is a comment, an IRI, a string, a variable,
# a bracket or a word. A word is a keyword, a number or a prefixed name.
_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>\#[^\n\r]*)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*+>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*+\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*+'{3}
        |"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+')
    | (?P<variable>[?$]\w[\w\u00B7\u203F\u2040]*)
    | (?P<word>(?:[^\s<>{}()\[\]"'\#;,|^/*+!=&?$@\\]|\\.)+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    """Hold a piece of text, where it starts, and what it is."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return where the next piece starts."""
        return self.start + len(self.text)

    def says(self, *words: str) -> bool:
        """Return whether this is one of the keywords *words*, given in capitals."""
        return self.kind == "word" and self.text.upper() in words

    def is_sign(self, sign: str) -> bool:
        """Return whether this is *sign*."""
        return self.kind == "sign" and self.text == sign


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of *text* without space and comments."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind not in {"space", "comment"}:
            yield Token(kind, found[0], found.start())


def unescaped(text: str) -> str:
    """Return *text* with its code point escapes resolved, as some engines do before all else.

    Source: SPARQL 1.1 §19.2.
    """

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code < 0x110000 else found[0]  # noqa: PLR2004 (the last code point)

    return _ESCAPE.sub(character, text)
