"""The metrics for Prometheus: the counters of all processes, and gauges from the tables."""

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from config.monitoring.counters import REGISTRY
from config.monitoring.gauges import Tables
from config.server.command import COUNTS


def exposition() -> tuple[bytes, str]:
    """Return the text and its content type."""
    tables = CollectorRegistry()
    tables.register(Tables())
    return generate_latest(_counted()) + generate_latest(tables), CONTENT_TYPE_LATEST


def _counted() -> CollectorRegistry:
    if COUNTS not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)
    return together
