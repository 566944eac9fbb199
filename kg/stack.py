"""Give the engine as much stack as a query can make it use."""

import threading
import traceback
from collections.abc import Callable
from typing import Final, TypeVar

Answer = TypeVar("Answer")

# The engine recurses into a query and ends the process when the stack ends: in 2 MiB after 1,300
# characters of nested function calls. Measured over 25 kinds of nesting and chaining, a character
# costs at most 1.7 KiB. Address space is reserved for more; memory is taken only when it is used.
_SHALLOW: Final = 500  # characters that fit any stack
_PER_CHARACTER: Final = 4096
_LEAST: Final = 8 * 1024 * 1024
_DEEP: Final = 64 * 1024 * 1024  # what Linux leaves room for below a first thread is twice that

_shallow = _SHALLOW  # characters that fit the stack of every thread of this process that asks

_lock: Final = threading.Lock()  # the size of the next thread's stack is a setting of the process


def with_stack_for(text: str, function: Callable[[], Answer]) -> Answer:
    """Return what *function* returns, called where recursion into *text* does not end the stack.

    Raises:
        RuntimeError: the system grants no such stack.
    """
    if len(text) <= _shallow:
        return function()
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            answers.append(function())
        except BaseException as error:  # noqa: BLE001 (raised again by the caller's thread)
            _let_go(error)
            errors.append(error)

    thread = threading.Thread(target=call)
    with _lock:
        before = threading.stack_size(max(_LEAST, _PER_CHARACTER * len(text)))
        try:
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


def every_thread_has(size: int) -> None:
    """Take it that every thread that asks has a stack of *size* bytes."""
    global _shallow  # noqa: PLW0603 (a fact about the process)
    _shallow = max(_SHALLOW, size // _PER_CHARACTER)


def deepen() -> None:
    """Let the stack of the first thread, the only one that asks, grow further."""
    import resource  # noqa: PLC0415 (not every system has it, and this need not be called)

    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    size = _DEEP if most == resource.RLIM_INFINITY else min(_DEEP, most)
    resource.setrlimit(resource.RLIMIT_STACK, (size, most))
    every_thread_has(size)


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of *error* hold: the engine wants that done by the thread it ran in."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


def reserved(length: int) -> int:
    """Return the bytes of address space that the stack for a text of *length* characters takes."""
    return max(_LEAST, _PER_CHARACTER * length)
