"""Compare a healthy client's PUTs in quiet and in disturbed rounds, which alternate."""

import multiprocessing
import time
from contextlib import contextmanager, nullcontext
from statistics import median

from tests.tools.bench.rounds import Times
from tests.tools.faults.service import Finding, HealthyClient

MOST_TIMES = 3


def compare(what, service, options, disturb):
    """Return the Finding of a PUT during disturb(service, over), which runs until `over` is set.

    Other load of the machine affects the rounds of both kinds.
    """
    quiet, disturbed = [], []
    for number in range(options.rounds):
        pair = [(quiet, nullcontext()), (disturbed, _beside(disturb, service))]
        for rounds, around in pair if number % 2 == 0 else reversed(pair):
            with around:
                rounds.append(_round(service, options.seconds))
    return finding(what, quiet, disturbed)


@contextmanager
def _beside(disturb, service):
    """Disturb from another process, which would slow down the client of this one, and end."""
    context = multiprocessing.get_context("fork")
    over = context.Event()
    process = context.Process(target=disturb, args=(service, over))
    process.start()
    try:
        yield
        over.set()
        # The server has ended its part before the next round.
        process.join(60)
        if process.exitcode != 0:
            raise RuntimeError("The disturbance failed or did not end.")
    finally:
        process.kill()


def _round(service, seconds):
    """Return the Times of the PUTs of one round."""
    times, end = [], time.perf_counter() + seconds
    with HealthyClient(service) as client:
        while (start := time.perf_counter()) < end:
            client.put()
            times.append(time.perf_counter() - start)
    return Times([times])


def finding(what, quiet, disturbed):
    """Return the medians of the rounds and of their ratios."""
    figures, ratios = [], []
    for percent in (50, 99):
        before, after = ([one.percentile(percent) for one in kind] for kind in (quiet, disturbed))
        ratios.append(median(b / a for a, b in zip(before, after, strict=True)))
        figures.append((median(before), median(after)))
    shown = [" / ".join(f"{p * 1000:.1f}" for p in kind) for kind in zip(*figures, strict=True)]
    figure = f"{shown[1]} ms; quiet {shown[0]} ms; {ratios[0]:.1f} / {ratios[1]:.1f} times"
    is_met = ratios[1] < MOST_TIMES
    return Finding(f"PUT p50 / p99 {what}", figure, f"p99 < {MOST_TIMES} times quiet", is_met)
