"""axe-core on a page in the browser: what is in anybody's way there."""

from axe_playwright_python.base import AXE_SCRIPT

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # Fetching style sheets anew, it takes their relative addresses for the page's.
    "preload": False,
    # Of what passes it would tell each element, and how to find it: a third of its time.
    "resultTypes": ["violations"],
}
# What depends on colours; the rest was asked in the light.
COLOURS = {**RULES, "runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page):
    """Return what axe finds on `page`, in the light and then in the dark, in a line each.

    Open the page without motion: a colour that is still changing is not the one that is read.
    """
    page.emulate_media(color_scheme="light")
    found = _run(page, RULES)
    page.emulate_media(color_scheme="dark")
    return [*found, *_run(page, COLOURS)]


def _run(page, options):
    # Half a megabyte, which a page keeps until it is left.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "options => axe.run(document, options).then(found => found.violations)", options
    )
    return [
        f"{page.url} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
