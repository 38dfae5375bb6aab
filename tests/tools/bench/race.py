"""Compare the speed of Greenroom and its rivals on the same rooms."""

from dataclasses import dataclass, replace
from statistics import median

from tests.tools.bench import results
from tests.tools.bench.floor import floor
from tests.tools.bench.logged import log_statements, statements
from tests.tools.bench.race_workloads import (
    GET_UNCHANGED,
    LIST_PAGE,
    PUT_ONE,
    divide_rooms,
    groups,
    require_same_responses,
)
from tests.tools.bench.results import row
from tests.tools.bench.rivals import by_hand, stock
from tests.tools.bench.rounds import MANY_CONNECTIONS, Load, Times, measure

__all__ = ["GET_UNCHANGED", "LIST_PAGE", "PUT_ONE", "Race", "run"]

COLUMNS = ("", "connections", "server", "per second", "range of rounds", "p50 ms", "p99 ms")
COLUMNS += ("server CPU ms", "database CPU ms", "SQL", "times", "range of rounds")
# The workloads with a target are measured longer.
TARGETED, LONGER = (PUT_ONE, GET_UNCHANGED, LIST_PAGE), 2
QUICK = (*TARGETED, "PUT that changes nothing", "GET", "GET list, first page")
QUICK += ("GET list, search=berlin",)


@dataclass
class Race:
    """One workload over a number of connections, with the Times of each participant."""

    name: str
    connections: int
    times: dict[str, Times]
    statements: dict[str, int]

    def ratio(self, other):
        """Return Greenroom's rate divided by the other's: the median of the rounds."""
        return median(self.ratios(other))

    def ratios(self, other):
        pairs = zip(self.times["Greenroom"].rates(), self.times[other].rates(), strict=True)
        return [rate / other_rate for rate, other_rate in pairs]

    def lines(self):
        return [self._line(server, times) for server, times in self.times.items()]

    def short_lines(self):
        name = f"{self.name} at {self.connections}"
        for server in list(self.times)[1:]:
            ratios = self.ratios(server)
            spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
            yield f"{median(ratios):5.2f}  {spread}  {name}, compared with {server}"

    def server_ms(self, server):
        times = self.times[server]
        return times.server * 1000 / len(times.all())

    def _line(self, server, times):
        rates, ratios = times.rates(), self.ratios(server)
        others = sorted(times.statuses - {200})
        name = f"{self.name} ({', '.join(map(str, others))})" if others else self.name
        return row(
            *(name, str(self.connections), server, f"{median(rates):,.0f}"),
            f"{min(rates):,.0f} to {max(rates):,.0f}",
            *(f"{times.percentile(percent) * 1000:.2f}" for percent in (50, 99)),
            f"{self.server_ms(server):.2f}" if times.server else "",
            f"{times.database * 1000 / len(times.all()):.2f}",
            str(self.statements.get(server, "")),
            "" if server == "Greenroom" else f"{median(ratios):.2f} x",
            "" if server == "Greenroom" else f"{min(ratios):.2f} to {max(ratios):.2f}",
        )


def run(options, sides, database):
    """Start the rivals on the smaller database and measure each workload in alternating rounds."""
    first = replace(sides[0], name="Greenroom")
    print(f"\n## Greenroom and its rivals, {sides[0].name}\n")
    if not options.quick:
        print(results.head(COLUMNS))
    with stock(first) as django, by_hand(first) as hand:
        require_same_responses(first, hand)
        *servers, alone = divide_rooms(first, django, hand, replace(first, name="alone"))
        return list(_races(options, servers, alone.rows.room_ids, database))


def _races(options, servers, rooms, database):
    for participants in groups(*servers):
        name = participants[0].workload.name
        if options.only not in name or (options.quick and name not in QUICK):
            continue
        others = floor(database, participants[0], rooms) if name == PUT_ONE else []
        counts = _statements(options, participants, database)
        counts |= {one.name: one.script.statements for one in others}
        for connections in (1, MANY_CONNECTIONS):
            seconds = options.seconds * (LONGER if name in TARGETED else 1)
            load = Load(seconds=seconds, connections=connections)
            yield _race(options, [*participants, *others], database, load, counts)


def _race(options, participants, database, load, counts):
    measured = measure(participants, database, load, options.rounds)
    times = {one.name: one_times for one, one_times in zip(participants, measured, strict=True)}
    race = Race(participants[0].workload.name, load.connections, times, counts)
    print("\n".join(race.short_lines() if options.quick else race.lines()), flush=True)
    return race


def _statements(options, participants, database):
    if options.quick:
        return {}
    with log_statements(database):
        return {one.name: statements(one, database.log) for one in participants}
