"""Set up the Virtuoso of Debian (virtuoso-opensource-7-bin), which has no configuration."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

GRAPH: Final = "https://w3id.org/drugkg/graph/all"
_BUFFERS: Final = 170_000  # of 8 KiB each: what its documentation advises for 2 GB of memory
_SETTINGS: Final = """[Database]
DatabaseFile = {place}/virtuoso.db
ErrorLogFile = {place}/virtuoso.log
LockFile = {place}/virtuoso.lck
TransactionFile = {place}/virtuoso.trx
xa_persistent_file = {place}/virtuoso.pxa
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {place}/virtuoso-temp.db
TransactionFile = {place}/virtuoso-temp.trx

[Parameters]
ServerPort = {sql_port}
ServerThreads = 40
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {place}, {data}

[HTTPServer]
ServerPort = {port}
ServerThreads = 34
ServerRoot = {place}
KeepAliveTimeout = 60
MaxKeepAlives = 34

[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
DefaultGraph = {graph}
"""


def command(program: str, place: Path, port: int, triples: Path) -> list[str]:
    """Write the configuration of a new database in *place*, and return what serves it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    text = _SETTINGS.format(
        place=place,
        data=triples.parent,
        port=port,
        sql_port=port + 40,
        buffers=_BUFFERS,
        dirty=_BUFFERS * 3 // 4,
        graph=GRAPH,
    )
    (place / "virtuoso.ini").write_text(text)
    return [program, "+foreground", "+configfile", str(place / "virtuoso.ini")]


def load(place: Path, port: int, triples: Path) -> None:
    """Load *triples* into one graph, by its bulk loader, and keep them on disk."""
    statements = (
        f"ld_dir('{triples.parent}', '{triples.name}', '{GRAPH}'); "  # noqa: S608 (our own)
        "rdf_loader_run(); checkpoint; "
        "select ll_error from DB.DBA.load_list where ll_error is not null;"
    )
    program = shutil.which("isql-vt") or "isql"
    done = subprocess.run(  # noqa: S603 (the command is our own)
        [program, str(port + 40), "dba", "dba", f"exec={statements}"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or "Error" in done.stderr or "\n0 Rows" not in done.stdout:
        raise RuntimeError(f"virtuoso did not load: {done.stdout[-500:]} {done.stderr[-500:]}")
