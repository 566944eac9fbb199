"""Read the parameters of a request, and name each that is wrong."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import request
from werkzeug.datastructures import MultiDict

from kg.errors import ParameterError
from kg.store import Dataset
from kg.terms import ID, PREFIXES

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # RFC 5646 §2.1, in short
NAME: Final = "^[A-Za-z0-9_:-]{1,60}$"  # of a class, a property or an entity, or its CURIE
# Part of RFC 3986: an address without a query or escapes, as all of ours are, or a URN, either
# with or without the brackets of SPARQL; or a CURIE with a prefix of ours.
_REST: Final = "[A-Za-z0-9._~:/-]*"
_ADDRESS: Final = f"https?://[A-Za-z0-9.-]+/{_REST}(#{_REST})?"
_CURIE: Final = f"({'|'.join(PREFIXES)}):[A-Za-z0-9_~-]{_REST}"
_WHOLE: Final = f"{_ADDRESS}|urn:[a-z0-9]+:[A-Za-z0-9]{_REST}"
IRI: Final = f"^({_WHOLE}|<({_WHOLE})>|{_CURIE})$"
FURTHEST: Final = 10_000_000  # entries that a page may come after
_DIGITS: Final = re.compile(r"[0-9]{1,9}")


class Parameters:
    """Read parameters one by one; ``check`` raises what was wrong with any of them."""

    def __init__(self) -> None:
        self._known = {"format"}
        self._faults: list[ParameterError] = []

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """Return the number *name*, which lies between *least* and *most*."""
        text = self.text(name)
        if text is None:
            return default
        if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
            self.refuse(name, f"{text!r} is not a number from {least} to {most}")
            return default
        return int(text)

    def choices(self, name: str, among: Iterable[str]) -> tuple[str, ...]:
        """Return those of *among* that the comma-separated list *name* holds, or all."""
        offered = tuple(among)
        text = self.text(name)
        if text is None:
            return offered
        wanted = text.split(",")
        for each in wanted:
            if each not in offered:
                self.refuse(name, f"{each!r} is not one of: {', '.join(offered)}")
        return tuple(each for each in offered if each in wanted)

    def language(self, name: str) -> str:
        """Return the language tag *name*, English unless given."""
        text = self.text(name)
        if text is not None and not _LANGUAGE.fullmatch(text):
            self.refuse(name, f"{text!r} is not a language tag such as de")
        return text.lower() if text else "en"

    def fitting(self, name: str, pattern: str) -> str | None:
        """Return *name* if it was sent; all of it must match *pattern*."""
        text = self.text(name)
        if text is not None and not re.fullmatch(pattern, text):
            self.refuse(name, f"{text!r} does not match {pattern}")
        return text

    def iri(self, name: str) -> str | None:
        """Return *name* if it was sent, as a CURIE of ours or as an IRI."""
        text = self.text(name)
        if text is None or re.fullmatch(IRI, text):
            return text
        way = f"such as id:kesimpta or <{ID}kesimpta>; the prefixes are {', '.join(PREFIXES)}"
        self.refuse(name, f"{text!r} is not an IRI or a CURIE of ours, {way}")
        return None

    def text(self, name: str) -> str | None:
        """Return *name* as it was sent."""
        self._known.add(name)
        values = request.args.getlist(name)
        if len(values) > 1:
            self.refuse(name, "is given more than once")
        return values[0] if values else None

    def refuse(self, name: str, reason: str) -> None:
        """Say that *name* is wrong."""
        self._faults.append(ParameterError(name, reason))

    def check(self) -> None:
        """Raise ParameterError if a parameter was wrong or is not known."""
        for name in request.args:
            if name not in self._known:
                self.refuse(name, f"not one of: {', '.join(sorted(self._known))}")
        if self._faults:
            raise ParameterError.all_of(self._faults)


def paged(relation: str, offset: int) -> tuple[str, str]:
    """Return the link to the page of this list that begins at *offset*."""
    arguments = request.args.to_dict(flat=True) | {"offset": str(offset)}
    return f"{request.path}?{urlencode(arguments)}", relation


def dataset(parameters: MultiDict[str, str], default: str, named: str) -> Dataset:
    """Return the graphs that the parameters *default* and *named* select.

    Raises:
        ParameterError: one of them is not an IRI.
    """

    def graphs(name: str) -> tuple[ox.NamedNode, ...]:
        try:
            return tuple(ox.NamedNode(iri) for iri in parameters.getlist(name))
        except ValueError as error:
            raise ParameterError(name, str(error)) from error

    return Dataset(graphs(default), graphs(named))
