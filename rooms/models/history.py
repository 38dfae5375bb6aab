"""The history of rooms: the author, channel and values of each change."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models.exact_json import ExactJSONField


class Channel(models.TextChoices):
    """The channel of a change."""

    API = "api", _("API")
    FORM = "form", _("Form")
    ADMIN = "admin", _("Admin")
    BULK = "bulk", _("Bulk action")
    CSV = "csv", _("CSV import")
    REVERT = "revert", _("Revert")
    SHELL = "shell", _("Command line")
    SESSION = "session", _("End of the session")


class AuthorKind(models.TextChoices):
    TOKEN = "token", _("API token")
    USER = "user", _("User")
    SYSTEM = "system", _("System")


class Action(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")


@dataclass(frozen=True)
class Author:
    """The author of a change, and its channel."""

    kind: AuthorKind
    id: str
    name: str
    channel: Channel
    request_id: str = ""


class RoomChange(models.Model):
    """One change to one room, kept after the room and the user are gone."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    # Foreign keys would delete or blank the history of deleted projects and rooms.
    project_id = models.UUIDField(_("project ID"))
    room_id = models.UUIDField(_("room ID"))
    room_name = models.TextField(_("room"))
    version = models.IntegerField(_("version"), help_text=_("The room's version after the change."))
    action = models.TextField(_("action"), choices=Action)
    changes = ExactJSONField(_("changes"), help_text=_("Each changed field: [before, after]."))
    author_kind = models.TextField(_("kind of author"), choices=AuthorKind)
    author_id = models.TextField(_("author ID"))
    author_name = models.TextField(_("author"))
    channel = models.TextField(_("via"), choices=Channel, db_column="door")
    request_id = models.TextField(_("request ID"), blank=True, default="")
    bulk_id = models.UUIDField(_("bulk edit ID"), null=True)
    # The folded names that the change replaced or deleted, for the search; few changes have them.
    former_names = models.TextField(null=True, editable=False)

    class Meta:
        verbose_name = _("room change")
        verbose_name_plural = _("room changes")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("room_id", "version"), name="roomchange_one_a_version"),
        )
        indexes = (
            models.Index(fields=("project_id", "id"), name="roomchange_in_project"),
            # For room tokens that were issued before a deletion.
            models.Index(
                fields=("project_id", "room_name", "at"),
                condition=models.Q(action=Action.DELETED),
                name="roomchange_deleted",
            ),
            models.Index(
                fields=("bulk_id",),
                condition=models.Q(bulk_id__isnull=False),
                name="roomchange_of_bulk",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room_name} {self.action} by {self.author_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row; existing rows cannot be saved."""
        if not self._state.adding:
            raise TypeError("History rows cannot be changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("History rows cannot be deleted one by one.")
