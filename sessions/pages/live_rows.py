"""The rows of live sessions on the operator's page, with the texts that each of them needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString

from access.staff.addresses import address_of
from access.staff.times import time_text
from rooms.display.previews import live_picture
from rooms.display.times import relative
from rooms.templatetags.times import time_tag
from sessions.models import RoomSession
from sessions.pages.fills import fill_meter, fill_pill, occupancy


@dataclass(frozen=True)
class LiveRow:
    id: UUID
    url: str
    name: str
    picture: SafeString
    # A meter, "3 of 20", and a pill if that is much.
    inside: SafeString
    since: SafeString
    ends: str | SafeString


def live_session_rows(
    sessions: Iterable[RoomSession], now: datetime, *, may_watch: bool
) -> list[LiveRow]:
    """Return a row for each session that was read with `inside`; pictures need `may_watch`."""
    today = timezone.localdate(now)
    return [
        LiveRow(
            one.pk,
            address_of("session-page", one.pk),
            one.display_name,
            live_picture(one, one.display_name) if may_watch else SafeString(""),
            SafeString(f"{fill_meter(one)} {occupancy(one)} {fill_pill(one)}"),
            time_tag(one.start_time, relative(one.start_time, now)),
            time_tag(one.remove_at, time_text(one.remove_at, now, today)) if one.remove_at else "—",
        )
        for one in sessions
    ]
