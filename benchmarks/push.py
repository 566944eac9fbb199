"""Measure what it takes to load a release into an engine elsewhere, in time and in memory.

python -m benchmarks.push --engine-pid PID RELEASE 'sparql+http://127.0.0.1:7878/#engine=oxigraph'
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

_PUSH: Final = """
import sys
from pathlib import Path
from kg.engines import Endpoint, read
from kg.engines.push import push
print(push(Endpoint(read(sys.argv[1])), Path(sys.argv[2]), lambda _: None))
"""


def main() -> None:
    """Push twice, and print the seconds and the most memory of each push and of the engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("target")
    parser.add_argument("--engine-pid", type=int)
    given = parser.parse_args()
    # Not drugkg push, which would build a release anew that is older than the facts.
    command = [sys.executable, "-c", _PUSH, given.target, str(given.release)]
    before = 0.0
    for name in ("first", "again"):
        start = time.monotonic()
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (our own)
        seconds = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = used.ru_utime + used.ru_stime - before
        before += processor
        print(
            f"{name}: {seconds:.0f} s, of a processor {processor:.0f} s and at most "
            f"{used.ru_maxrss / 1024:.0f} MB here",
            flush=True,
        )
        print(done.stdout.strip())
        if given.engine_pid:
            status = Path(f"/proc/{given.engine_pid}/status").read_text(encoding="utf-8")
            peak = re.search(r"VmHWM:\s+(\d+)", status)
            if peak is not None:
                fields = Path(f"/proc/{given.engine_pid}/stat").read_text(encoding="utf-8").split()
                ticks = int(fields[13]) + int(fields[14])
                print(
                    f"engine so far: of a processor {ticks / os.sysconf('SC_CLK_TCK'):.0f} s and "
                    f"at most {int(peak[1]) / 1024:.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
