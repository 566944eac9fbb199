"""Say how a route is described, for the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from api.parameters import FURTHEST
from api.parameters import NAME as NAMES

Schema: TypeAlias = dict[str, Any]

JSON: Final = "application/json"
TEXT: Final[Schema] = {"type": "string"}
NAME: Final[Schema] = {"type": "string", "pattern": NAMES}
WORDS: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200}
# JSON Schema cannot say what SPARQL is; the format names it for tools that make up examples.
SPARQL: Final[Schema] = TEXT | {"format": "sparql-query"}


@dataclass(frozen=True)
class Parameter:
    """Describe a parameter of an address, or of the query after it."""

    name: str
    description: str
    schema: Schema
    example: object = None
    required: bool = False
    json: bool = False  # its text is JSON that fits the schema


@dataclass(frozen=True)
class Operation:
    """Describe what one route does: its parameters, and media types with their schemas."""

    route: str  # as Flask writes it
    summary: str
    answers: Mapping[str, str | None]
    parameters: tuple[Parameter, ...] = ()
    names: Mapping[str, Parameter] | None = None  # those that are a part of the path
    problems: tuple[int, ...] = ()
    body: Schema | None = None  # of a form that is posted
    verb: str | None = None  # GET unless given, or POST of a form
    documents: tuple[str, ...] = ()  # media types of a body that is no form
    statuses: tuple[int, ...] = (200,)  # of success
    writes: bool = False  # needs the token

    @property
    def method(self) -> str:
        """Return the method, in small letters as OpenAPI writes it."""
        return self.verb or ("get" if self.body is None else "post")


def page(least: int, most: int) -> tuple[Parameter, ...]:
    """Return the parameters of a list that comes in pages of *least* entries, or at most *most*."""
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": least}
    offset = {"type": "integer", "minimum": 0, "maximum": FURTHEST, "default": 0}
    return (
        Parameter("limit", "Entries of a list on one page.", limit, 10),
        Parameter("offset", "Entries before the page.", offset, 0),
    )
