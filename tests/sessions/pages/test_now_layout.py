"""The layout of the pages of live sessions in a real browser, with long and Arabic names."""

import pytest

from tests.factories import MemberFactory, SessionFactory, StaffFactory
from tests.support.axe import violations
from tests.support.browser import log_in
from tests.support.now_page import after

NAMES = (
    "Physiotherapiegruppe · Kniegelenke und Hüftgelenke nachmittags",
    "استشارة المرضى الدوليين",
    "Cardiology · Consultation with the practices of the northern district",
)
# 640 pixels are 1280 at 200 %.
WHITE = "rgb(255, 255, 255)"
WIDTHS = (1280, 1000, 768, 640, 390)
# Each line of a word has a rectangle of its own.
BROKEN = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
}"""

# Texts of drawings that touch each other, or are too small to read.
OVERLAPS = """() => {
  const texts = [...document.querySelectorAll("main svg text")];
  const shown = texts.filter((one) => one.getClientRects().length);
  const touch = (one, other) => {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  };
  const isSmall = (one) => parseFloat(getComputedStyle(one).fontSize) < 12;
  const isHidden = (one, number) => shown.slice(number + 1).some((other) => touch(one, other));
  return shown.filter((one, number) => isSmall(one) || isHidden(one, number))
    .map((one) => one.textContent.trim());
}"""


@pytest.fixture
def sessions(greenroom):
    times = {"join_until": after(hours=2), "remove_at": after(hours=3)}
    rooms = [
        {"display_name": name, "max_members": most, **times} for most, name in enumerate(NAMES, 1)
    ]
    return [
        SessionFactory(**{f"room__{key}": value for key, value in one.items()}) for one in rooms
    ]


def test_no_word_is_broken_at_any_width(open_page, greenroom, sessions):
    page = open_page(reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    MemberFactory.create_batch(2, session=sessions[1])
    found = []
    for language in ("en", "de"):
        cookie = {"name": "django_language", "value": language, "url": greenroom.url}
        page.context.add_cookies([cookie])
        for path in ("/now", "/sessions", f"/sessions/{sessions[0].pk}"):
            page.goto(f"{greenroom.url}{path}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                words = page.evaluate(BROKEN)
                too_wide = page.evaluate("document.documentElement.scrollWidth") > width
                found += [(path, language, width, words)] if words or too_wide else []
    assert found == []


def test_texts_of_drawings_do_not_overlap(open_page, greenroom, sessions):
    page = open_page(reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    session = SessionFactory(start_time=after(seconds=-100), room__join_until=after(hours=2))
    MemberFactory.create_batch(2, session=session, join_time=after(seconds=-90))
    ended = {"status": "completed", "end_time": after(seconds=-70)}
    short = SessionFactory(start_time=after(seconds=-100), **ended)
    MemberFactory(session=short, join_time=after(seconds=-95))
    paths = (
        "/now",
        *(f"/sessions/{one.pk}" for one in (session, short)),
        f"/rooms/{session.room_id}",
    )
    for path in paths:
        page.goto(f"{greenroom.url}{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERLAPS) == [], (path, width)
            assert page.locator("main .legend").first.is_visible()


def test_arabic_names_stand_where_other_names_stand(open_page, greenroom, sessions):
    page = open_page(reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/now")

    for part in (".now-live th a", ".coming li a"):
        lefts = page.locator(part).evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().left)"
        )
        assert len(lefts) == len(NAMES)
        assert len(set(lefts)) == 1
    assert violations(page) == []


def test_paper_has_times_in_full_and_nothing_to_click(open_page, greenroom, sessions):
    page = open_page(color_scheme="dark", timezone_id="Europe/Berlin")
    log_in(page, greenroom, StaffFactory())
    zone = {"name": "zone", "value": "Europe/Berlin", "url": greenroom.url}
    page.context.add_cookies([zone])
    for path in (f"/rooms/{sessions[0].room_id}", "/week", f"/sessions/{sessions[0].pk}"):
        page.goto(f"{greenroom.url}{path}")
        page.emulate_media(media="print")

        buttons = page.locator("header, nav, button, [role=button], .save, summary")
        assert not any(one.is_visible() for one in buttons.all()), path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == WHITE
        assert "UTC+0" in page.evaluate(
            "getComputedStyle(document.querySelector('.foot time'), '::after').content"
        )

    page.goto(f"{greenroom.url}/rooms/{sessions[0].room_id}")
    assert page.get_by_text("Closes: ").is_visible()
