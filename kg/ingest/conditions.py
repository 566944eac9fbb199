"""Tell which condition an entry of indications or contraindications names, or that none is told.

An entry counts only if it is a name and nothing else, or if it is whole of one of the few forms of
sentence below. A comma, *and* or *or* parts names only where each part is a name that is known;
*and* parts no contraindications, since it may mean both at once. Everything else is reported.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

Known: TypeAlias = Callable[[str], bool]
Use: TypeAlias = Literal["indication", "contraindication"]

HYPERSENSITIVITY: Final = "hypersensitivity to the product"  # as kg/facts names it
NOTHING_TOLD: Final = "no single condition is told from these words"
NONE_STATED: Final = "the section says that there are none"
_MOST_WORDS: Final = 12  # what a quotation may have


class Named(NamedTuple):
    """Hold a condition with the words that name it, and for whom that is said."""

    name: str
    words: str
    population: str = ""  # "adults", or nothing


_HEADING = re.compile(
    r"(\d[\d.]*\s+)?(INDICATIONS?\s*(AND|&)\s*USAGE|CONTRAINDICATIONS?)\b[:.\s]*", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"\s*\[\s*(see|ver)\b[^\]]*\]|\s*\(\s*(see|ver|listed in|incluidos en)\b[^)]*\)"
    r"|\s*\(\s*\d+(\.\d+)*(\s*,\s*\d+(\.\d+)*)*\s*\)",
    re.IGNORECASE,
)
_MORE = re.compile(r"\.\s*Ver las? secci[oó]n(es)? [\d., y]+$|, which may include [^.;:]+$")
_ABBREVIATION = re.compile(r"\s*\([A-Z][A-Za-z0-9-]{0,9}\)$")
_SENTENCE: Final = re.compile(r"(?<=[a-z)\d][.])\s+(?=[A-Z])")
_NONE: Final = re.compile(
    r"none( known)?|(there are )?no known contraindications?|ninguna( conocida)?", re.IGNORECASE
)

# Sentences that state one use, whole; ``some`` tells that the words speak of adults only.
_ADULTS: Final = r"adults?(?P<some> patients)?"
_TREATS: Final = r"(?:the )?(?:treatment|management) of"
_OF_PEOPLE: Final = rf"(?:(?:patients|(?P<adults>{_ADULTS})) with )?"
_USES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            rf"[^.]{{1,160}}? (?:is|are) indicated (?:for|in) {_TREATS} {_OF_PEOPLE}"
            rf"(?P<name>[^.]+?)(?P<tail> in adults(?: patients)?| in adult patients)?"
        ),
        (
            rf"[^.]{{1,160}}? indicated for {_TREATS} {_OF_PEOPLE}"
            rf"(?P<name>[^.]+?)(?P<tail> in adults(?: patients)?| in adult patients)?"
        ),
        (
            rf"for {_TREATS} {_OF_PEOPLE}(?P<name>[^.]+?)"
            rf"(?P<tail> in adults(?: patients)?| in adult patients)?"
        ),
        (
            rf"(?:what \S+ is used for )?\S+ is used to treat {_OF_PEOPLE}(?P<name>[^.]+?)"
            rf"(?P<tail> in adults)?"
        ),
    )
)
_RESTRICTS: Final = re.compile(r"\b(not|combination|adjunct\w*|concomitant\w*)\b", re.IGNORECASE)
_AGAINST: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"if you (?:(?:currently )?suffer from|are suffering from|have)(?: an?)? (?P<name>.+)",
        r"if you are (?P<name>(?:allergic|hypersensitive) to .+)",
        r"si es ?(?P<name>al[eé]rgico .+)",
        (
            r"[^.]{1,80}? (?:is|are) contraindicated in (?:patients|individuals|persons|people)"
            r" with(?: an?)? (?P<name>[^.]+)"
        ),
    )
)

# To be hypersensitive to the medicine or one of its ingredients is one condition, however worded.
_REACTS: Final = (
    r"(?:an? )?(?:(?:known|history of|prior|previous|serious|severe|clinically significant) )*"
    r"(?:hypersensitivity(?: reactions?)?|allerg(?:y|ic)(?: reactions?)?|hypersensitive)"
    r"(?: to| reactions? to)"
)
_PARTS: Final = r"(?:components?|ingredients?|excipients?)"
_WHOLE: Final = r"(?:(?:this|the) )?(?:product|medicine|medication|drug|formulation|\S+)"
_ALLERGY: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_REACTS} (?:this|the) (?:drug|product|medicine|medication)",
        rf"{_REACTS} (?:any|any of the|any of its) {_PARTS}(?: (?:of|in) {_WHOLE})?",
        (
            rf"{_REACTS} (?:the active substance|[^\s,]+(?: [^\s,]+)?) or (?:to )?"
            rf"(?:any|any of|one of) (?:the |its )?(?:other )?(?:inactive )?{_PARTS}"
            rf"(?: (?:of|in) {_WHOLE})?"
        ),
        rf"{_REACTS} [^.;:]{{1,80}}? or any of the other ingredients(?: of this medicine)?",
        (
            r"hipersensibilidad (?:al principio activo|a los principios activos) o a alguno de los"
            r" excipientes(?: incluidos en la sección 6\.1)?"
        ),
        (
            r"al[eé]rgico ?(?:\([^()]*\) ?)?a [^.;:]{1,120}? o a alguno de los demás componentes"
            r" de ?este medicamento"
        ),
    )
)

_NO_NAME: Final = re.compile(
    r"[,;:.!?]|\b(and|or|and/or|but|nor|who|which|that|when|if|unless|except|whose|where|while"
    r"|is|are|was|were|be|been|have|has|had|may|can|could|should|must|will|do|does|not|you|your"
    r"|this|these|those|it|its|they|in|with|as|only|any|such|y|o|que|si|es|con|en"
    r"|treatment|management|relief|indicated|contraindicated)\b",
    re.IGNORECASE,
)
# Other medicines, groups of people and headings are no bodily states.
_NO_STATE: Final = re.compile(
    r"\b(concomitant\w*|concurrent\w*|co-?administ\w+|combination|use|taking|receiving|treated"
    r"|therapy|general|overview|patients?|adults?|children|pa?ediatric|infants?|neonates?"
    r"|inhibitors?|inducers?|agonists?|antagonists?)\b",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
_PARTED: Final = {
    "indication": re.compile(r",\s*(?:and|or)\s+|,\s*|\s+(?:and|or)\s+", re.IGNORECASE),
    "contraindication": re.compile(r",\s*or\s+|,\s*|\s+or\s+", re.IGNORECASE),
}


def is_none(text: str) -> bool:
    """Return whether *text* says that there are no contraindications."""
    return bool(_NONE.fullmatch(_plain(text)))


def named(text: str, use: Use, known: Known, *, is_prose: bool = False) -> tuple[Named, ...]:
    """Return the conditions that an entry or sentence names; none if it is not told for certain.

    *known* says whether some words are the name of a condition in a vocabulary. In prose a name
    alone is no indication: the leaflet may be listing symptoms of the disease.
    """
    plain = _plain(text)
    if _NONE.fullmatch(plain):
        return ()
    if use == "contraindication":
        for pattern in _AGAINST:
            if found := pattern.fullmatch(plain):
                return tuple(_conditions(found["name"], use, known))
        return tuple(_conditions(plain, use, known))
    stated = [_used(sentence, known) for sentence in _SENTENCE.split(plain)]
    if all(stated):
        return tuple(dict.fromkeys(each for names in stated for each in names))
    is_use = not is_prose and _is_known(plain, known)
    return tuple(_conditions(plain, use, known)) if is_use else ()


def _used(sentence: str, known: Known) -> tuple[Named, ...]:
    for pattern in _USES:
        found = pattern.fullmatch(sentence.strip(" ."))
        if found and not _RESTRICTS.search(sentence):
            people = "adults" if found["adults"] or found["tail"] else ""
            names = _conditions(found["name"], "indication", known)
            return tuple(each._replace(population=people) for each in names)
    return ()


def of_title(title: str, use: Use, known: Known) -> tuple[Named, ...]:
    """Return the condition that the *title* of a subsection names.

    For indications it has to be a known name: titles such as *Limitations of use* name none.
    """
    plain = _plain(re.sub(r"^\d[\d.]*\s+", "", title))
    if use == "indication" and not _is_known(plain, known):
        return ()
    return tuple(_conditions(plain, use, known))


def _plain(text: str) -> str:
    text = _REFERENCE.sub("", re.sub(r"\s+", " ", text))
    return _MORE.sub("", _HEADING.sub("", text.strip(), count=1)).strip(" ,;.:•")


def _conditions(text: str, use: Use, known: Known) -> Iterator[Named]:
    text = _ABBREVIATION.sub("", text.strip(" ,;.")).removeprefix("the ")
    text = text.removeprefix("a diagnosis of ")
    if any(pattern.fullmatch(text) for pattern in _ALLERGY):
        yield Named(HYPERSENSITIVITY, _quoted(text))
        return
    parts = [_ABBREVIATION.sub("", part) for part in _PARTED[use].split(text)]
    if len(parts) > 1 and all(_is_known(part, known) for part in parts):
        seen: set[str] = set()
        for part in parts:
            if part.casefold() not in seen:
                seen.add(part.casefold())
                yield Named(part, _quoted(part))
    elif _is_known(text, known) or _is_name(text):
        yield Named(text, _quoted(text))


def _is_known(text: str, known: Known) -> bool:
    """Return whether *text* is a known name; one in brackets in a longer text is not all of it."""
    return 0 < len(text.split()) <= _MOST_WORDS and not re.search(r"[:;.]", text) and known(text)


def _is_name(text: str) -> bool:
    few = 0 < len(text.split()) <= _MOST_WORDS
    is_other = _NO_NAME.search(text) or _NO_STATE.search(text)
    return few and bool(_LETTERS.search(text)) and not is_other


def _quoted(text: str) -> str:
    return " ".join(text.split()[:_MOST_WORDS])
