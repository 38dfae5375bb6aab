"""The forms of a room in Django's admin: validation writes nothing, `save_model` writes."""

from typing import Any

from access.models import Project
from access.staff.limits import visible_to
from rooms.changes.validation import Change
from rooms.forms import NewRoomForm, RoomForm
from rooms.models import Room
from rooms.models.history import Author


class ChangeRefused(Exception):
    """The room changed between the validation of a form and its write."""


class DryRunMixin:
    """Validates with a dry run of the change, because Django's admin calls save() afterwards."""

    author: Author
    validated: Change

    def _post_clean(self) -> None:
        change = None if self.errors else self.apply(by=self.author, dry_run=True)
        if change is not None:
            self.validated = change

    def save(self, commit: bool = True) -> Room:
        """Return the room as it would become; `write` stores it."""
        return self.validated.room

    def save_m2m(self) -> None:
        """Do nothing: a room has no many-to-many fields."""

    def write(self) -> Room:
        """Store the change and return the room. Stores nothing if it raises ChangeRefused."""
        change = self.apply(by=self.author)
        if change is None:
            raise ChangeRefused
        return change.room


class AdminRoomForm(DryRunMixin, RoomForm):
    pass


class AdminNewRoomForm(DryRunMixin, NewRoomForm):
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.filter(visible_to(self.user, ""))
