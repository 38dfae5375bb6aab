"""Ten thousand rooms in one call: changed, exported, imported; beside two set-based statements."""

from dataclasses import dataclass
from statistics import median

from tests.tools.bench import results
from tests.tools.bench.logged import count_of, log_statements, recorded
from tests.tools.bench.many_work import TwoStatements, bulks, exports, imports, versions
from tests.tools.bench.memory import forget_peak, peak_mb
from tests.tools.bench.results import row
from tests.tools.bench.rounds import Entrant, Load, Times, measure

ROOMS_AT_ONCE, IN_A_QUICK_RUN, FEWER = 10_000, 5_000, 1_000
COLUMNS = ("", "seconds", "of rounds", "server CPU s", "database CPU s", "SQL")
COLUMNS += (f"peak MB at {FEWER:,}", "peak MB", "beside two statements", "of rounds")
BULK = "bulk change"
CALLS = {BULK: bulks, "CSV export": exports, "CSV import": imports}


@dataclass
class Found:
    """What one call for so many rooms took, and what two statements took for the same."""

    name: str
    times: list[Times]
    peaks: tuple[float, float]
    statements: int | str

    def ratios(self):
        ours, *others = (times.walls for times in self.times)
        return [one / theirs for other in others for one, theirs in zip(ours, other, strict=True)]

    @property
    def ratio(self):
        return median(self.ratios())

    def line(self):
        times, ratios = self.times[0], self.ratios()
        walls = times.walls
        return row(
            *(self.name, f"{median(walls):.2f}", f"{min(walls):.2f} to {max(walls):.2f}"),
            *(f"{seconds / len(walls):.2f}" for seconds in (times.server, times.database)),
            str(self.statements),
            *(f"{peak:.0f}" for peak in self.peaks),
            f"{self.ratio:.2f} x" if ratios else "",
            f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else "",
        )

    def short_line(self):
        beside = f"{self.ratio:5.2f}" if self.ratios() else "     "
        fewer, peak = self.peaks
        return f"{beside}  {self.name}; its peak is {peak / fewer:.2f} of that of {FEWER:,}"


def run(asked, sides, database):
    """Measure each call on the many rooms, and print it."""
    side = sides[-1]
    # As many again are there for the two statements: nobody changes what another one sent.
    found = versions(side, 2 * (IN_A_QUICK_RUN if asked.quick else ROOMS_AT_ONCE))
    rooms = len(found) // 2
    print(f"\n## {rooms:,} of {side.name} in one call\n")
    if not asked.quick:
        print(results.head(COLUMNS))
    return [
        _one(asked, database, side, name, [room for room, _ in found])
        for name in CALLS
        if asked.only in name
    ]


def _one(asked, database, side, name, ids):
    half = len(ids) // 2
    fewer, entrant = (_entrant(side, name, ids[:count]) for count in (min(FEWER, half), half))
    others = [TwoStatements(side, ids[half:])] if name == BULK else []
    peak_of_fewer = _peak(side, lambda: measure([fewer], database, Load(1), 2))
    times = []
    peak = _peak(
        side,
        lambda: times.extend(measure([entrant, *others], database, Load(1), asked.rounds)),
    )
    found = Found(name, times, (peak_of_fewer, peak), _statements(asked, entrant, database))
    print(found.short_line() if asked.quick else found.line(), flush=True)
    return found


def _entrant(side, name, ids):
    return Entrant(side, CALLS[name](name, side, ids), side.as_program, is_warm=True)


def _peak(side, act):
    """Return the megabytes that the server took at most while `act` was done."""
    forget_peak(side.server.process.pid)
    act()
    return peak_mb(side.server.process.pid)


def _statements(asked, entrant, database):
    if asked.quick:
        return ""
    with log_statements(database):
        return count_of(recorded(entrant, database.log))
