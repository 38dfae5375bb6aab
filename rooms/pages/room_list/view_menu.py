"""The menu of saved views, which the list and the week share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from rooms.models import SavedView
from rooms.models.saved_view import MOST_VIEWS
from rooms.pages.room_list.state import ListState
from rooms.rules.constraints import rule_of

MAY_SHARE = "rooms.change_room"


@dataclass(frozen=True)
class ViewLink:
    """`note` says with which project the view is shared, and by whom."""

    pk: int
    text: str
    url: str
    note: str
    current: bool


class ViewMenu:
    """The views that `user` may see, for the address that `state` describes."""

    def __init__(self, user: Any, state: ListState) -> None:
        self.user, self.state, self.projects = user, state, state.projects
        self.views = SavedView.seen_by(user)
        self.current = next((one for one in self.views if one.query == state.query), None)

    @cached_property
    def links(self) -> list[ViewLink]:
        if not self.views:
            return []
        everything = ViewLink(0, gettext("All rooms"), self.state.view_url(""), "", self.is_all)
        return [everything, *self._saved()]

    @property
    def is_all(self) -> bool:
        return not self.state.query

    def _saved(self) -> Iterator[ViewLink]:
        same = Counter(view.name.lower() for view in self.views)
        for view in self.views:
            is_alone = self._is_own(view) or same[view.name.lower()] == 1
            text = view.name if is_alone else _with_owner(view)
            is_current = view == self.current
            url = self.state.view_url(view.query)
            yield ViewLink(view.pk, text, url, self._note(view), is_current)

    def _is_own(self, view: SavedView) -> bool:
        return view.user_id == self.user.pk

    def _note(self, view: SavedView) -> str:
        if not view.project_id:
            return ""
        # The owner of a view may no longer see its project.
        project = self.projects.get(str(view.project_id), gettext("another project"))
        if self._is_own(view):
            return gettext("Shared with %(project)s") % {"project": project}
        words = {"project": project, "owner": view.owner}
        return gettext("Shared with %(project)s by %(owner)s") % words

    # --- The forms.

    @property
    def editable(self) -> SavedView | None:
        """The view of this address, if the user may rename and delete it."""
        may = self.current and (self._is_own(self.current) or self.user.is_superuser)
        return self.current if may else None

    @property
    def may_save(self) -> bool:
        own = sum(self._is_own(view) for view in self.views)
        return bool(self.state.query) and not self.editable and own < MOST_VIEWS

    @property
    def longest_name(self) -> int:
        return rule_of(SavedView, "name").longest

    @property
    def offered(self) -> dict[str, str]:
        """The names of the projects with which the user may share a view, by id."""
        names = self.projects if self.user.has_perm(MAY_SHARE) else {}
        now = self.project_now
        if not now or now in names:
            return dict(names)
        return {**names, now: self.projects.get(now, gettext("another project"))}

    @property
    def project_now(self) -> str:
        """The id of the project with which the editable view is shared."""
        return str(self.editable.project_id or "") if self.editable else ""


def _with_owner(view: SavedView) -> str:
    words = {"name": view.name, "owner": view.owner}
    return gettext("%(name)s (shared by %(owner)s)") % words
