"""access/staff/times.py writes every time on the staff pages and in Django's admin."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, StaffFactory
from tests.support.page_catalogue import address, one_of_everything, pages

# Files that write a time for a program, for a spreadsheet, for an input or on an axis.
OTHER_WRITERS = {
    # The form of a token.
    "access/pages/tokens/forms.py",
    "access/staff/clock_changes.py",
    "access/staff/times.py",
    "access/webhooks/outbox.py",
    "access/webhooks/turns.py",
    "rooms/bulk/sheet_times.py",
    "rooms/display/periods.py",
    "rooms/display/timeline.py",
    "rooms/pages/room/copies.py",
    "rooms/pages/room/moment_field.py",
    "rooms/pages/room/zone_choice.py",
    "rooms/rules/form_fields.py",
    "sessions/models/event.py",
}
# Django's "9:26 p.m.", "2026-11-29 20:15" but for the example of an import, seconds, and UTC.
OTHER_WAYS = re.compile(r"[ap]\.m\.|(?<!or )\d{4}-\d\d-\d\d[ T]\d\d:|\d\d:\d\d:\d\d|\bUTC\b")
LEFT_OUT = re.compile(r"<(style|script|pre|code|textarea|text|svg|footer)\b.*?</\1>", re.S)


def test_templates_use_no_filter_of_django_for_times():
    found = [
        f"{path}: {line.strip()}"
        for path in Path("templates").rglob("*.html")
        for line in path.read_text().splitlines()
        if re.search(r"\|(date|time|timesince|timeuntil)\b", line)
    ]

    assert not found


def test_no_other_code_formats_a_time():
    found = {
        str(path)
        for app in ("access", "rooms", "sessions")
        for path in Path(app).rglob("*.py")
        if re.search(r"%H:%M|DATETIME_FORMAT", path.read_text())
    }

    assert found == OTHER_WRITERS


@pytest.mark.django_db
def test_no_page_writes_a_time_in_another_way(client):
    client.cookies["zone"] = "Europe/Berlin"
    rows = one_of_everything("Ward 3", owner=StaffFactory())
    change_room(
        Room.objects, rows["room"].pk, {"join_from": whole_second(timezone.now())}, by=TESTS
    )
    to_view = Permission.objects.filter(codename__startswith="view_")
    viewer = StaffFactory(is_superuser=False)
    viewer.user_permissions.set(to_view)

    found = []
    for person in (rows["person"], viewer):
        client.force_login(person)
        for page in pages():
            answer = client.get(address(page, rows))
            if answer.status_code == 200 and b"<html" in getattr(answer, "content", b""):
                found += [f"{page[1]}: {one}" for one in _other_ways(answer.content.decode())]

    assert not found, "\n".join(found)


def _other_ways(html):
    words = re.sub(r"<[^>]*>", " ", LEFT_OUT.sub(" ", html))
    return [words[max(0, one.start() - 40) : one.end() + 20] for one in OTHER_WAYS.finditer(words)]
