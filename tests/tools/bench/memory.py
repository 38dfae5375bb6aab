"""Peak memory of a server, as Linux counts it since the last reset."""

import re
from pathlib import Path

from tests.tools.bench.processor import with_descendants


def reset_peak(pid):
    """Reset the peak memory of a process and its descendants to their current memory."""
    for one in with_descendants(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def peak_mb(pid):
    """Return the largest peak memory among a process and its descendants, in megabytes."""
    return max(map(_peak, with_descendants(pid)))


def _peak(pid):
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
