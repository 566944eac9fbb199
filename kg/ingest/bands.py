"""Know the frequency bands of European labels and leaflets, and how each language words them.

Sources: the EU guideline on the summary of product characteristics (section 4.8) for the CIOMS
bands, the QRD templates for the words of leaflets.
"""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from kg.terms import DKG


class Band(NamedTuple):
    """Hold a frequency band as an interval of proportions; without ends it is not known."""

    category: str  # the IRI of a dkg:FrequencyCategory, or nothing if none has these ends
    lower: Decimal | None = None
    lower_inclusive: bool = True
    upper: Decimal | None = None
    upper_inclusive: bool = False


def _of(name: str, interval: str) -> Band:
    """Return the band of the category *name*; a round bracket leaves an end out."""
    lower, upper = interval[1:-1].split(", ")
    return Band(DKG + name, Decimal(lower), interval[0] == "[", Decimal(upper), interval[-1] == "]")


# CIOMS: what professional information means by its words.
CIOMS: Final[dict[str, Band]] = {
    "very common": _of("CIOMSVeryCommon", "[0.1, 1]"),
    "common": _of("CIOMSCommon", "[0.01, 0.1)"),
    "uncommon": _of("CIOMSUncommon", "[0.001, 0.01)"),
    "rare": _of("CIOMSRare", "[0.0001, 0.001)"),
    "very rare": _of("CIOMSVeryRare", "[0, 0.0001)"),
    "not known": Band(DKG + "CIOMSNotKnown"),
}

# Words for each band; the longer come first, since one stands in the other.
_WORDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "en": (
        ("very common", r"very common"),
        ("uncommon", r"uncommon|un-common"),
        ("common", r"common"),
        ("very rare", r"very rare"),
        ("rare", r"rare"),
        ("not known", r"(frequency )?not known|unknown( frequency)?"),
    ),
    "es": (
        ("very common", r"muy (frecuentes?|com[uú]n(es)?)"),
        ("uncommon", r"poco (frecuentes?|com[uú]n(es)?)|infrecuentes?"),
        ("common", r"frecuentes?|com[uú]n(es)?"),
        ("very rare", r"muy rar[oa]s?"),
        ("rare", r"rar[oa]s?"),
        ("not known", r"(de )?frecuencia no conocida|no conocidas?|desconocida"),
    ),
}
LANGUAGES: Final = frozenset(_WORDS)
_NAMES: Final = {
    language: tuple((band, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for band, words in pairs)
    for language, pairs in _WORDS.items()
}

# A leaflet explains a band in people: "may affect up to 1 in 10 people".
_NUMBER: Final = r"(?P<of>1[\d.,\s]*0|10)"
_EXPLAINED: Final[dict[str, tuple[tuple[str, re.Pattern[str]], ...]]] = {
    "en": (
        (
            "more",
            re.compile(
                rf"may\s+affect\s+more\s+than\s+1\s+in\s+(every\s+)?{_NUMBER}\b", re.IGNORECASE
            ),
        ),
        (
            "less",
            re.compile(
                rf"may\s+affect\s+(fewer|less)\s+than\s+1\s+in\s+{_NUMBER}\b", re.IGNORECASE
            ),
        ),
        (
            "upto",
            re.compile(rf"may\s+affect\s+up\s+to\s+1\s+in\s+(every\s+)?{_NUMBER}\b", re.IGNORECASE),
        ),
        (
            "unknown",
            re.compile(
                r"frequency\s+cannot\s+be\s+estimated(\s+from\s+the\s+available\s+data)?"
                r"|we\s+do\s+not\s+know\s+how\s+likely\s+they\s+are\s+to\s+happen",
                re.IGNORECASE,
            ),
        ),
    ),
    "es": (
        (
            "more",
            re.compile(
                rf"pueden?\s+afectar\s*a?\s*m[aá]s\s+de\s+1\s+de\s+cada\s+{_NUMBER}", re.IGNORECASE
            ),
        ),
        (
            "upto",
            re.compile(
                rf"pueden?\s+afectar\s*(a\s+)?hasta\s+1\s+de\s+cada\s+{_NUMBER}", re.IGNORECASE
            ),
        ),
        (
            "unknown",
            re.compile(
                r"no\s+pueden?\s+estimarse(\s+a\s+partir\s+de\s+los\s+datos\s+disponibles)?",
                re.IGNORECASE,
            ),
        ),
    ),
}
_LEAFLET: Final = {
    ("more", 10): _of("PILVeryCommon", "(0.1, 1]"),
    ("upto", 10): _of("PILCommon", "(0, 0.1]"),
    ("upto", 100): _of("PILUncommon", "(0, 0.01]"),
    ("upto", 1000): _of("PILRare", "(0, 0.001]"),
    ("upto", 10000): _of("PILVeryRare", "(0, 0.0001]"),
}
UNKNOWN: Final = Band(DKG + "PILNotKnown")


class Found(NamedTuple):
    """Say where in a text a band is named or explained, and which it is."""

    start: int
    end: int
    name: str  # in English, or the explanation if that is all there is
    band: Band


def named(text: str, language: str) -> Found | None:
    """Return the first band that *text* names, as the professional information means it."""
    found = [
        Found(match.start(), match.end(), name, CIOMS[name])
        for name, pattern in _NAMES.get(language, ())
        if (match := pattern.search(text))
    ]
    return min(found, key=lambda each: (each.start, -each.end), default=None)


def explained(text: str, language: str) -> Found | None:
    """Return the first band that *text* explains in people, as a leaflet does."""
    found = [
        Found(match.start(), match.end(), match[0], band)
        for kind, pattern in _EXPLAINED.get(language, ())
        if (match := pattern.search(text)) and (band := _band(kind, match))
    ]
    return min(found, key=lambda each: each.start, default=None)


def _band(kind: str, match: re.Match[str]) -> Band | None:
    if kind == "unknown":
        return UNKNOWN
    of = int(re.sub(r"\D", "", match["of"]))
    return _LEAFLET.get(("upto" if kind == "less" else kind, of))


def leaflet_band(name: str) -> Band | None:
    """Return the band that the QRD template gives the English *name* in a leaflet."""
    of = {"very common": ("more", 10), "common": ("upto", 10), "uncommon": ("upto", 100)}
    of |= {"rare": ("upto", 1000), "very rare": ("upto", 10000)}
    return UNKNOWN if name == "not known" else _LEAFLET.get(of.get(name, ("", 0)))
