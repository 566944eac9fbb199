"""Name what is counted of requests, in memory that all processes share."""

from typing import Final

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CLASSES: Final = ("2xx", "3xx", "4xx", "5xx")
REQUESTS: Final = (
    *(f"requests {each}" for each in CLASSES),
    *(f"seconds {each}" for each in BUCKETS),
    "seconds",
    "bytes",
    "open",
    "cut",
    "limited",
)
