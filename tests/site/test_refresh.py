"""A refresh of a part of a page takes nothing from the user: focus, open details, typed text."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.models.job import Job, JobKind, JobState
from sessions.lifecycle.refused_attempts import hour_of
from sessions.models import Refusal, RefusalCount
from tests.factories import MemberFactory, SessionFactory, StaffFactory
from tests.support.browser import log_in, press
from tests.support.now_page import after

# A part, and what it replaces elsewhere on the page.
PARTS = "[data-refresh], #live, [data-row] :is([id^=now-], [id^=answer-], [id^=next-])"
REFRESH = """() => Promise.all([...document.querySelectorAll("[data-refresh], #live")].map((part) =>
  new Promise((done) => {
    document.addEventListener("htmx:afterRequest", () => setTimeout(done, 50), { once: true });
    htmx.trigger(part, "refresh");
  })))"""
FOCUSED = """(parts) => {
  const one = document.activeElement;
  const place = one.matches("body, main") ? null : `${one.id} ${one.textContent.trim()}`;
  return [place, one.closest(parts) !== null];
}"""
TABS_AT_MOST = 80


@pytest.fixture
def person(greenroom):
    return StaffFactory()


@pytest.fixture
def session(greenroom):
    session = SessionFactory(room__max_members=2, room__join_until=after(hours=3))
    MemberFactory.create_batch(2, session=session)
    MemberFactory(session=session, left=True, blocked_at=timezone.now())
    now = timezone.now()
    refused = {"room_id": session.room_id, "reason": "full"}
    RefusalCount.objects.create(**refused, hour=hour_of(now), first_at=now, last_at=now)
    Refusal.objects.create(**refused, slot=0, number=0, at=now)
    return session


@pytest.fixture
def job(person):
    change = {"change": {"set": {"description": "a"}}}
    values = {"state": JobState.WORKING, "total": 1000, "request": change}
    return Job.objects.create(kind=JobKind.CHANGE, owner=person, **values)


@pytest.fixture
def show(open_page, greenroom, person):
    page = open_page(reduced_motion="reduce")
    log_in(page, greenroom, person)

    def show(path):
        page.goto(f"{greenroom.url}{path}")
        return page

    return show


def change(session, job):
    """Change what each part shows, so that each refresh has another content."""
    MemberFactory(session=session)
    Job.objects.filter(pk=job.pk).update(done=Job.objects.get(pk=job.pk).done + 1)


def test_refresh_keeps_the_focus_on_every_element(show, session, job):
    paths = ("/now", f"/sessions/{session.pk}", f"/rooms/{session.room_id}", "/", f"/jobs/{job.pk}")
    tried = {path: _tab_through(show(path), session, job) for path in paths}

    assert len(tried["/now"]) >= 3
    assert len(tried[f"/sessions/{session.pk}"]) >= 4


def _tab_through(page, session, job):
    """Press Tab on every element of the page, with a refresh on each one inside of a part."""
    tried = []
    page.evaluate("document.querySelector('main').focus()")
    for _ in range(TABS_AT_MOST):
        press(page, "Tab")
        place, is_inside = page.evaluate(FOCUSED, PARTS)
        if place is None or not page.evaluate("document.activeElement.closest('main') !== null"):
            break
        if is_inside:
            change(session, job)
            page.evaluate("window.old = document.activeElement")
            page.evaluate(REFRESH)
            assert not page.evaluate("window.old.isConnected"), f"{page.url}: no swap at {place}"
            assert page.evaluate("document.activeElement.id") == place.split(" ")[0], page.url
            tried.append(place)
    return tried


def test_refresh_keeps_open_details_and_the_scroll(show, session, job):
    page = show(f"/sessions/{session.pk}")
    page.set_viewport_size({"width": 390, "height": 500})
    page.locator("#refused-sums").click()
    page.evaluate("window.scrollTo(0, 300)")
    change(session, job)

    page.evaluate(REFRESH)

    assert page.locator("#refused").get_attribute("open") is not None
    assert page.evaluate("window.scrollY") == 300


def test_refresh_waits_while_the_user_types_or_a_dialog_is_open(show, session, job):
    page = show("/now")
    for markup, action in (
        ("<input id='mine'>", lambda: page.locator("#mine").fill("half")),
        ("<dialog id='mine'></dialog>", lambda: page.evaluate("mine.showModal()")),
    ):
        page.evaluate("html => now.insertAdjacentHTML('beforeend', html)", markup)
        action()
        change(session, job)

        page.evaluate(REFRESH)
        assert page.locator("#mine").count() == 1

        page.evaluate("mine.value = ''; mine.blur(); mine.close?.()")
        change(session, job)
        page.evaluate(REFRESH)
        assert page.locator("#mine").count() == 0


def test_focus_stays_in_a_part_whose_focused_element_is_gone(show, session, job):
    page = show("/now")
    page.locator(f"#live-{session.pk}").focus()
    session.end_time = timezone.now() + timedelta(seconds=1)
    session.status = "completed"
    session.save()

    page.evaluate(REFRESH)

    assert page.evaluate("document.activeElement.id") == "now"
