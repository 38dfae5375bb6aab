"""Times in UTC, the inputs of a time in a form, and its errors."""

import re
from datetime import UTC, datetime


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def input_of(response, name):
    return re.search(
        rf'<input type="datetime-local" name="{name}"[^>]*>', response.content.decode()
    )[0]


def radios_of(response, name):
    """Return the offsets to choose from, and the chosen ones."""
    radios = re.findall(
        rf'<input type="radio"[^>]*name="{name}_offset"[^>]*>', response.content.decode()
    )
    values = [re.search(r'value="([^"]*)"', radio)[1] for radio in radios]
    chosen = [value for value, radio in zip(values, radios, strict=True) if "checked" in radio]
    return values, chosen


def faults(response, name):
    return list(response.context["form"].errors.get(name, []))
