"""The results as a Markdown table."""

from collections import Counter
from statistics import median

from tests.tools.failover.rounds import KINDS

HEAD = (
    "kind",
    "failovers",
    "fault to first 200",
    "promotion to first 200",
    "… to all writers",
    "removal",
    "slowest response",
    "200 / 503 / other",
    "lost",
    "webhooks missing",
    "processes ended",
)


def table(outcomes):
    """Return a row for each kind: the median and the maximum of each time, in seconds."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    for kind in KINDS:
        if found := [one for one in outcomes if one.kind == kind]:
            lines.append(_line(_cells(kind, found)))
    return "\n".join(lines)


def _cells(kind, found):
    counts = ("lost", "undelivered", "restarted")
    times = ("outage", "after_promotion", "all_after_promotion", "removal_after", "slowest")
    statuses = sum((one.statuses for one in found), Counter())
    other = sum(count for status, count in statuses.items() if status not in (200, 503))
    return [
        kind,
        len(found),
        *(_times([getattr(one, name) for one in found]) for name in times),
        f"{statuses[200]} / {statuses[503]} / {other}",
        *(sum(getattr(one, name) for one in found) for name in counts),
    ]


def _times(values):
    return f"{median(values):.1f} (at most {max(values):.1f})"


def _line(cells):
    return f"| {' | '.join(map(str, cells))} |"
