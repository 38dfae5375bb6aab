"""Ours beside the others, on the same rooms: who is how fast at what."""

from dataclasses import dataclass, replace
from statistics import median

from tests.tools.bench import results
from tests.tools.bench.floor import floor
from tests.tools.bench.logged import log_statements, statements
from tests.tools.bench.race_work import GET_UNCHANGED, PUT_ONE, agree, shares, turns
from tests.tools.bench.results import row
from tests.tools.bench.rivals import by_hand, stock
from tests.tools.bench.rounds import CROWD, Load, Times, measure

__all__ = ["GET_UNCHANGED", "PUT_ONE", "Race", "run"]

COLUMNS = ("", "connections", "who", "a second", "of rounds", "p50 ms", "p99 ms")
COLUMNS += ("server CPU ms", "database CPU ms", "SQL", "ours is", "of rounds")
# What is promised is measured for longer, and what a quick run has time for.
PROMISED, LONGER = (PUT_ONE, GET_UNCHANGED), 2
QUICK = (*PROMISED, "PUT that changes nothing", "GET", "GET list, first page")
QUICK += ("GET list, search=berlin",)


@dataclass
class Race:
    """One piece of work over so many connections: the Times of each who took part."""

    name: str
    connections: int
    times: dict[str, Times]
    statements: dict[str, int]

    def ratio(self, other):
        """Return how many times as many requests ours answers: the median over the rounds."""
        return median(self.ratios(other))

    def ratios(self, other):
        pairs = zip(self.times["ours"].rates(), self.times[other].rates(), strict=True)
        return [ours / theirs for ours, theirs in pairs]

    def lines(self):
        return [self._line(who, times) for who, times in self.times.items()]

    def short_lines(self):
        name = f"{self.name} at {self.connections}"
        for who in list(self.times)[1:]:
            ratios = self.ratios(who)
            spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
            yield f"{median(ratios):5.2f}  {spread}  {name}, beside {who}"

    def server_ms(self, who):
        times = self.times[who]
        return times.server * 1000 / len(times.all())

    def _line(self, who, times):
        rates, ratios = times.rates(), self.ratios(who)
        others = sorted(times.statuses - {200})
        name = f"{self.name} ({', '.join(map(str, others))})" if others else self.name
        return row(
            *(name, str(self.connections), who, f"{median(rates):,.0f}"),
            f"{min(rates):,.0f} to {max(rates):,.0f}",
            *(f"{times.at(percent) * 1000:.2f}" for percent in (50, 99)),
            f"{self.server_ms(who):.2f}" if times.server else "",
            f"{times.database * 1000 / len(times.all()):.2f}",
            str(self.statements.get(who, "")),
            "" if who == "ours" else f"{median(ratios):.2f} x",
            "" if who == "ours" else f"{min(ratios):.2f} to {max(ratios):.2f}",
        )


def run(asked, sides, database):
    """Start the others beside ours on the few rooms, and measure each piece of work, in turns."""
    mine = replace(sides[0], name="ours")
    print(f"\n## Ours beside the others, {sides[0].name}\n")
    if not asked.quick:
        print(results.head(COLUMNS))
    with stock(mine) as tutorial, by_hand(mine) as hand:
        agree(mine, hand)
        *servers, alone = shares(mine, tutorial, hand, replace(mine, name="alone"))
        return list(_all(asked, servers, alone.rows.room_ids, database))


def _all(asked, servers, rooms, database):
    for entrants in turns(*servers):
        name = entrants[0].work.name
        if asked.only not in name or (asked.quick and name not in QUICK):
            continue
        others = floor(database, entrants[0], rooms) if name == PUT_ONE else []
        counts = _statements(asked, entrants, database)
        counts |= {one.name: one.script.statements for one in others}
        for connections in (1, CROWD):
            seconds = asked.seconds * (LONGER if name in PROMISED else 1)
            load = Load(seconds=seconds, connections=connections)
            everybody = [*entrants, *others]
            times = measure(everybody, database, load, asked.rounds)
            named = {one.name: took for one, took in zip(everybody, times, strict=True)}
            found = Race(name, connections, named, counts)
            print("\n".join(found.short_lines() if asked.quick else found.lines()), flush=True)
            yield found


def _statements(asked, entrants, database):
    if asked.quick:
        return {}
    with log_statements(database):
        return {one.name: statements(one, database.log) for one in entrants}
