"""Measure every server in every case, in rounds, so that what disturbs one disturbs all."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product, repeat
from statistics import median
from typing import Final

from benchmarks import mixes
from benchmarks.content import Row, SlowError, Timed, ask, rows
from benchmarks.datasets import Dataset
from benchmarks.driving import Load, drive
from benchmarks.processes import resident_bytes
from benchmarks.results import Case, Results
from benchmarks.servers import FLOOR, UNCACHED, Server

_COMPARED: Final = 3  # queries of each kind
_WARMING: Final = 4  # times that a repeated query is asked first: a server may have processes
_SLOW: Final = 3.0  # seconds for one answer; what takes longer is asked in the first round only
_SAMPLING: Final = 0.3  # seconds for queries of one kind to one server, one after another
_MOST_SAMPLES: Final = 15
_FIRST: Final = 900_000_000  # numbers of queries that are timed one by one


@dataclass(frozen=True)
class Plan:
    """Say how much is measured."""

    rounds: int
    seconds: int  # that one run of wrk takes
    connections: tuple[int, ...]
    patience: float  # seconds for one answer; a server that takes longer sits out


def same_content(servers: Sequence[Server], data: Dataset, plan: Plan, results: Results) -> None:
    """Note every query that the servers answer differently, and how many they answer alike."""
    alike = 0
    for mix in (*mixes.DRIVEN, *mixes.TIMED, mixes.EXPORT):
        for number in range(min(len(mix.texts(data)), _COMPARED)):
            text = mix.fresh(data, number)
            answers: dict[str, list[Row]] = {}
            for server in servers:
                try:
                    answers[server.name] = rows(ask(server, text, plan.patience).body)
                except (SlowError, RuntimeError) as error:
                    results.notes.append(f"{data.name}, {mix.name}: {error}")
            first = next(iter(answers.values()))
            differing = [name for name, found in answers.items() if found != first]
            if differing:
                rest = f"{', '.join(differing)} differ from {next(iter(answers))}"
                counts = {name: len(found) for name, found in answers.items()}
                results.notes.append(f"{data.name}, {mix.name}: {rest}; rows {counts}")
            else:
                alike += 1
    results.notes.append(f"{data.name}: {alike} queries had the same content from all servers")


def driven(servers: Sequence[Server], data: Dataset, plan: Plan, results: Results) -> None:
    """Let wrk ask what is repeated and what is new each time."""
    for turn in range(plan.rounds):
        order = [*servers[turn % len(servers) :], *servers[: turn % len(servers)]]
        for mix in mixes.DRIVEN:
            for fresh in (False, True):
                for connections in plan.connections:
                    name = f"{mix.name}, {'new' if fresh else 'repeated'}"
                    for server in order:
                        if server.name == UNCACHED and not fresh:
                            continue  # it would do again what it does for what is new
                        if server.name == FLOOR and (fresh or mix is not mixes.LOOKUP):
                            continue  # its answer is always the same
                        load = Load(mix, fresh, connections, plan.seconds)
                        run = drive(server, data, load)
                        case = Case(data.name, name, connections)
                        results.add(case, server.name, run.rate, run.cpu, run.p99)


def timed(servers: Sequence[Server], data: Dataset, plan: Plan, results: Results) -> None:
    """Ask what may take long one by one: new, and once more."""
    late: set[tuple[str, str]] = set()
    numbers = count(_FIRST)
    for _, mix, server in product(range(plan.rounds), (*mixes.TIMED, mixes.EXPORT), servers):
        if (mix.name, server.name) in late:
            continue
        try:
            fresh = (mix.fresh(data, number) for number in numbers)
            answers = _asked(server, fresh, plan)
            _note(results, Case(data.name, f"{mix.name}, new", 0), server, answers)
            if answers[0].total > _SLOW:
                late.add((mix.name, server.name))
                continue
            same = repeat(next(fresh))
            for _again in range(_WARMING):
                ask(server, next(same), plan.patience)
            again = Case(data.name, f"{mix.name}, repeated", 0)
            _note(results, again, server, _asked(server, same, plan))
        except (SlowError, RuntimeError) as error:
            late.add((mix.name, server.name))
            results.notes.append(f"{data.name}, {mix.name}: {error}")


def _note(results: Results, case: Case, server: Server, answers: Sequence[Timed]) -> None:
    results.add(case, server.name, 1 / median(each.total for each in answers))
    if case.mix.startswith(mixes.EXPORT.name):
        first = case._replace(mix=f"{case.mix}: first byte")
        results.add(first, server.name, 1 / median(each.first_byte for each in answers))


def _asked(server: Server, texts: Iterator[str], plan: Plan) -> list[Timed]:
    """Return as many answers as come in a short time, at least one."""
    end = time.perf_counter() + _SAMPLING
    answers = [ask(server, next(texts), plan.patience)]
    while time.perf_counter() < end and len(answers) < _MOST_SAMPLES:
        answers.append(ask(server, next(texts), plan.patience))
    return answers


def measure(servers: Sequence[Server], data: Dataset, plan: Plan, results: Results) -> None:
    """Measure *servers* on *data*."""
    begin = time.perf_counter()
    for server in servers:
        results.started[data.name, server.name] = server.started
    answering = [server for server in servers if server.name != FLOOR]
    same_content(answering, data, plan, results)
    driven(servers, data, plan, results)
    timed(answering, data, plan, results)
    for server in servers:
        results.memory[data.name, server.name] = resident_bytes(server.pid)
    print(f"{data.name}: {time.perf_counter() - begin:.0f} s", flush=True)
