"""Make the documents of medicines when a worker starts, so that nobody waits for the first one."""

import logging
import threading
from typing import Final

from flask import Flask
from werkzeug.test import Client

_log = logging.getLogger(__name__)
_LIST: Final = "/drugs"
_PASS_BY: Final = {"Cache-Control": "no-cache"}  # what is kept in front is kept for other requests
_MOST: Final = 100  # of more medicines each is made when it is asked for


def warm(app: Flask) -> None:
    """Ask *app* for the list of medicines, and for each of them."""
    client = Client(app)
    listed = client.get(_LIST, headers=_PASS_BY)
    if listed.status_code != 200:  # noqa: PLR2004 (as HTTP says)
        return
    for drug in (listed.get_json() or {}).get("drugs", [])[:_MOST]:
        client.get(drug["document"], headers=_PASS_BY)


def warm_meanwhile(app: Flask) -> threading.Thread:
    """Do so in a thread, which delays no request by more than its share of the processor."""
    thread = threading.Thread(target=_quietly, args=(app,), daemon=True)
    thread.start()
    return thread


def _quietly(app: Flask) -> None:
    try:
        warm(app)
    except Exception:  # noqa: BLE001 (an answer that fails here fails again for who asks for it)
        _log.warning("the documents of medicines were not made ready", exc_info=True)
