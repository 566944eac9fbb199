"""Write results as tables in Markdown."""

from collections.abc import Iterable
from statistics import median

from benchmarks.results import Case, Results, Spread


def tables(results: Results, ours: Iterable[str]) -> str:
    """Return the ratios of each of *ours* to every peer, and what lies below them."""
    names = list(ours)
    peers = [server for server in results.servers() if server not in names]
    parts = [_ratios(results, name, peers) for name in names if name in results.servers() and peers]
    return "\n\n".join([*parts, _rates(results), _cost(results), _starts(results)])


def _ratios(results: Results, ours: str, peers: list[str]) -> str:
    lines = [f"Times as many answers from **{ours}** as from …: median (least–greatest)", ""]
    lines += _head(["data", "query", "clients", *peers])
    for case in results.cases():
        if (case, ours) not in results.rates:
            continue
        cells = [_shown(results.ratio(case, ours, peer)) for peer in peers]
        lines.append(_row([*_place(case), *cells]))
    return "\n".join(lines)


def _rates(results: Results) -> str:
    servers = results.servers()
    lines = ["Answers a second: median", "", *_head(["data", "query", "clients", *servers])]
    for case in results.cases():
        found = [results.rates.get((case, server)) for server in servers]
        lines.append(
            _row([*_place(case), *(_number(median(each)) if each else "–" for each in found)])
        )
    return "\n".join(lines)


def _cost(results: Results) -> str:
    servers = results.servers()
    lines = ["Milliseconds of processor time for one answer, and 99th percentile of the time to it"]
    lines += ["", *_head(["data", "query", "clients", *servers])]
    for case in results.cases():
        if case.connections:
            cells = []
            for server in servers:
                cpu, p99 = results.cpu.get((case, server)), results.p99.get((case, server))
                cells.append(f"{median(cpu):.2f} / {median(p99):.1f}" if cpu and p99 else "–")
            lines.append(_row([*_place(case), *cells]))
    return "\n".join(lines)


def _starts(results: Results) -> str:
    lines = ["Seconds from the command to the first answer, and memory (MB) at the end", ""]
    lines += _head(["data", "server", "start", "memory"])
    for (data, server), seconds in results.started.items():
        memory = results.memory.get((data, server), 0) / 1e6
        lines.append(_row([data, server, f"{seconds:.2f}", f"{memory:.0f}"]))
    return "\n".join([*lines, "", *(f"* {note}" for note in results.notes)])


def _place(case: Case) -> list[str]:
    return [case.data, case.mix, str(case.connections or "one by one")]


def _head(names: list[str]) -> list[str]:
    return [_row(names), _row(["---"] * len(names))]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(ratio: Spread | None) -> str:
    if ratio is None:
        return "–"
    return f"{_number(ratio.median)} ({_number(ratio.least)}–{_number(ratio.greatest)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 (three digits)
