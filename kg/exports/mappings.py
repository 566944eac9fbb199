"""Hand on the mappings as SSSOM; see kg/sssom.py."""

from typing import Final

import pyoxigraph as ox

from kg import sssom
from kg.exports.claims import Release
from kg.exports.report import Carried, Written, carried

CARRIES: Final = carried(Carried("not exported", "a mapping is of identifiers, not of claims"))


def write(release: Release) -> Written:
    """Return the mapping set; no claim is in it.

    Raises:
        FactsError: an identifier is in no namespace that has a prefix.
    """
    store = ox.Store()
    store.extend(release.graph.quads)
    reason = "SSSOM holds mappings between identifiers and no claims"
    left = {claim.iri: reason for claim in release.claims}
    return Written({sssom.NAME: sssom.table(store, release.version)}, left)
