"""The line "Can they get in?" of a room's page, which admits no one and writes nothing."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import conditional_page

from access.staff.decorators import staff_page
from rooms.models import Room
from rooms.models.forecast import forecast_as_read
from rooms.pages.room.answer import QuestionForm, answer_for_now, question_context
from rooms.pages.room.forms import RoomPageForm
from rooms.pages.room.views import render_room
from rooms.pages.room.visible import page_methods, visible_room


@staff_page("rooms.view_room")
@page_methods
@conditional_page
def room_answer(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Answer a question, which a POST has because a room token is a secret.

    GET returns the answer for now.
    """
    room = visible_room(request, room_id)
    if request.method != "POST" and not request.htmx:
        return redirect("room-page", room_id)
    if request.method != "POST":
        context = {"answer": answer_for_now(forecast_as_read(room, timezone.now()))}
        return render(request, "rooms/room/_answer_text.html", context)
    question = QuestionForm(request.POST)
    with timezone.override(question.time_zone):
        if request.htmx:
            return _render_answer(request, room, question)
        if question.is_valid() and not question.cleaned_data["token"]:
            return _room_page_at(room, question)
        status = 200 if question.is_valid() else 422
        return render_room(request, room, RoomPageForm(instance=room), status, question=question)


def _render_answer(request: HttpRequest, room: Room, question: QuestionForm) -> HttpResponse:
    context = {"room": room, **question_context(room, question, timezone.now())}
    status = 200 if question.is_valid() else 422
    return render(request, "rooms/room/_asked.html", context, status=status)


def _room_page_at(room: Room, question: QuestionForm) -> HttpResponse:
    """Redirect to an address that other staff can open, too."""
    names = ("at", "zone", "at_offset") if question.cleaned_data["at"] else ()
    sent = {name: question.data[name] for name in names if question.data.get(name)}
    page = reverse("room-page", args=[room.pk])
    return HttpResponseRedirect(f"{page}?{urlencode(sent)}" if sent else page)
