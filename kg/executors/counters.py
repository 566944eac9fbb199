"""Count in memory that processes share, so that the counts of all of them add up."""

import mmap
from collections.abc import Sequence
from typing import Final

_SIZE: Final = 8  # bytes of a number


class Counters:
    """Hold a number for each of *names* in each of several slots; one process writes to a slot.

    It outlives the processes that write: the next one in a slot counts on.
    """

    def __init__(self, names: Sequence[str], slots: int) -> None:
        """Make it before the processes that shall share it are forked."""
        self.names = tuple(names)
        self.places = {name: place for place, name in enumerate(names)}
        self._row = len(self.names)
        self._numbers = memoryview(mmap.mmap(-1, _SIZE * self._row * slots)).cast("d")

    def slot(self, number: int) -> "memoryview[float]":
        """Return the numbers of a slot, each at the place that ``places`` has for its name."""
        return self._numbers[number * self._row : (number + 1) * self._row]

    def add(self, slot: int, name: str, amount: float = 1) -> None:
        """Add *amount* to *name*."""
        self._numbers[slot * self._row + self.places[name]] += amount

    def set(self, slot: int, name: str, amount: float) -> None:
        """Let *name* be *amount* in this slot."""
        self._numbers[slot * self._row + self.places[name]] = amount

    def at(self, slot: int, name: str) -> float:
        """Return *name* in this slot."""
        return float(self._numbers[slot * self._row + self.places[name]])

    def get(self, name: str) -> float:
        """Return *name* summed over the slots."""
        return float(sum(self._numbers[self.places[name] :: self._row]))
