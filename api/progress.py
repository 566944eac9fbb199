"""Tell what a long command is doing: one changing line on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

import click

_CLEAR = "\r\x1b[K"


class Progress:
    """Show each message that it is called with, on standard error."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._live = self._stream.isatty()
        self._start = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __call__(self, message: str) -> None:
        """Show *message*."""
        if self._live:
            seconds = time.monotonic() - self._start
            self._stream.write(f"{_CLEAR}{seconds:5.1f} s  {message}")
            self._stream.flush()
        else:
            click.echo(message, err=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._stream.write("\n")
            self._stream.flush()
