"""The metrics for Prometheus: the counters of all processes, and gauges from the database."""

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from config.monitoring.counters import REGISTRY
from config.monitoring.gauges import DatabaseGauges
from config.server.command import COUNTS


def metrics_text() -> tuple[bytes, str]:
    """Return the metrics in Prometheus' text format, and the content type."""
    gauges = CollectorRegistry()
    gauges.register(DatabaseGauges())
    return generate_latest(_counters()) + generate_latest(gauges), CONTENT_TYPE_LATEST


def _counters() -> CollectorRegistry:
    if COUNTS not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry
