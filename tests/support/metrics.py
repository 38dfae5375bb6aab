"""The metrics of a server, as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

TOKEN = "a-token-for-prometheus"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def samples(text):
    """Return the values of a scrape by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
