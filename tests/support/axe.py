"""axe-core on a page in the browser: finds accessibility violations."""

from axe_playwright_python.base import AXE_SCRIPT

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # axe loads style sheets again and resolves their URLs against the page, which fails.
    "preload": False,
    # Listing the passed elements too would take a third of the time.
    "resultTypes": ["violations"],
}
# Only these rules depend on colours, so only they are repeated in dark mode.
COLOURS = {**RULES, "runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page):
    """Return the violations that axe finds on `page` in light and in dark mode, one a line.

    Open the page with reduced motion: a colour in transition would be measured wrongly.
    """
    page.emulate_media(color_scheme="light")
    found = _run(page, RULES)
    page.emulate_media(color_scheme="dark")
    return [*found, *_run(page, COLOURS)]


def _run(page, options):
    # Half a megabyte, loaded once for each page.
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
