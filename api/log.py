"""Write the log as lines of JSON."""

import json
import logging
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """Write a record as one JSON object: its time, its level, and its row or its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as a line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = {"time": time, "level": record.levelname.lower()}
        row = getattr(record, "row", None)
        if not isinstance(row, dict):
            row = {"message": record.getMessage()}
        if record.exc_info:
            row = {**row, "trace": self.formatException(record.exc_info)}
        return json.dumps(head | row, ensure_ascii=False, default=str)
