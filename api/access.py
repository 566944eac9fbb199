"""Write a line of the log for each request, many lines at once, behind the requests' backs."""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Final, TextIO

_GATHERED: Final = 0.05  # seconds that a line waits for others
_encoded: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode


class AccessLog:
    """Write rows as JSON to *output*, standard error unless said otherwise, by a thread.

    A process that is killed takes the lines of its last 50 ms with it.
    """

    def __init__(self, output: TextIO | None = None) -> None:
        self._output = output
        self._rows: deque[tuple[float, Mapping[str, object]]] = deque()
        self._wanted = threading.Event()
        threading.Thread(target=self._run, name="access log", daemon=True).start()

    def add(self, row: Mapping[str, object]) -> None:
        """Write *row* soon, with the time that it is now."""
        self._rows.append((time.time(), row))
        if not self._wanted.is_set():
            self._wanted.set()

    def flush(self) -> None:
        """Write what was added, as one piece."""
        lines = []
        while self._rows:
            moment, row = self._rows.popleft()
            lines.append(_encoded({"time": _said(moment), "level": "info", **row}) + "\n")
        if lines:
            output = self._output or sys.stderr
            output.write("".join(lines))
            output.flush()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(_GATHERED)
            self._wanted.clear()
            self.flush()


def _said(moment: float) -> str:
    """Return *moment* in UTC as RFC 3339 has it, to the millisecond."""
    seconds, rest = divmod(moment, 1)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{text}.{int(rest * 1000):03d}+00:00"
