"""Count in memory that processes share, so that the counts of all of them add up."""

import mmap
import struct
from collections.abc import Sequence
from typing import Final

_NUMBER: Final = struct.Struct("<d")


class Counters:
    """Hold a number for each of *names* in each of several slots; one process writes to a slot.

    It outlives the processes that write: the next one in a slot counts on.
    """

    def __init__(self, names: Sequence[str], slots: int) -> None:
        """Make it before the processes that shall share it are forked."""
        self.names = tuple(names)
        self._places = {name: place * _NUMBER.size for place, name in enumerate(names)}
        self._row = len(self.names) * _NUMBER.size
        self._slots = slots
        self._memory = mmap.mmap(-1, self._row * slots)

    def add(self, slot: int, name: str, amount: float = 1) -> None:
        """Add *amount* to *name*."""
        place = slot * self._row + self._places[name]
        (before,) = _NUMBER.unpack_from(self._memory, place)
        _NUMBER.pack_into(self._memory, place, before + amount)

    def set(self, slot: int, name: str, amount: float) -> None:
        """Let *name* be *amount* in this slot."""
        _NUMBER.pack_into(self._memory, slot * self._row + self._places[name], amount)

    def at(self, slot: int, name: str) -> float:
        """Return *name* in this slot."""
        return float(_NUMBER.unpack_from(self._memory, slot * self._row + self._places[name])[0])

    def get(self, name: str) -> float:
        """Return *name* summed over the slots."""
        place = self._places[name]
        return sum(
            float(_NUMBER.unpack_from(self._memory, slot * self._row + place)[0])
            for slot in range(self._slots)
        )
