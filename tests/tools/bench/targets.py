"""What was promised, and what was measured: met, or missed by how much."""

from dataclasses import dataclass

from tests.tools.bench import many, race, results
from tests.tools.bench.results import row

# At a million rooms against ten thousand.
AS_QUICK, SEARCH = 1.15, 1.5
# As flat as an allocator is.
FLAT = 1.15


@dataclass(frozen=True)
class Target:
    what: str
    measured: float
    least: float | None = None
    most: float | None = None

    def verdict(self):
        if self.least is not None and self.measured < self.least:
            return f"missed by {(1 - self.measured / self.least) * 100:.0f} %"
        if self.most is not None and self.measured > self.most:
            return f"missed by {(self.measured / self.most - 1) * 100:.0f} %"
        return "met"

    def line(self):
        bound = f">= {self.least}" if self.least is not None else f"<= {self.most}"
        return row(self.what, bound, f"{self.measured:.2f}", self.verdict())


def show(races, sizes, calls):
    """Print one line for each promise whose work was measured."""
    found = [*_beside(races), *_larger(sizes), *_in_one_call(calls)]
    if not found:
        return
    print(f"\n## Promised and measured\n\n{results.head(('', 'promised', 'measured', ''))}")
    for target in found:
        print(target.line(), flush=True)


def _beside(races):
    crowded = {found.name: found for found in races if found.connections == 16}
    if found := crowded.get(race.PUT_ONE):
        ours, hand = found.times["ours"], found.times["by hand"]
        put = "PUT of one field at 16 connections"
        yield Target(f"{put}, times stock", found.ratio("stock"), least=10)
        yield Target(f"{put}, times by hand", found.ratio("by hand"), least=0.9)
        yield Target(f"{put}, p99 over by hand's", ours.at(99) / hand.at(99), most=1.2)
        cpu = found.server_ms("ours") / found.server_ms("by hand")
        yield Target(f"{put}, server CPU over by hand's", cpu, most=1.3)
    if found := crowded.get(race.GET_UNCHANGED):
        yield Target(
            "GET (304) at 16 connections, times by hand", found.ratio("by hand"), least=1.0
        )


def _larger(sizes):
    for found in sizes:
        if not found.name.startswith(("PUT", "GET")):
            continue
        most = SEARCH if "search=" in found.name else AS_QUICK
        yield Target(f"many rooms over few: {found.name}", found.ratio, most=most)


def _in_one_call(calls):
    for found in calls:
        if found.ratios():
            yield Target(f"{found.name} over two statements", found.ratio, most=3)
        fewer, peak = found.peaks
        yield Target(
            f"{found.name}, peak memory over that of {many.FEWER:,}", peak / fewer, most=FLAT
        )
