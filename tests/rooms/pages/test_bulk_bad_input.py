"""Bulk edit on the staff pages: missing permissions and invalid requests."""

import pytest

from rooms.changes.validation import SETTINGS
from rooms.models.job import Job
from tests.factories import RoomFactory
from tests.support.api import nothing_changes
from tests.support.bulk_changes import MAY
from tests.support.bulk_pages import BULK, EARLIER, choose, job, try_on, window
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


class TestWho:
    @pytest.mark.parametrize("lacking", MAY)
    def test_each_permission_is_required(self, client, lacking):
        log_in(client, *(one for one in MAY if one != lacking))

        assert choose(client, [RoomFactory()]).status_code == 403

    def test_job_of_another_user_is_not_found(self, client):
        log_in(client)
        try_on(client, [window()], **EARLIER)
        log_in(client)
        url = f"/jobs/{job().pk}"

        assert client.get(url).status_code == 404
        assert client.get(f"{url}/progress").status_code == 404
        assert client.get(f"{url}/rooms.csv").status_code == 404
        with nothing_changes():
            assert client.post(f"{url}/apply", {"mode": "all"}).status_code == 404


HUGE = "9" * 5000


class TestBadInput:
    """Requests that no page sends: never answered with 5xx, and never a change."""

    @pytest.mark.parametrize(
        "sent",
        [
            {"ids": ["{room}"] * 3},
            {"ids": ["{room}", "not an id"]},
            {"all": "1", "query": "search=%00"},
            {"all": "1", "query": "status=x&project=y&live=z"},
            {"all": "1", "query": "&".join(["a=1"] * 2000)},
            {"all": "1", "query": "search=" + "x" * 5000},
            {"job": "{room}"},
            {"job": HUGE},
            {"ids": "{room}", "preview": "1"},
            {"ids": "{room}", "preview": "1", "zone": "Mars/Phobos", "direction": "up"},
            {"ids": "{room}", "preview": "1", "zone": "UTC", "days": HUGE, "minutes": "60"},
            {"ids": "{room}", "preview": "1", "zone": "UTC", "hours": "\x00", "meta": "\x00"},
            {
                **{"ids": "{room}", "preview": "1", "zone": "UTC"},
                **{f"change_{name}": "on" for name in SETTINGS},
                **dict.fromkeys(SETTINGS, "\x00\u202e"),
            },
            {
                **{"ids": "{room}", "preview": "1", "zone": "UTC"},
                **{f"change_{name}": "on" for name in SETTINGS},
                **dict.fromkeys(SETTINGS, HUGE),
            },
        ],
    )
    def test_invalid_selection(self, client, sent):
        log_in(client)
        room = RoomFactory()
        filled = {
            name: [str(room.pk) if one == "{room}" else one for one in value]
            if isinstance(value, list)
            else value.replace("{room}", str(room.pk))
            for name, value in sent.items()
        }

        with nothing_changes():
            answer = client.post(BULK, filled)
            asked = client.get(BULK, filled)

        assert answer.status_code in (200, 302, 400, 422)
        assert asked.status_code in (200, 302, 400)
        assert Job.objects.count() == 0

    @pytest.mark.parametrize("mode", ["", "ALL", "\x00", HUGE])
    def test_invalid_answer_to_a_preview(self, client, mode):
        log_in(client)
        try_on(client, [window()], **EARLIER)

        with nothing_changes():
            assert client.post(f"/jobs/{job().pk}/apply", {"mode": mode}).status_code == 302

        assert job().state == "ready"

    @pytest.mark.parametrize("path", ["/jobs/x", "/bulk/x/undo", "/jobs/%00"])
    def test_invalid_url(self, client, path):
        log_in(client)

        assert client.get(path).status_code in (400, 404)

    def test_changes_need_a_post(self, client):
        log_in(client)
        try_on(client, [window()], **EARLIER)

        for verb in ("apply", "stop", "again"):
            assert client.get(f"/jobs/{job().pk}/{verb}").status_code == 405
        assert client.get(f"/bulk/{job().pk}/undo").status_code == 405
