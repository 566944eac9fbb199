"""List the very common side effects in a document of a medicine, with the sources that say so."""

import sys
from pathlib import Path

from drug import Drug

drug = Drug.model_validate_json(Path(sys.argv[1]).read_bytes())
for claim in drug.sideEffects or []:
    for frequency in claim.frequency or []:
        category = frequency.category
        if category and (category.label or "").startswith("very common"):
            source = frequency.statedBy.wasDerivedFrom[0]
            print(f"{claim.effect[0].label} | {source.label}")
