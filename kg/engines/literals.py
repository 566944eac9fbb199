"""Write terms as SPARQL text that cannot be read as anything else."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Final

import pyoxigraph as ox

from kg.engines.profiles import Profile
from kg.terms import XSD

# An engine may resolve \u0022 before it looks for strings (SPARQL 1.1 §19.2), also where the
# backslash is itself escaped. So no u ever follows a backslash: the letter is escaped too.
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_AMBIGUOUS: Final = re.compile(r"\\\\([uU])")
_LETTERS: Final = {"u": r"\\\u0075", "U": r"\\\u0055"}
_DECIMAL: Final = XSD + "decimal"


def text(term: ox.NamedNode | ox.Literal, profile: Profile) -> str:
    """Return *term* as it stands in a query or in N-Triples, in the form that the engine keeps.

    An IRI holds no angle bracket, space or backslash, and a language tag only letters, digits and
    hyphens: pyoxigraph makes no others.
    """
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}>"
    escaped = sent(term, profile).translate(_ESCAPED)
    quoted = '"' + _AMBIGUOUS.sub(lambda found: _LETTERS[found[1]], escaped) + '"'
    if term.language:
        return f"{quoted}@{term.language}"
    if term.datatype.value == XSD + "string":
        return quoted
    return f"{quoted}^^<{term.datatype.value}>"


def sent(literal: ox.Literal, profile: Profile) -> str:
    """Return the lexical form in which *literal* is sent."""
    form = literal.value
    for rewriting in profile.rewritings:
        if rewriting.datatype == literal.datatype.value:
            found = re.fullmatch(rewriting.pattern, form)
            if found:
                return found.expand(rewriting.instead)
    return form


def kept(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, profile: Profile) -> str:
    """Return what is left of *term* in the engine, so that two of them can be compared."""
    if isinstance(term, ox.Literal) and profile.digits and term.datatype.value == _DECIMAL:
        try:
            rounded = Decimal(term.value).normalize(Context(profile.digits, ROUND_HALF_EVEN))
        except InvalidOperation:
            return str(term)
        return f'"{rounded:f}"^^<{_DECIMAL}>'
    return str(term)
