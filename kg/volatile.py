"""Tell queries that ask the clock, luck or other servers from those that ask the data only."""

import re
from typing import Final

# Read on purpose without a parser and in favour of "yes": wherever one of these could be a call,
# be it inside a string or at the end of a longer name, the answer counts as one that changes. The
# engine reads no word boundary before a keyword, so none is asked for here (SPARQL 1.1 §17.4.2.9
# BNODE, .12 UUID, .13 STRUUID, §17.4.4.2 RAND, §17.4.5.1 NOW; grammar rule 59 SERVICE).
_CALLS: Final = re.compile(r"(?:now|rand|uuid|bnode)\s*+[(#]")
_WORDS: Final = ("now", "rand", "uuid", "bnode")
_ALWAYS: Final = ("service", "\\u")  # an escape may spell any of them (§19.2)


def is_volatile(text: str) -> bool:
    """Return whether two evaluations of *text* over the same data may differ in meaning.

    Text that only looks like it counts too; text that is not a query may be handed over.
    """
    lower = text.lower()
    if any(word in lower for word in _ALWAYS):
        return True
    return any(word in lower for word in _WORDS) and bool(_CALLS.search(lower))
