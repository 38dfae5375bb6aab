"""A room: its name, project, version and rules, besides the settings that sessions copy."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Project
from access.values.identifiers import UUID7Field
from access.values.lines import trimmed
from rooms.models.room_queryset import RoomQuerySet, RoomStatus, nulls_last, window_status
from rooms.models.searchable import Searchable
from rooms.models.settings import Quality, RoomSettings
from rooms.rules.constraints import Document, InRange, Slug
from rooms.rules.fields import JsonTextField, StrictTextField


class Room(RoomSettings, Searchable):
    """A permanent room, where sessions take place. Only rooms/changes writes one."""

    id = UUID7Field()
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="rooms",
        editable=False,
    )
    name = StrictTextField(
        _("name"),
        help_text=_("ID used in URLs and the API. Can't be changed later."),
    )
    meta = JsonTextField(
        _("meta"), default=dict, help_text=_("Your own data of the room, as a JSON object.")
    )
    # A room token made the room; a change clears this, and otherwise its session's end deletes it.
    auto_created = models.BooleanField(default=False, db_default=False, editable=False)
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoomQuerySet.as_manager()

    # The session in progress, if the row was read by with_active_session().
    active_session = None
    # Whether a webhook receives its changes, if the row was read by with_listening().
    is_listened_to = True

    class Meta(RoomSettings.Meta):
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("-id",)
        constraints = (
            *RoomSettings.Meta.constraints,
            Slug("name", longest=100),
            Document("meta", longest=2000),
            models.UniqueConstraint(fields=("project", "name"), name="room_name_in_project"),
            InRange("version", 1, 2**31 - 1),
        )
        indexes = (
            models.Index(fields=("project", "id"), name="room_newest_in_project"),
            # For the orders of lists, of one project as well. No index on updated_at and
            # max_members: a change that touches no index costs PostgreSQL half (ADR 15).
            models.Index(fields=("display_name", "id"), name="room_by_display_name"),
            models.Index(fields=("project", "display_name", "id"), name="room_by_name_in_project"),
            models.Index(nulls_last("join_from"), "id", name="room_opens_up"),
            models.Index(nulls_last("join_from", downwards=True), "id", name="room_opens_down"),
            models.Index(nulls_last("join_until"), "id", name="room_closes_up"),
            models.Index(nulls_last("join_until", downwards=True), "id", name="room_closes_down"),
            models.Index(nulls_last("remove_at"), "id", name="room_removes_up"),
            models.Index(nulls_last("remove_at", downwards=True), "id", name="room_removes_down"),
            # For filters by values that few rooms may have.
            models.Index(fields=("layout", "id"), name="room_by_layout"),
            models.Index(fields=("id",), condition=Q(quality=Quality.FULL_HD), name="room_full_hd"),
            models.Index(fields=("id",), condition=Q(record_on_start=True), name="room_records"),
            models.Index(
                fields=("id",), condition=Q(enable_room_previews=True), name="room_previews"
            ),
            # For the worker, which deletes these rooms.
            models.Index(fields=("id",), condition=Q(auto_created=True), name="room_auto_created"),
            # For the warnings in sessions/pages/overview.py.
            models.Index(
                fields=("id",),
                condition=Q(remove_at__lt=F("join_until")),
                name="room_removes_early",
            ),
        )
        # Bulk changes affect many rooms, so they need a permission of their own.
        permissions = (("bulk_change_room", "Can change many rooms at once"),)

    def __str__(self) -> str:
        return self.display_name

    def clean_fields(self, exclude=None) -> None:
        self.put_defaults()
        super().clean_fields(exclude)

    def put_defaults(self) -> None:
        """Replace the nulls and blanks that mean a default."""
        if trimmed(self.display_name) in (None, ""):
            self.display_name = self.name
        if self.meta is None:
            self.meta = {}

    @property
    def last_event_at(self) -> datetime | None:
        """The time of the active session's last event, if with_active_session() read both."""
        return self.active_session and self.active_session.last_event_at

    @last_event_at.setter
    def last_event_at(self, at: datetime | None) -> None:
        # Querysets set annotations after the related rows.
        if self.active_session:
            self.active_session.last_event_at = at

    def status(self, now: datetime) -> RoomStatus:
        """Return the status of the join window at `now`; `in_status` is the same in SQL.

        Forecast.status knows the members, and whether the room is full.
        """
        return window_status(self, now)
