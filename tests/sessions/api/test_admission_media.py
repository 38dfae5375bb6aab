"""POST /room_sessions/admissions when a media server must admit the member."""

import pytest
from django.utils import timezone

from access.models import IdempotentCall
from sessions.media.sync import sync_media_rooms
from sessions.models import MediaRoom, Member, RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.support.api import ADMISSIONS_URL, member_url
from tests.support.janus_visitor import Visitor
from tests.support.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(api, room):
    """Send the same room token each time; return the response."""
    token = issue(Claims(project_id=room.project_id, room_name=room.name))
    return lambda query="": api.post(ADMISSIONS_URL + query, {"token": token})


def test_response_contains_the_media_servers_access(janus, running_janus, show):
    answer = show().json()

    media = answer["media"]
    assert list(media) == ["server", "url", "room", "id", "token"]
    assert (media["server"], media["url"]) == ("janus", running_janus.url)
    assert (media["room"], media["id"]) == (answer["session"]["id"], answer["member"]["id"])
    assert Visitor(media).joined["videoroom"] == "joined"


def test_second_call_returns_the_same_access(janus, show):
    assert show().json()["media"] == show().json()["media"]
    assert Member.objects.count() == 1


def test_dry_run_does_not_call_the_media_server(janus, show):
    answer = show("?dry_run=true").json()

    assert answer["media"] is None
    assert janus.inside(RoomSession(pk=answer["session"]["id"])) is None
    assert not MediaRoom.objects.exists()


@pytest.fixture
def janus_is_away(janus, settings):
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"


def test_without_the_media_server_admission_is_answered_503(
    janus_is_away, show, settings, running_janus
):
    response = show()

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.json() == {
        "error": "Service Unavailable",
        "detail": "The media server has no seat now. Retry the request.",
    }
    assert not Member.objects.filter(leave_time=None).exists()

    settings.JANUS_ADMIN_URL = running_janus.env["JANUS_ADMIN_URL"]
    assert show().status_code == 200


def test_errors_about_secrets_are_only_logged(janus, settings, show, caplog):
    settings.JANUS_ADMIN_SECRET = "wrong"

    response = show()

    assert response.status_code == 503
    assert "Janus" not in response.content.decode()
    assert "Unauthorized request" in caplog.text


def test_member_removed_by_the_api_is_removed_from_janus_at_the_next_sync(janus, api, show):
    answer = show().json()
    Visitor(answer["media"])

    api.delete(member_url(Member.objects.get()))
    sync_media_rooms(timezone.now())

    assert janus.inside(RoomSession(pk=answer["session"]["id"])) == {}


KEY = {"HTTP_IDEMPOTENCY_KEY": "k"}


@pytest.fixture
def show_with_key(api, room):
    token = issue(Claims(project_id=room.project_id, room_name=room.name))
    return lambda: api.post(ADMISSIONS_URL, {"token": token}, **KEY)


def test_repeated_request_with_a_key_returns_the_same_access(janus, api, show_with_key):
    first = show_with_key().json()
    again = show_with_key().json()

    assert first == again
    assert first["media"]["token"] not in IdempotentCall.objects.get().answer


def test_repeated_request_with_a_key_admits_no_member_who_has_left(janus, api, show_with_key):
    first = show_with_key().json()
    api.delete(member_url(Member.objects.get()))

    assert show_with_key().json() == first | {"media": None}
    assert not Member.objects.filter(leave_time=None).exists()


def test_key_of_an_admission_without_a_seat_is_free(
    janus_is_away, show_with_key, settings, running_janus
):
    assert show_with_key().status_code == 503
    assert not IdempotentCall.objects.exists()

    settings.JANUS_ADMIN_URL = running_janus.env["JANUS_ADMIN_URL"]
    assert show_with_key().json()["media"]
