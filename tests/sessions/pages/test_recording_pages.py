"""The pages of recordings: the list, one recording, delete, restore and compose again."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.staff.limits import StaffLimit
from sessions.media.deletion import delete_recording
from sessions.media.recordings import film_path
from sessions.models import (
    RECORDING_IDS,
    CompositionState,
    JoinAs,
    Recording,
    RecordingState,
)
from tests.factories import (
    TESTS,
    CompositionFactory,
    MemberFactory,
    RecordingFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
)
from tests.support.api import nothing_changes

pytestmark = pytest.mark.django_db
LIST = "/recordings"
MINUTES = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def mixer(settings, tmp_path):
    settings.MIXER = True
    settings.RECORDINGS_FOLDER = str(tmp_path)


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


def recording_of(display_name="Tumour board", people=("Ada Lovelace",), **values):
    """Return an ended recording of ten minutes, which all of `people` are in."""
    session = SessionFactory(room=RoomFactory(display_name=display_name), ended=True)
    for name in people:
        times = {"join_time": session.start_time, "leave_time": session.start_time + MINUTES}
        MemberFactory(session=session, name=name, left=True, **times)
    started = session.start_time
    times = {"started_at": started, "finished_at": started + MINUTES}
    return RecordingFactory(session=session, **{"state": RecordingState.RAW, **times, **values})


def film_of(recording, **values):
    film = {"layout": "grid-responsive", "quality": "720p", "fps": 30, "in_sync": True}
    film |= {"state": CompositionState.READY, "seconds": 599.6, "size_in_bytes": 5_000_000}
    return CompositionFactory(recording=recording, **{**film, **values})


def page_of(name, recording):
    return reverse(name, args=[RECORDING_IDS.id_of(recording.pk)])


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_list_shows_room_people_length_and_state(staff):
    recording = recording_of(people=("Ada", "Grace", "Mary", "Hedy", "Ada"))
    film_of(recording)
    Recording.objects.update(state=RecordingState.READY)

    text = text_of(staff.get(LIST))

    for words in (
        "Tumour board",
        "Ada, Grace, Mary and 1 more",
        "Ready",
        "10 min",
        "4.8",
        "30 fps",
    ):
        assert words in text
    assert "For ever" in text


def test_list_shows_the_progress_and_the_fault(staff):
    composing = recording_of("Composing", state=RecordingState.COMPOSING)
    film_of(composing, state=CompositionState.COMPOSING, done=0.4)
    failed = recording_of("Failed", state=RecordingState.FAILED)
    film_of(failed, state=CompositionState.FAILED, fault="The disk is full.")

    page = staff.get(LIST)

    assert '<progress max="100"' in page.content.decode()
    assert 'value="40"' in page.content.decode()
    assert "The disk is full." in text_of(page)


@pytest.mark.parametrize("name", ["ada lovelace", "LOVELACE", "Jörg", "jorg"])
def test_person_is_found_in_recordings_by_spoken_name(staff, name):
    recording_of("Hers", people=("Ada Lovelace", "Jörg Weiß"))
    recording_of("Another", people=("Grace Hopper",))

    text = text_of(staff.get(LIST, {"person": name}))

    assert "Hers" in text
    assert "Another" not in text


def test_person_who_came_before_or_listened_is_not_in_a_recording(staff):
    recording = recording_of("Hers", people=())
    start = recording.started_at
    session = recording.session
    MemberFactory(
        session=session, name="Early", join_time=start - MINUTES, leave_time=start, left=True
    )
    MemberFactory(session=session, name="Audience", join_as=JoinAs.AUDIENCE, join_time=start)

    for name in ("Early", "Audience"):
        assert "Hers" not in text_of(staff.get(LIST, {"person": name}))


def test_list_is_filtered_by_room_state_and_day(staff):
    recording_of("Ward round")
    recording_of("Ward night", state=RecordingState.FAILED)

    assert "Ward night" not in text_of(staff.get(LIST, {"name": "round"}))
    assert "Ward round" not in text_of(staff.get(LIST, {"state": "failed"}))
    assert "No recordings found." in text_of(staff.get(LIST, {"until": "2001-01-01"}))


def test_number_of_statements_does_not_grow_with_the_list(staff):
    counts = []
    for _ in range(2):
        for number in range(5):
            film_of(recording_of(f"Room {number}", people=("Ada", "Grace")))
        with CaptureQueriesContext(connection) as statements:
            staff.get(LIST)
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_page_has_a_player_and_a_download(staff):
    recording = recording_of()
    film = film_of(recording)
    film_path(film).write_bytes(b"film")

    page = staff.get(page_of("recording-page", recording)).content.decode()

    [src] = re.findall(r'<video[^>]* src="([^"]+)"', page)
    assert b"".join(staff.get(src)) == b"film"
    download = staff.get(f"{src}?download=1")
    name = f"{recording.session.name} {recording.started_at:%Y-%m-%d %H%M}.mp4"
    assert download.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    download.close()


def test_page_of_the_session_has_a_player(staff):
    recording = recording_of()
    film_of(recording)
    url = reverse("session-page", args=[recording.session_id])

    assert "<video" in staff.get(url).content.decode()


def test_recording_is_deleted_with_undo(staff):
    recording = recording_of()
    film_of(recording)

    with nothing_changes():
        question = staff.get(page_of("delete-recording", recording))
    assert "Delete the recording?" in text_of(question)
    shown = staff.post(page_of("delete-recording", recording), follow=True)

    assert 'form="undo"' in shown.content.decode()
    assert "Tumour board" not in text_of(staff.get(LIST))
    assert "Tumour board" in text_of(staff.get(LIST, {"state": "deleted"}))
    assert "Restore" in text_of(staff.get(page_of("recording-page", recording)))
    staff.post(page_of("restore-recording", recording))
    assert "Tumour board" in text_of(staff.get(LIST))


def test_recording_in_progress_is_not_deleted(staff):
    recording = RecordingFactory()

    with nothing_changes():
        answer = staff.post(page_of("delete-recording", recording), follow=True)

    assert "has not ended" in text_of(answer)


def test_recording_is_composed_again_without_a_person(staff):
    recording = recording_of(people=("Ada", "Grace"))
    page = page_of("compose-recording", recording)
    ada = recording.session.members.get(name="Ada")
    form = {"layout": "2x2", "quality": "1080p", "fps": "20", "without": [str(ada.pk)]}

    with nothing_changes():
        assert "The film will be 10 min" in text_of(staff.get(page))
        assert "The film will be" in text_of(staff.post(page, {**form, "preview": "1"}))
    answer = staff.post(page, form, follow=True)

    film = recording.compositions.get()
    assert (film.layout, film.quality, film.fps) == ("2x2", "1080p", 20)
    assert film.without == [str(ada.pk)]
    assert "Without Ada" in text_of(answer)


def test_invalid_form_composes_nothing(staff):
    recording = recording_of(people=("Ada",))
    page = page_of("compose-recording", recording)
    form = {"layout": "2x2", "quality": "720p", "fps": "30"}
    ada = str(recording.session.members.get().pk)

    for wrong in ({"layout": "spiral"}, {"fps": "25"}, {"without": [ada]}, {"without": ["x"]}):
        with nothing_changes():
            assert staff.post(page, {**form, **wrong}).status_code == 422


def test_page_says_that_recordings_stay_raw_without_a_mixer(staff, settings):
    settings.MIXER = False
    page = page_of("compose-recording", recording_of())

    assert "recordings stay as raw files" in text_of(staff.get(page))
    with nothing_changes():
        staff.post(page, {"layout": "2x2", "quality": "720p", "fps": "30"})


def test_pages_need_their_permissions(client):
    recording = recording_of()
    user = StaffFactory(is_superuser=False)
    client.force_login(user)
    assert client.get(LIST).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_recording"))

    assert client.get(LIST).status_code == 200
    page = client.get(page_of("recording-page", recording)).content.decode()
    assert page_of("delete-recording", recording) not in page
    for name in ("delete-recording", "restore-recording", "compose-recording"):
        with nothing_changes():
            assert client.post(page_of(name, recording)).status_code == 403


def test_limited_staff_see_the_recordings_of_their_projects(client):
    user = StaffFactory(is_superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_recording"))
    theirs, other = recording_of("Theirs"), recording_of("Foreign")
    StaffLimit.objects.create(user=user).projects.set([theirs.project_id])
    client.force_login(user)

    text = text_of(client.get(LIST))

    assert "Theirs" in text
    assert "Foreign" not in text
    assert client.get(page_of("recording-page", other)).status_code == 404


def test_deleted_recording_whose_files_are_gone_cannot_be_restored(staff):
    recording = recording_of()
    delete_recording(recording, by=TESTS)
    Recording.objects.update(deleted_at=timezone.now() - timedelta(days=4))

    answer = staff.post(page_of("restore-recording", recording), follow=True)

    assert "Its files were removed" in text_of(answer)
    assert Recording.objects.get().deleted_at
