"""How much memory a server takes at its peak: Linux counts it, from when it is told to forget."""

import re
from pathlib import Path

from tests.tools.bench.processor import tree


def forget_peak(pid):
    """Let the peak of a process, and of all that it started, be what they take now."""
    for one in tree(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def peak_mb(pid):
    """Return the megabytes that the largest of a process and of all that it started took."""
    return max(map(_peak, tree(pid)))


def _peak(pid):
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
