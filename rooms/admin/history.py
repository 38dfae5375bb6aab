"""The history of rooms in Django's admin: to read only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import ProjectScopedAdmin, time_column
from rooms.admin.lists import ReadOnly
from rooms.display.values import label
from rooms.models.history import RoomChange


@admin.register(RoomChange)
class RoomChangeAdmin(ProjectScopedAdmin, ReadOnly):
    """The history of all rooms, of the deleted ones too."""

    list_display = ("when", "room_name", "action", "fields_moved", "author_name", "door")
    list_display_links = ("when", "room_name")
    list_filter = ("action", "door", "author_kind")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("room_name", "author_name", "request_id")

    when = time_column("at", _("When"))

    @admin.display(description=_("Fields"))
    def fields_moved(self, change: RoomChange) -> str:
        return ", ".join(label(name) for name in change.changes)
