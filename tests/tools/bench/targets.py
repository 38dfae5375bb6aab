"""The targets of the benchmark: met, or missed by a percentage."""

from dataclasses import dataclass

from tests.tools.bench import bulk, race, results
from tests.tools.bench.results import row

# The limits for the time with a million rooms over the time with ten thousand.
ANY, SEARCH = 1.15, 1.5
# An allocator varies by about this factor.
FLAT_MEMORY = 1.15


@dataclass(frozen=True)
class Target:
    name: str
    measured: float
    minimum: float | None = None
    maximum: float | None = None

    def result(self):
        if self.minimum is not None and self.measured < self.minimum:
            return f"missed by {(1 - self.measured / self.minimum) * 100:.0f} %"
        if self.maximum is not None and self.measured > self.maximum:
            return f"missed by {(self.measured / self.maximum - 1) * 100:.0f} %"
        return "met"

    def line(self):
        bound = f">= {self.minimum}" if self.minimum is not None else f"<= {self.maximum}"
        return row(self.name, bound, f"{self.measured:.2f}", self.result())


def show(races, sizes, calls):
    """Print one row for each target whose workload was measured."""
    targets = [*_race_targets(races), *_size_targets(sizes), *_call_targets(calls)]
    if not targets:
        return
    print(f"\n## Targets\n\n{results.head(('target', 'required', 'measured', 'result'))}")
    for target in targets:
        print(target.line(), flush=True)


def _race_targets(races):
    concurrent = {one.name: one for one in races if one.connections == 16}
    if result := concurrent.get(race.PUT_ONE):
        greenroom, hand = result.times["Greenroom"], result.times["by hand"]
        put = "PUT of one field at 16 connections"
        yield Target(f"{put}, times stock", result.ratio("stock"), minimum=10)
        yield Target(f"{put}, times by hand", result.ratio("by hand"), minimum=0.9)
        yield Target(
            f"{put}, p99 compared with by hand",
            greenroom.percentile(99) / hand.percentile(99),
            maximum=1.2,
        )
        cpu = result.server_ms("Greenroom") / result.server_ms("by hand")
        yield Target(f"{put}, server CPU compared with by hand", cpu, maximum=1.3)
    if result := concurrent.get(race.LIST_PAGE):
        yield Target(
            "staff list page at 16 connections, times stock", result.ratio("stock"), minimum=4
        )
    if result := concurrent.get(race.GET_UNCHANGED):
        yield Target(
            "GET (304) at 16 connections, times by hand", result.ratio("by hand"), minimum=1.0
        )


def _size_targets(sizes):
    for result in sizes:
        if not result.name.startswith(("PUT", "GET")):
            continue
        limit = SEARCH if "search=" in result.name else ANY
        yield Target(f"many rooms compared with few: {result.name}", result.ratio, maximum=limit)


def _call_targets(calls):
    for result in calls:
        if result.ratios():
            yield Target(
                f"{result.name}, time compared with two statements", result.ratio, maximum=3
            )
        fewer, peak = result.peaks
        yield Target(
            f"{result.name}, peak memory compared with {bulk.FEWER:,} rooms",
            peak / fewer,
            maximum=FLAT_MEMORY,
        )
