"""POST /room_sessions/admissions where a media server of ours has to let people in."""

import pytest
from django.utils import timezone

from sessions.media.sync import keep_media_server
from sessions.models import MediaRoom, Member, RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.support.api import ADMISSIONS_URL, member_url
from tests.support.janus import Visitor
from tests.support.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(api, room):
    """Show the same room token each time; returns the response."""
    token = issue(Claims(project_id=room.project_id, room_name=room.name))
    return lambda query="": api.post(ADMISSIONS_URL + query, {"token": token})


def test_the_answer_says_where_the_media_server_lets_them_in(janus, running_janus, show):
    answer = show().json()

    media = answer["media"]
    assert list(media) == ["server", "url", "room", "id", "token"]
    assert (media["server"], media["url"]) == ("janus", running_janus.url)
    assert (media["room"], media["id"]) == (answer["session"]["id"], answer["member"]["id"])
    assert Visitor(media).joined["videoroom"] == "joined"


def test_a_second_call_gives_the_same_place(janus, show):
    assert show().json()["media"] == show().json()["media"]
    assert Member.objects.count() == 1


def test_a_trial_tells_the_media_server_nothing(janus, show):
    answer = show("?dry_run=true").json()

    assert answer["media"] is None
    assert janus.inside(RoomSession(pk=answer["session"]["id"])) is None
    assert not MediaRoom.objects.exists()


@pytest.fixture
def janus_is_away(janus, settings):
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"


def test_without_the_media_server_nobody_is_let_in_and_may_ask_again(
    janus_is_away, show, settings, running_janus
):
    response = show()

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.json() == {
        "error": "Service Unavailable",
        "detail": "The media server does not let anybody in right now. Send the call again.",
    }
    assert not Member.objects.filter(leave_time=None).exists()

    settings.JANUS_ADMIN_URL = running_janus.env["JANUS_ADMIN_URL"]
    assert show().status_code == 200


def test_what_janus_says_of_our_secrets_stays_with_the_operator(janus, settings, show, caplog):
    settings.JANUS_ADMIN_SECRET = "wrong"

    response = show()

    assert response.status_code == 503
    assert "Janus" not in response.content.decode()
    assert "Unauthorized request" in caplog.text


def test_who_is_removed_over_http_is_out_at_the_next_turn(janus, api, show):
    answer = show().json()
    Visitor(answer["media"])

    api.delete(member_url(Member.objects.get()))
    keep_media_server(timezone.now())

    assert janus.inside(RoomSession(pk=answer["session"]["id"])) == {}
