"""Janus refuses tokens that are unknown, withdrawn or of another room."""

from tests.factories import MemberFactory
from tests.support.janus_visitor import Visitor
from tests.support.video_calls import comes_to, sees

# Error messages of Janus.
NO_TOKEN = "Unauthorized request (wrong or missing secret/token)"
NOT_ALLOWED = "Unauthorized (not in the allowed list)"


def test_unknown_token_is_refused_by_janus(janus, session, member, enter):
    place = janus.allow(session, member)

    page = enter({**place, "token": "0" * 64})

    comes_to(page, f"refused: {NO_TOKEN}")
    assert janus.inside(session) == {}


def test_access_to_one_room_is_refused_in_another(janus, session, member, enter):
    elsewhere = MemberFactory()
    janus.allow(session, member)

    page = enter({**janus.allow(elsewhere.session, elsewhere), "room": str(session.pk)})

    comes_to(page, f"refused: {NOT_ALLOWED}")
    assert janus.inside(session) == {}


def test_removed_member_cannot_return(janus, session, enter):
    staying, leaving = MemberFactory.create_batch(2, session=session)
    place = janus.allow(session, leaving)
    first, second = enter(janus.allow(session, staying)), enter(place)
    sees(first, leaving.pk)
    sees(second, staying.pk)

    janus.remove(session, str(leaving.pk))

    comes_to(second, "out: ")
    comes_to(enter(place), f"refused: {NO_TOKEN}")
    first.wait_for_function("() => !document.querySelector('[data-feed]')")
    assert janus.inside(session).keys() == {str(staying.pk)}


def test_withdrawn_token_cannot_be_used_by_another_member(janus, session):
    gone, other = MemberFactory.create_batch(2, session=session)
    taken = janus.allow(session, gone)["token"]
    place = janus.allow(session, other)

    janus.remove(session, str(gone.pk))

    assert NOT_ALLOWED in Visitor(place, token=taken).joined["error"]
