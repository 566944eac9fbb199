"""Tell names of effects from the sentences in which leaflets wrap them."""

import re
from collections.abc import Callable
from typing import Final

_TAIL = re.compile(
    r"[,.;:]?\s+((which|that|with|who) (might|may|can|could|would|ha(ve|s)"
    r"|includes?|symptoms|the)\b.*"
    r"|-\s.*|\(?see\b.*|symptoms? (you|may|might|can|could|include)\b.*"
    r"|(these|this|they|it) (usually|may|is|are)\b.*|(and )?con s[ií]ntomas\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_MORE = re.compile(r"(:\s+(?=[A-Z][a-z]*\s)|\.\s+(?=[A-Z])).*", re.DOTALL)  # an explanation
_MOST_WORDS: Final = 14
_PART_WORDS: Final = 9


def names_of(text: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the names of effects in the list entry *text*; none if it is a sentence.

    Explanations after a name are left out. Semicolons part names; commas only where each part
    is a name that is *known*, since *pain in joints, bones* are not two effects.
    """
    text = _MORE.sub("", text)
    text = _TAIL.sub("", re.sub(r"\s+", " ", text)).strip(" ,;.:")
    parts = [part.strip(" ,;.:") for part in split(text, ";")]
    names: list[str] = []
    for part in filter(None, parts):
        items = [item.strip() for item in split(part, ",")]
        if len(items) > 1 and all(items) and all(known(item) for item in items):
            names += items
        else:
            names.append(part)
    return tuple(names) if all(len(_words(name)) <= _MOST_WORDS for name in names) else ()


def names_in_cell(text: str) -> tuple[str, ...]:
    """Return the names in a cell of section 4.8, which commas part; none if it has a sentence."""
    text = re.sub(r"\s+", " ", text).strip(" ,;.")
    names = [name.strip(" ,;.") for part in split(text, ";") for name in split(part, ",")]
    names = [name for name in names if name]
    return tuple(names) if all(len(_words(name)) <= _PART_WORDS for name in names) else ()


def split(text: str, mark: str) -> list[str]:
    """Return the parts of *text* between *mark*s that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == mark and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _words(name: str) -> list[str]:
    return re.sub(r"\([^()]*\)", " ", name).split()
