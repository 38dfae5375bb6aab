"""The parts of a room's page that follow the values of its form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rooms.models import Room
from rooms.pages.room.context import field_hints, summary_context


def render_preview(
    request: HttpRequest, form: Any, shown: Room, stored: Room | None, **more: Any
) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form,
        "hints": field_hints(form, now),
        "is_preview": True,
        "room": stored,
        **summary_context(shown, stored, now),
        **more,
    }
    return render(request, "rooms/room/_preview.html", context)
