"""Know where facts, rules, ontology and queries lie, in a checkout and in an installed wheel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_data"  # where the wheel carries ontology/, queries/ and docs/


def root() -> Path:
    """Return the directory that holds ``ontology/``, ``queries/`` and ``docs/``."""
    return _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent


FACTS: Final = _PACKAGE / "facts"
RULES: Final = _PACKAGE / "rules"
ONTOLOGY: Final = root() / "ontology"
QUERIES: Final = root() / "queries"
DOCS: Final = root() / "docs"


@dataclass(frozen=True)
class Inputs:
    """Say what a release is built from."""

    facts: Path = FACTS
    ontology: Path = ONTOLOGY
    rules: Path = RULES

    def files(self) -> dict[str, Path]:
        """Return every input file under the name it has in a checkout, in order of name.

        The programs are among them: with another rule of ours the same facts say something else.
        """
        found = {
            f"kg/facts/{path.relative_to(self.facts).as_posix()}": path
            for path in self.facts.rglob("*.ttl")
        }
        found |= {f"ontology/{path.name}": path for path in self.ontology.glob("*.ttl")}
        found |= {f"kg/rules/{path.name}": path for path in self.rules.glob("*.rq")}
        found |= {f"kg/{path.name}": path for path in _PACKAGE.glob("*.py")}
        return dict(sorted(found.items()))


def shown(path: Path) -> str:
    """Return *path* as a reader at the terminal would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
