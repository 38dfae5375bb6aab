"""The page that restores a deleted room from its history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from access.staff.decorators import staff_page
from rooms.changes import RoomExists, restore_room
from rooms.changes.authors import author_of
from rooms.display.refusals import in_words
from rooms.display.values import moved
from rooms.models.history import Action, Channel
from rooms.pages.history.rows import display_name, visible_changes, with_names
from rooms.pages.history.tables import table_of
from rooms.pages.room.visible import page_methods, visible_projects


@staff_page("rooms.view_roomchange", "rooms.add_room")
@page_methods
def restore(request: HttpRequest, change_id: int) -> HttpResponse:
    """Show the last settings of a deleted room; POST creates it again from them."""
    deletions = with_names(visible_changes(request)).filter(action=Action.DELETED)
    entry = get_object_or_404(deletions, pk=change_id)
    project = get_object_or_404(visible_projects(request), pk=entry.project_id)
    is_preview = request.method != "POST"
    context: dict[str, Any] = {"here": "history", "entry": entry, "project": project}
    context |= {
        "name": display_name(entry),
        "table": table_of(Action.DELETED, moved(entry.changes)),
    }
    try:
        restore_room(entry, by=author_of(request, Channel.REVERT), dry_run=is_preview)
    except RoomExists:
        messages.info(request, gettext("This room exists already."))
        return redirect("room-page", entry.room_id)
    except ValidationError as refusal:
        faults = [error for errors in refusal.error_dict.values() for error in errors]
        context["refusals"] = [in_words(text) for error in faults for text in error.messages]
        return render(
            request, "rooms/history/restore.html", context, status=200 if is_preview else 422
        )
    if is_preview:
        return render(request, "rooms/history/restore.html", context)
    messages.success(request, gettext("{name} was restored.").format(name=context["name"]))
    return redirect("room-page", entry.room_id)
