"""What was measured, in words and numbers: a table in Markdown, one line for each piece of work."""

import os
import platform
from dataclasses import dataclass
from statistics import median

from tests.tools.bench.rounds import Times

# What issue and customer ask of the pages: as quick with a million rooms as with ten thousand.
MOST_TIMES = 1.5
COLUMNS = ("", "ratio", "of rounds", "p50 ms", "p99 ms", "server CPU ms", "database CPU ms", "SQL")


@dataclass
class Result:
    """One piece of work: the Times of both sides, and how many statements one request sends."""

    name: str
    times: list[Times]
    statements: list[int]

    def ratios(self):
        """Return the second side's time over the first one's, of each round's medians."""
        first, second = (times.medians() for times in self.times)
        return [after / before for before, after in zip(first, second, strict=True)]

    @property
    def ratio(self):
        return median(self.ratios())

    def line(self):
        ratios = self.ratios()
        return row(
            self.name,
            f"**{self.ratio:.2f}**" if self.ratio > MOST_TIMES else f"{self.ratio:.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            _both(times.at(50) * 1000 for times in self.times),
            _both(times.at(99) * 1000 for times in self.times),
            _both(_each_ms(times, times.server) for times in self.times),
            _both(_each_ms(times, times.database) for times in self.times),
            str(self.statements[0])
            if len(set(self.statements)) == 1
            else " / ".join(map(str, self.statements)),
        )

    def short_line(self):
        """Return the ratio alone: the one number that a busy machine leaves standing."""
        ratios = self.ratios()
        return f"{self.ratio:5.2f}  ({min(ratios):.2f} to {max(ratios):.2f})  {self.name}"


def head(columns=COLUMNS):
    return "\n".join([row(*columns), row(*(["---"] + ["---:"] * (len(columns) - 1)))])


def machine(database):
    """Return what it was measured on; `database` is what is told of that."""
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {busy:.1f} at the start; {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, {database}"
    )


def row(*cells):
    return f"| {' | '.join(cells)} |"


def _both(numbers):
    return " / ".join(f"{number:.1f}" for number in numbers)


def _each_ms(times, seconds):
    return seconds * 1000 / len(times.all())
