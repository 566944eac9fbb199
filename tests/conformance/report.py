"""Run every suite and write what came of it: a table in docs/conformance.md, and EARL.

python -m tests.conformance.report [FILE FOR EARL]
"""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from kg.release import version
from tests.conformance import runner, suites
from tests.conformance.manifests import Case
from tests.conformance.server import Server, running

PAGE: Final = suites.ROOT / "docs" / "conformance.md"
_START: Final = "<!-- written by tests/conformance/report.py -->\n"
_END: Final = "<!-- end of what is written -->\n"
_SUBJECT: Final = "https://w3id.org/drugkg/"
# Counted by another hand: `oxigraph serve` 0.5.13 on the same cases.
_REFERENCE: Final = {
    "Query": 317,
    "Update": 157,
    "Result formats": 9,
    "Protocol": 33,
    "Graph Store HTTP Protocol": 10,
    "Service Description": 3,
    "SPARQL 1.2": 255,
}


def main() -> None:
    """Write the table, and EARL if a file is named."""
    start = time.monotonic()
    every = [
        *suites.read("sparql11", suites.SPARQL11),
        *suites.read("sparql12", suites.SPARQL12),
    ]
    with running("--empty", "--writable-all", "--default-graph", "standard") as server:
        outcomes = [(suite, case, _passes(case, server)) for suite, case in every]
    table = _table(outcomes)
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    PAGE.write_text(before + _START + table + _END + after, encoding="utf-8")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(_earl(outcomes), encoding="utf-8")
    sys.stdout.write(f"{table}{time.monotonic() - start:.0f} s\n")


def _passes(case: Case, server: Server) -> bool:
    try:
        runner.check(case, server)
    except AssertionError:
        return False
    return True


def _table(outcomes: list[tuple[str, Case, bool]]) -> str:
    cases = Counter(suite for suite, _, _ in outcomes)
    passed = Counter(suite for suite, _, ok in outcomes if ok)
    lines = [
        "",
        "| Suite | Cases | DrugKG | Oxigraph server 0.5.13 |",
        "| --- | ---: | ---: | ---: |",
    ]
    for suites_of in (suites.SPARQL11, suites.SPARQL12):
        lines += [
            f"| {suite} | {cases[suite]} | {passed[suite]} | {_REFERENCE[suite]} |"
            for suite in suites_of
        ]
        if len(suites_of) > 1:
            sums = [sum(each[suite] for suite in suites_of) for each in (cases, passed)]
            reference = sum(_REFERENCE[suite] for suite in suites_of)
            lines.append(f"| **SPARQL 1.1** | **{sums[0]}** | **{sums[1]}** | **{reference}** |")
    lines += ["", "What is not passed, and why:", ""]
    lines += [
        f"- `{suites.identifier(case)}`: {suites.DEVIATIONS.get(suites.identifier(case), '?')}"
        for _, case, ok in outcomes
        if not ok
    ]
    return "\n".join([*lines, "", ""])


def _earl(outcomes: list[tuple[str, Case, bool]]) -> str:
    lines = [
        "@prefix doap: <http://usefulinc.com/ns/doap#> .",
        "@prefix earl: <http://www.w3.org/ns/earl#> .",
        "",
        f"<{_SUBJECT}> a doap:Project, earl:TestSubject, earl:Software ;",
        f'    doap:name "DrugKG" ; doap:release [ doap:revision "{version()}" ] .',
        "",
    ]
    lines += [
        f"[] a earl:Assertion ; earl:subject <{_SUBJECT}> ; earl:assertedBy <{_SUBJECT}> ;\n"
        f"    earl:mode earl:automatic ; earl:test <{case.iri}> ;\n"
        f"    earl:result [ a earl:TestResult ; "
        f"earl:outcome earl:{'passed' if ok else 'failed'} ] ."
        for _, case, ok in outcomes
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
