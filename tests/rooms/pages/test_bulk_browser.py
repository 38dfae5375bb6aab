"""Bulk changes in a real browser: forty rooms an hour earlier and back, an import, and progress."""

from datetime import UTC, datetime, timedelta

import pytest

from rooms.bulk.engine import CHUNK
from rooms.jobs.run import steps, work
from rooms.models import Room
from rooms.models.job import Job
from tests.factories import ProjectFactory, StaffFactory
from tests.support.browser import log_in, press
from tests.support.jobs import MANY, a_job

NINE = datetime(2030, 6, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


@pytest.fixture
def rooms(greenroom):
    """Forty rooms of one project, open from 9:00 to 11:00."""
    project = ProjectFactory()
    names = [f"ward-{number:02}" for number in range(40)]
    window = {"join_from": NINE, "join_until": NINE + 2 * HOUR}
    return Room.objects.bulk_create(
        Room(project=project, name=name, display_name=name.title(), **window) for name in names
    )


@pytest.fixture
def open_as_staff(open_page, greenroom):
    def open_one(path, user=None, **options):
        page = open_page(**options)
        log_in(page, greenroom, user or StaffFactory())
        page.goto(f"{greenroom.url}{path}")
        return page

    return open_one


def begin_at():
    return set(Room.objects.values_list("join_from", flat=True))


@with_and_without_scripts
def test_forty_rooms_open_an_hour_earlier_and_are_restored(open_as_staff, rooms, scripts):
    page = open_as_staff("/", java_script_enabled=scripts)

    for box in page.locator("input[name=ids]").all():
        box.check()
    page.get_by_role("button", name="Edit selected…").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Edit 40 rooms"
    page.get_by_label("Closes").first.uncheck()
    page.get_by_label("Later").check()
    page.get_by_role("button", name="−1 h").click()
    if scripts:
        # The preset fills in the fields, and does not send them.
        assert page.get_by_label("Earlier").is_checked()
        assert page.get_by_label("Hours").input_value() == "1"
        page.get_by_role("button", name="Preview").click()

    page.get_by_text("1 h earlier: Opens, Everyone leaves at.").wait_for()
    first = page.locator(".moves").first.inner_text()
    assert "Sat 1 Jun 2030 09:00" in first
    assert "08:00" in first
    assert begin_at() == {NINE}
    page.get_by_role("button", name="Apply to all 40 rooms").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert begin_at() == {NINE - HOUR}
    page.reload()
    page.get_by_role("button", name="Undo").click()

    page.get_by_text("40 undone").wait_for()
    assert begin_at() == {NINE}


def test_bulk_edit_works_with_the_keyboard_only(open_as_staff, rooms):
    page = open_as_staff(f"/bulk?ids={rooms[0].pk}")

    page.get_by_label("Days").focus()
    for keys in ("Tab", "2", "Tab", "Tab", "ArrowRight"):
        press(page, keys)
    page.get_by_label("Capacity", exact=True).focus()
    page.keyboard.type("33")
    # Typing into the field checks its box.
    assert page.get_by_label("Change capacity").is_checked()
    press(page, "Enter")
    page.get_by_text("2 h earlier: Opens, Closes, Everyone leaves at.").wait_for()
    page.get_by_text("Capacity becomes 33.").wait_for()
    press(page, "a")
    # The key focuses the button, and Enter presses it.
    press(page, "Enter")

    page.get_by_role("button", name="Undo").wait_for()
    room = Room.objects.get(pk=rooms[0].pk)
    assert (room.join_from, room.max_members) == (NINE - 2 * HOUR, 33)


@with_and_without_scripts
def test_import_of_a_file_with_two_invalid_rows(open_as_staff, rooms, scripts):
    lines = ["name,max_members", "ward-00,30", "ward-01,301", "ward-02,", "ward-03,40"]
    file = {"name": "rooms.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}
    page = open_as_staff("/import", java_script_enabled=scripts)

    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Can't be changed 2").wait_for()
    refused = page.locator(".part-refused tbody tr").all_inner_texts()
    assert [text.split()[0] for text in refused] == ["3", "4"]
    page.get_by_role("button", name="Apply to 2 rooms").click()

    page.get_by_role("heading", name="Changed 2", exact=True).wait_for()
    found = Room.objects.order_by("name").values_list("max_members", flat=True)
    assert list(found[:4]) == [30, 20, 20, 40]


@pytest.fixture
def job(greenroom):
    """A job of many rooms that waits for a worker."""
    project = ProjectFactory()
    names = [f"many-{number:04}" for number in range(MANY)]
    made = Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)
    return a_job([room.pk for room in made])


def test_progress_is_updated_and_survives_a_reload_and_a_closed_tab(open_as_staff, job):
    page = open_as_staff(f"/jobs/{job.pk}", job.owner)
    page.get_by_text("Waiting for a worker").wait_for()
    taken = Job.claim()
    going = steps(taken)

    next(going)
    page.get_by_text(f"{CHUNK} of {MANY}").wait_for()
    page.reload()
    bar = page.get_by_role("progressbar")
    assert (bar.get_attribute("value"), bar.get_attribute("max")) == (str(CHUNK), str(MANY))
    page.close()
    list(going)

    page = open_as_staff(f"/jobs/{job.pk}", job.owner)
    page.get_by_role("button", name="Apply where possible").click()
    page.get_by_text("Changing the rooms").wait_for()
    work(Job.claim())
    # The page reloads itself.
    page.get_by_role("heading", name=f"Changed {MANY}").wait_for()


def test_page_without_scripts_reloads_itself(open_as_staff, job):
    page = open_as_staff(f"/jobs/{job.pk}", job.owner, java_script_enabled=False)
    page.get_by_text("Waiting for a worker").wait_for()

    work(Job.claim())

    page.get_by_role("button", name=f"Apply to all {MANY} rooms").wait_for()


def test_other_page_reports_the_end_of_a_job(open_as_staff, job):
    page = open_as_staff(f"/jobs/{job.pk}", job.owner)
    work(Job.claim())
    page.get_by_role("button", name="Apply where possible").click()
    page.get_by_text("Changing the rooms").wait_for()

    page.goto(page.url.replace(f"/{job.pk}", ""))
    page.get_by_text(f"0 of {MANY}").wait_for()
    work(Job.claim())

    page.get_by_text(f"Done: {MANY} changed, 0 not changed.").wait_for()
