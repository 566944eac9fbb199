"""Write a line of the log for each request, many lines at once, behind the requests' backs."""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TextIO

_GATHERED: Final = 0.05  # seconds that a line waits for others
_encoded: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode
_quoted: Final = lru_cache(1_000)(_encoded)  # methods, paths and clients come again


class Line(NamedTuple):
    """Say of one request what the log says of each."""

    method: str
    path: str
    status: int
    seconds: float
    bytes: int
    client: str
    more: Mapping[str, object]

    def written(self, moment: float) -> str:
        """Return it as JSON: the same for every line, and so put together by hand."""
        more = f", {_encoded(self.more)[1:-1]}" if self.more else ""
        return (
            f'{{"time": "{_second(int(moment))}.{int(moment % 1 * 1000):03}+00:00"'
            f', "level": "info", "method": {_quoted(self.method)}, "path": {_quoted(self.path)}'
            f', "status": {self.status}, "ms": {self.seconds * 1000:.1f}, "bytes": {self.bytes}'
            f', "client": {_quoted(self.client)}{more}}}\n'
        )


@lru_cache(2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


class AccessLog:
    """Write lines to *output*, standard error unless said otherwise, by a thread.

    A process that is killed takes the lines of its last 50 ms with it.
    """

    def __init__(self, output: TextIO | None = None) -> None:
        self._output = output
        self._lines: deque[str] = deque()
        self._wanted = threading.Event()
        threading.Thread(target=self._run, name="access log", daemon=True).start()

    def add(self, line: Line) -> None:
        """Write *line* soon, with the time that it is now."""
        self._lines.append(line.written(time.time()))
        if not self._wanted.is_set():
            self._wanted.set()

    def flush(self) -> None:
        """Write what was added, as one piece."""
        written = []
        while self._lines:
            written.append(self._lines.popleft())
        if written:
            output = self._output or sys.stderr
            output.write("".join(written))
            output.flush()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(_GATHERED)
            self._wanted.clear()
            self.flush()
