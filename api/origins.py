"""Let pages of any origin read: there is no one to be signed in (Fetch Standard §3.2)."""

from typing import Final

HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Cache-Status, Content-Disposition, Content-Location, "
    "DrugKG-Rewritten, ETag, Link, Location",
}
