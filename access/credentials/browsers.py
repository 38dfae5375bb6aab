"""The browser and the system that a User-Agent names, in a few words."""

import re

# The first match counts, because most browsers also name those that they descend from.
BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"(Firefox|FxiOS)/",
    "Chrome": r"(Chrome|Chromium|CriOS)/",
    "Safari": r"Safari/",
    "curl": r"^curl/",
    "Python": r"^python",
}
SYSTEMS = {
    "Android": r"Android",
    "iOS": r"iPhone|iPad|iPod",
    "Windows": r"Windows",
    "ChromeOS": r"CrOS",
    "macOS": r"Macintosh",
    "Linux": r"Linux|X11",
}


def browser_of(user_agent: str) -> str:
    """Return words such as "Firefox, Linux", or "" for an unknown program."""
    found = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    return ", ".join(filter(None, found))


def _first(patterns: dict[str, str], text: str) -> str:
    return next((name for name, pattern in patterns.items() if re.search(pattern, text)), "")
