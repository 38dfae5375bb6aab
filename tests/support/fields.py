"""The fields of a room's settings, and JSON values for them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from rooms.models import Room

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STRICT = [field for field in Room._meta.fields if hasattr(field, "require_type")]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def field(name):
    return Room._meta.get_field(name)


def clean(name, value):
    return field(name).clean(value, None)
