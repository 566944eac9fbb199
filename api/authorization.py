"""Let only those write who hold the token of the server."""

import hmac
from collections.abc import Callable

from flask import request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

Check = Callable[[], None]


def bearer(token: str) -> Check:
    """Return a function that refuses the present request unless it bears *token* (RFC 6750).

    An empty *token* refuses everyone.
    """

    def check() -> None:
        if not token:
            raise Forbidden(
                "writing is switched off: this server was started without DRUGKG_UPDATE_TOKEN"
            )
        given = request.authorization
        if given is None or given.type != "bearer":
            raise Unauthorized(
                "writing needs the header Authorization: Bearer with the token of this server",
                www_authenticate=WWWAuthenticate("bearer", {"realm": "drugkg"}),
            )
        if not hmac.compare_digest((given.token or "").encode(), token.encode()):
            raise Unauthorized(
                "the token is not that of this server",
                www_authenticate=WWWAuthenticate(
                    "bearer", {"realm": "drugkg", "error": "invalid_token"}
                ),
            )

    return check
