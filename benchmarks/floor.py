"""Answer every request with the same few bytes: what the HTTP server that ours runs in costs.

Usage: python -m benchmarks.floor PORT
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_BODY: Final = b'{"head":{"vars":["label"]},"results":{"bindings":[]}}'
_HEADERS: Final = [
    ("Content-Type", "application/sparql-results+json"),
    ("Content-Length", str(len(_BODY))),
]


def application(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer one request (PEP 3333)."""
    start("200 OK", _HEADERS)
    return [_BODY]


def main() -> None:
    """Serve with the settings that `api.worker` has."""
    server = Granian(
        "benchmarks.floor:application",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=128,
        runtime_mode=RuntimeModes.mt,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        working_dir=Path(__file__).parents[1],
    )
    server.serve()


if __name__ == "__main__":
    main()
