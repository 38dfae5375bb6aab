"""Notes on settings that the media server ignores."""

from collections.abc import Callable, Set

from django.utils.translation import gettext


def none_ignored() -> Set[str]:
    return frozenset()


# Sessions are built on rooms, so SessionsConfig.ready() replaces this function.
ignored_settings: Callable[[], Set[str]] = none_ignored


def ignored_note(setting: str) -> str:
    """Return the note beside a setting that the media server ignores; else an empty text."""
    ignored = ignored_settings()
    if setting == "record_on_start" and "layout" in ignored:
        # Without a mixer, nothing composes a layout.
        return gettext("No mixer composes recordings here: recordings stay as raw files.")
    return gettext("Your media server ignores this setting.") if setting in ignored else ""
