"""Bulk change, export and import of ten thousand rooms, compared with two SQL statements."""

from dataclasses import dataclass
from statistics import median

from tests.tools.bench import results
from tests.tools.bench.bulk_workloads import TwoStatements, bulks, exports, imports, versions
from tests.tools.bench.logged import count_of, log_of_request, log_statements
from tests.tools.bench.memory import peak_mb, reset_peak
from tests.tools.bench.results import row
from tests.tools.bench.rounds import Load, Participant, Times, measure

ROOMS, QUICK_ROOMS, FEWER = 10_000, 5_000, 1_000
COLUMNS = ("", "seconds", "range of rounds", "server CPU s", "database CPU s", "SQL")
COLUMNS += (f"peak MB at {FEWER:,}", "peak MB", "times two statements", "range of rounds")
BULK = "bulk change"
CALLS = {BULK: bulks, "CSV export": exports, "CSV import": imports}


@dataclass
class CallResult:
    """The measurements of one call for many rooms, and of two statements that do the same."""

    name: str
    times: list[Times]
    peaks: tuple[float, float]
    statements: int | str

    def ratios(self):
        calls, *others = (times.durations for times in self.times)
        return [call / one for other in others for call, one in zip(calls, other, strict=True)]

    @property
    def ratio(self):
        return median(self.ratios())

    def line(self):
        times, ratios = self.times[0], self.ratios()
        durations = times.durations
        return row(
            *(
                self.name,
                f"{median(durations):.2f}",
                f"{min(durations):.2f} to {max(durations):.2f}",
            ),
            *(f"{seconds / len(durations):.2f}" for seconds in (times.server, times.database)),
            str(self.statements),
            *(f"{peak:.0f}" for peak in self.peaks),
            f"{self.ratio:.2f} x" if ratios else "",
            f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else "",
        )

    def short_line(self):
        ratio = f"{self.ratio:5.2f}" if self.ratios() else "     "
        fewer, peak = self.peaks
        return f"{ratio}  {self.name}; peak memory {peak / fewer:.2f} times that of {FEWER:,} rooms"


def run(options, sides, database):
    """Measure each call on the larger database and print the results."""
    side = sides[-1]
    # Read twice the number: the two statements change other rooms than the calls.
    known = versions(side, 2 * (QUICK_ROOMS if options.quick else ROOMS))
    rooms = len(known) // 2
    print(f"\n## {rooms:,} of {side.name} in one call\n")
    if not options.quick:
        print(results.head(COLUMNS))
    return [
        _measure(options, database, side, name, [room for room, _ in known])
        for name in CALLS
        if options.only in name
    ]


def _measure(options, database, side, name, ids):
    half = len(ids) // 2
    fewer, participant = (
        _participant(side, name, ids[:count]) for count in (min(FEWER, half), half)
    )
    others = [TwoStatements(side, ids[half:])] if name == BULK else []
    peak_of_fewer = _peak(side, lambda: measure([fewer], database, Load(1), 2))
    times = []
    peak = _peak(
        side,
        lambda: times.extend(measure([participant, *others], database, Load(1), options.rounds)),
    )
    result = CallResult(
        name, times, (peak_of_fewer, peak), _statements(options, participant, database)
    )
    print(result.short_line() if options.quick else result.line(), flush=True)
    return result


def _participant(side, name, ids):
    return Participant(side, CALLS[name](name, side, ids), side.api_headers, is_warm=True)


def _peak(side, act):
    """Return the peak memory of the server during `act`, in megabytes."""
    reset_peak(side.server.process.pid)
    act()
    return peak_mb(side.server.process.pid)


def _statements(options, participant, database):
    if options.quick:
        return ""
    with log_statements(database):
        return count_of(log_of_request(participant, database.log))
