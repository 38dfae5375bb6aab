"""The results as text: a Markdown table with one row for each workload."""

import os
import platform
from dataclasses import dataclass
from statistics import median

from tests.tools.bench.rounds import Times

# The limit for pages: the time with a million rooms over the time with ten thousand.
MAX_RATIO = 1.5
COLUMNS = (
    "",
    "ratio",
    "range of rounds",
    "p50 ms",
    "p99 ms",
    "server CPU ms",
    "database CPU ms",
    "SQL",
)


@dataclass
class Result:
    """One workload: the Times of both sides, and the number of statements of one request."""

    name: str
    times: list[Times]
    statements: list[int]

    def ratios(self):
        """Return for each round the median time of the second side over that of the first."""
        first, second = (times.medians() for times in self.times)
        return [after / before for before, after in zip(first, second, strict=True)]

    @property
    def ratio(self):
        return median(self.ratios())

    def line(self):
        ratios = self.ratios()
        return row(
            self.name,
            f"**{self.ratio:.2f}**" if self.ratio > MAX_RATIO else f"{self.ratio:.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            _per_side(times.percentile(50) * 1000 for times in self.times),
            _per_side(times.percentile(99) * 1000 for times in self.times),
            _per_side(_request_ms(times, times.server) for times in self.times),
            _per_side(_request_ms(times, times.database) for times in self.times),
            str(self.statements[0])
            if len(set(self.statements)) == 1
            else " / ".join(map(str, self.statements)),
        )

    def short_line(self):
        """Return the ratio only, because times are not meaningful on a busy machine."""
        ratios = self.ratios()
        return f"{self.ratio:5.2f}  ({min(ratios):.2f} to {max(ratios):.2f})  {self.name}"


def head(columns=COLUMNS):
    return "\n".join([row(*columns), row(*(["---"] + ["---:"] * (len(columns) - 1)))])


def machine(database):
    """Describe the machine; `database` describes PostgreSQL."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {load:.1f} at the start; {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, {database}"
    )


def row(*cells):
    return f"| {' | '.join(cells)} |"


def _per_side(numbers):
    return " / ".join(f"{number:.1f}" for number in numbers)


def _request_ms(times, seconds):
    return seconds * 1000 / len(times.all())
