"""Run the WSGI server."""

import logging
import socket
from functools import partial
from typing import Final

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from api import create_app
from api.config import Settings
from api.warm import warm_meanwhile
from kg.store import open_store

_THREADS: Final = 32  # requests at once in one worker; a query runs outside Python's lock


def is_free(host: str, port: int) -> bool:
    """Return whether nothing listens on *port* of *host* yet.

    The server would share the port with another one without a word.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def run(settings: Settings) -> None:
    """Answer requests until interrupted."""
    server = Granian(
        "api.server:load",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=_THREADS,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(load, settings), wrap_loader=False)


def load(settings: Settings) -> Flask:
    """Return the application of one worker."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    app = create_app(settings, open_store(settings.release, settings.store))
    warm_meanwhile(app)
    return app
