"""Where the packets of a track belong on the common clock.

A packet has two times: its arrival, which the network delays, and the sender's clock, which stands
still while a microphone is off and runs a little fast or slow. Their difference is the lateness.
The earliest packets of five seconds show the true lateness, as a network never hastens a packet.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy

# Seconds: between two corrections, of one step of the search for jumps, of a jump that counts, and
# for how long a jump must last.
KNOT, BIN, JUMP, LASTS = 5.0, 0.1, 0.3, 1.0


def packet_times(arrivals: Any, clocks: Any, *, in_sync: bool) -> Any:
    """Return the time of each packet in seconds, in the same order.

    A track that is `in_sync` follows the arrivals of its packets, smoothed. Another one runs from
    its first packet by the sender's clock: this is audio_video_sync=false.
    """
    if not in_sync:
        return arrivals[0] + (clocks - clocks[0])
    found = numpy.empty_like(arrivals)
    # A damaged file may not have the order of the arrivals.
    order = numpy.argsort(arrivals, kind="stable")
    arrivals, clocks = arrivals[order], clocks[order]
    lateness = arrivals - clocks
    for piece in _pieces(arrivals, lateness):
        smooth = _smoothed(arrivals[piece], clocks[piece], lateness[piece])
        found[order[piece]] = clocks[piece] + smooth
    return found


def _pieces(arrivals: Any, lateness: Any) -> Iterator[slice]:
    """Yield the parts of a track between which its clock jumps."""
    bins = ((arrivals - arrivals[0]) / BIN).astype("q")
    firsts = numpy.flatnonzero(numpy.diff(bins, prepend=-1))
    least = numpy.minimum.reduceat(lateness, firsts)
    begins = [0, *firsts[_jumps(bins[firsts], least)].tolist(), len(arrivals)]
    for begin, end in pairwise(begins):
        if begin < end:
            yield slice(begin, end)


def _jumps(times: Any, least: Any) -> list[int]:
    """Return the bins from which on the lateness is another."""
    width = round(LASTS / BIN)
    ahead = _least_ahead(times, least, width)
    found, begin = [], 0
    for one in range(1, len(times)):
        since = max(begin, int(numpy.searchsorted(times, times[one - 1] - width)))
        behind = least[since:one].min()
        if least[one] < behind - JUMP or min(least[one], ahead[one]) > behind + JUMP:
            found.append(one)
            begin = one
    return found


def _least_ahead(times: Any, least: Any, width: int) -> Any:
    """Return the least lateness from each bin until `width` bins later."""
    ends: Any = numpy.searchsorted(times, times + width)
    return numpy.array([least[one:end].min() for one, end in enumerate(ends)])


def _smoothed(arrivals: Any, clocks: Any, lateness: Any) -> Any:
    """Return the lateness of a piece, linear between the earliest packets of each five seconds."""
    windows = ((arrivals - arrivals[0]) / KNOT).astype("q")
    # The rest of a piece would be too short to show its lateness.
    windows = numpy.minimum(windows, max(0, int((arrivals[-1] - arrivals[0]) / KNOT) - 1))
    firsts = numpy.flatnonzero(numpy.diff(windows, prepend=-1))
    bounds = [*firsts.tolist(), len(arrivals)]
    knots = [begin + int(lateness[begin:end].argmin()) for begin, end in pairwise(bounds)]
    at, first = numpy.unique(clocks[knots], return_index=True)
    return numpy.interp(clocks, at, lateness[knots][first])
