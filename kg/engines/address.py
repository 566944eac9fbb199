"""Read where an engine is and how to speak with it from one line of text."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from kg.engines.profiles import PROFILES, STANDARD, Authentication, Profile, Writes
from kg.errors import AddressError

SCHEMES: Final = ("sparql+http", "sparql+https")
USER: Final = "DRUGKG_STORE_USER"
PASSWORD: Final = "DRUGKG_STORE_PASSWORD"  # noqa: S105 (the name of a variable)
TOKEN: Final = "DRUGKG_STORE_TOKEN"  # noqa: S105 (the name of a variable)
_SECONDS: Final = 60.0
_OPTIONS: Final = ("engine", "auth", "seconds", "updates", "graphs", "writes")


@dataclass(frozen=True)
class Address:
    """Say where an engine is asked, changed and loaded; what is secret is not shown."""

    profile: Profile
    queries: str
    updates: str
    graphs: str | None
    authentication: Authentication
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    seconds: float = _SECONDS
    writes: Writes = "none"

    def __str__(self) -> str:
        """Return where queries are asked, without what is secret."""
        return self.queries


def is_address(text: str) -> bool:
    """Return whether *text* names an engine elsewhere."""
    return text.partition("://")[0].lower() in SCHEMES


def read(text: str, environment: Mapping[str, str] | None = None) -> Address:
    """Read an address such as ``sparql+http://user:word@host:8890/#engine=virtuoso``.

    What follows ``#`` is for us and is never sent: ``engine``, ``auth`` (none, basic, digest,
    bearer), ``seconds`` (of patience, 60 unless given), ``updates`` and ``graphs`` (other addresses
    than those of the engine's profile), ``writes`` (whole, parts, none: how an update is made).
    Name, password and token may stand in *environment*.

    Raises:
        AddressError: it is no such address; the message holds none of its secrets.
    """
    environment = os.environ if environment is None else environment
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        options = dict(parse_qsl(parts.fragment, strict_parsing=True) if parts.fragment else ())
        profile = PROFILES[options.get("engine", STANDARD.name)]
        seconds = float(options.get("seconds", _SECONDS))
    except (ValueError, KeyError) as error:
        raise AddressError(_refusal()) from error
    if parts.scheme not in SCHEMES or not host or not set(options) <= set(_OPTIONS) or seconds <= 0:
        raise AddressError(_refusal())
    user = unquote(parts.username) if parts.username else environment.get(USER)
    password = unquote(parts.password) if parts.password else environment.get(PASSWORD)
    token = environment.get(TOKEN)
    wanted = options.get("auth") or ("bearer" if token else profile.authentication)
    if wanted not in get_args(Authentication):
        raise AddressError(_refusal())
    writes = options.get("writes", profile.writes)
    if writes not in get_args(Writes):
        raise AddressError(_refusal())
    if (wanted == "bearer" and not token) or (wanted != "bearer" and not user):
        wanted = "none"
    queries = _place(parts, host, port, profile)
    return Address(
        profile=profile,
        queries=queries,
        updates=options.get("updates") or urljoin(queries, profile.updates),
        graphs=options.get("graphs") or (profile.graphs and urljoin(queries, profile.graphs)),
        authentication=cast("Authentication", wanted),
        user=user,
        password=password or "",
        token=token,
        seconds=seconds,
        writes=cast("Writes", writes),
    )


def _place(parts: SplitResult, host: str, port: int | None, profile: Profile) -> str:
    """Return where queries are asked: the path that is given, or that of *profile*."""
    scheme = parts.scheme.removeprefix("sparql+")
    network = f"[{host}]" if ":" in host else host
    if port is not None:
        network += f":{port}"
    path = parts.path if parts.path.strip("/") else f"/{profile.queries}"
    return urlunsplit((scheme, network, path, parts.query, ""))


def _refusal() -> str:
    engines = ", ".join(PROFILES)
    return (
        "not an address of an engine, such as sparql+http://host:8890/#engine=virtuoso "
        f"(engines: {engines}; options: {', '.join(_OPTIONS)})"
    )
