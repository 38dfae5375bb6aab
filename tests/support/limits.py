"""One table of invalid values for every channel."""

from datetime import UTC, datetime

from tests.support.bad_values import (
    BEYOND_THE_CHECK,
    HASH,
    NOT_ON_THE_FORM,
    NULL_IS_BLANK,
    NUMBER,
    ONE,
    PARAMETER,
    READ_ONLY,
    STORED_AS_TEXT,
    TWELVE,
    Bad,
    No,
    choices,
    moments,
    numbers,
    switches,
    texts,
)
from tests.support.tables import each

TABLE = [
    *numbers("max_members", 1, 300),
    Bad("max_members", None, NUMBER),
    *numbers("remove_after_seconds_elapsed", 1, 2**31 - 1),
    *choices("quality", "720P", "4k"),
    *choices("layout", "Grid-responsive", "1x10"),
    *switches("record_on_start"),
    *switches("enable_room_previews"),
    *switches("audio_video_sync"),
    *moments("join_from"),
    *moments("join_until"),
    *moments("remove_at"),
    Bad("join_from", "2030-01-01T13:00:00Z", "invalid_join_until_date", sql=ONE,
        told_of="join_until"),
    Bad("join_until", "2030-01-01T12:00:00Z", "invalid_join_until_date", sql=TWELVE),
    Bad("join_until", "2029-01-01", "invalid_join_until_date",
        sql=datetime(2029, 1, 1, tzinfo=UTC)),
    Bad("remove_at", "2030-01-01T12:00:00Z", PARAMETER, sql=TWELVE),
    *texts("display_name", 200),
    *[Bad("display_name", text, PARAMETER) for text in ("a\nb", "a\r\nb", "a\tb", "a\u202eb")],
    *[Bad("display_name", text, PARAMETER) for text in ("\u200b\u2060", " \u200b ", "a\u2028b")],
    Bad("display_name", "\U0001d173\U0001d174", PARAMETER, sql=BEYOND_THE_CHECK),
    *texts("description", 3000),
    Bad("meta", {"k": "x" * 1993}, PARAMETER, typed='{"k":"%s"}' % ("x" * 1993),
        sql='{"k":"%s"}' % ("x" * 1993)),
    Bad("meta", [], HASH, typed="[]", sql="[]"),
    Bad("meta", 5, HASH, typed="5", sql="5"),
    Bad("meta", True, HASH, typed="true", sql="true"),
    Bad("meta", "x", HASH, sql="x"),
    Bad("meta", "", HASH, typed=NULL_IS_BLANK),
    Bad("meta", {"k": "a\x00"}, HASH, typed='{"k":"a\\u0000"}', sql=STORED_AS_TEXT),
    Bad("meta", {"k": "\ud800"}, HASH, typed='{"k":"\\ud800"}', sql=STORED_AS_TEXT),
    # Fixed or read-only fields; the API repeats the message of change_room for the name only.
    Bad("name", "two words", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "x" * 101, PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "a\n", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", None, PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("fps", 25, "unknown_parameter", typed=NOT_ON_THE_FORM, api=READ_ONLY),
    Bad("fps", None, "unknown_parameter", typed=NOT_ON_THE_FORM, api=READ_ONLY),
]  # fmt: skip


def rows(door):
    """Run a test with each of the table's rows for a channel."""
    return each("bad", [bad for bad in TABLE if not isinstance(bad.at(door), No)], ids=str)
