"""Write JSON with decimals digit for digit: 0.1 does not pass through binary numbers."""

import json
from decimal import Decimal
from typing import Any, Final

_MARK: Final = "\ue000"  # a private character, which no text of a source holds


def dumped(document: Any) -> bytes:  # noqa: ANN401 (any JSON)
    """Return *document* as JSON; a Decimal becomes a number with exactly its digits."""
    text = json.dumps(document, ensure_ascii=False, indent=1, default=_marked)
    return (text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "") + "\n").encode()


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}{_MARK}"
    raise TypeError(f"{type(value).__name__} is not JSON")
