"""Parts of the room list in a browser."""


def names(page):
    return page.locator("[data-row-link]")


def box(page, name):
    return page.get_by_label(f"Select {name}", exact=True)


def pass_by(page, seconds):
    page.clock.run_for(seconds * 1000)
