"""Bring names of effects to one form: spelling, number and order of words do not matter."""

import re
import unicodedata
from typing import Final

# Endings and beginnings in which British and American spelling differ, as whole rules.
_SPELLING: Final = (
    (re.compile(r"oedem"), "edem"),
    (re.compile(r"haem"), "hem"),
    (re.compile(r"aemia\b"), "emia"),
    (re.compile(r"oesoph"), "esoph"),
    (re.compile(r"rrhoea"), "rrhea"),
    (re.compile(r"pnoea"), "pnea"),
    (re.compile(r"paed"), "ped"),
    (re.compile(r"anaes"), "anes"),
    (re.compile(r"paraes"), "pares"),
    (re.compile(r"leuco"), "leuko"),
    (re.compile(r"tumour"), "tumor"),
    (re.compile(r"colour"), "color"),
    (re.compile(r"uraemi"), "uremi"),
    (re.compile(r"foetal"), "fetal"),
)
_PLURAL: Final = (
    (re.compile(r"ies$"), "y"),
    (re.compile(r"(ss|us|is)$"), r"\1"),
    (re.compile(r"(?<=[a-z]{3})s$"), ""),
)
_SMALL: Final = frozenset({"a", "an", "and", "at", "in", "nos", "of", "the", "to", "with"})


def normal(name: str) -> str:
    """Return the words of *name* in one spelling, singular and in order of the alphabet.

    What stands in brackets is left out: it explains the name.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)
    words = re.findall(r"[^\W_]+", text)
    return " ".join(sorted({_word(word) for word in words if word not in _SMALL}))


def _word(word: str) -> str:
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    for pattern, replacement in _PLURAL:
        if pattern.search(word):
            return pattern.sub(replacement, word)
    return word
