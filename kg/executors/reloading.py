"""Ask a running service to serve another release, and wait until it does."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any, Final

_PATIENCE: Final = 120.0  # seconds
_PAUSE: Final = 0.05


def reload(note: Path) -> str | None:
    """Let the service that wrote *note* switch; return what is wrong, if anything is."""
    before = _read(note)
    if before is None:
        return "no service runs at this address"
    try:
        os.kill(before["pid"], signal.SIGHUP)
    except ProcessLookupError:
        return "no service runs at this address"
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        time.sleep(_PAUSE)
        now = _read(note)
        if now is None:
            return "the service has ended"
        if now["generation"] > before["generation"]:
            return None
        if now["error"] is not None and now != before:
            return str(now["error"])
    return "the new release is not served yet; the log of the service says why"


def _read(note: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found
