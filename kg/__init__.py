"""Turn curated facts about medicines into a validated, queryable graph."""

from kg.build import build, check, is_stale
from kg.errors import FactsError, KgError, Violation
from kg.release import Manifest

__all__ = ["FactsError", "KgError", "Manifest", "Violation", "build", "check", "is_stale"]
