"""Delete a recording, restore it, and compose it again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from access.staff.decorators import staff_page
from rooms.changes.authors import author_of
from rooms.display.times import span
from rooms.models import Layout, Quality
from rooms.models.history import Channel
from rooms.models.settings import FramesPerSecond
from rooms.pages.room.visible import page_methods
from rooms.pages.undo import UNDO, offer_undo
from sessions.media.compositions import NotComposable, Wish, compose_again, read_wish
from sessions.media.deletion import (
    RESTORABLE_FOR,
    FilesRemoved,
    RecordingInProgress,
    delete_recording,
    restore_recording,
)
from sessions.media.estimates import estimate
from sessions.media.recordings import PICTURE
from sessions.models import Recording
from sessions.pages.recordings.rows import RecordingRow
from sessions.pages.recordings.views import get_recording
from sessions.pages.recordings.words import file_size, person_name

DELETE = "room_sessions.delete_recording"
CHANGE = "room_sessions.change_recording"


@staff_page(DELETE)
@page_methods
def delete_recording_page(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Ask for confirmation; POST deletes the recording, and the message has Undo."""
    row = get_recording(request, recording_id)
    if request.method != "POST":
        hours = round(RESTORABLE_FOR.total_seconds() / 3600)
        context = {"here": "recordings", "row": row, "hours": hours}
        return render(request, "sessions/recordings/delete.html", context)
    try:
        delete_recording(row.recording, by=author_of(request, Channel.FORM))
    except RecordingInProgress:
        messages.error(request, gettext("This recording has not ended. End the session first."))
        return redirect("recording-page", recording_id=row.id)
    except Recording.DoesNotExist:
        raise Http404 from None
    offer_undo(request, reverse("restore-recording", args=[row.id]))
    messages.success(request, gettext("The recording was deleted."), extra_tags=UNDO)
    return redirect("recording-list")


@require_POST
@staff_page(DELETE)
def restore_recording_page(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Restore a deleted recording."""
    row = get_recording(request, recording_id)
    try:
        restore_recording(row.recording, by=author_of(request, Channel.FORM))
    except FilesRemoved:
        messages.error(request, gettext("Its files were removed, so it can't be restored."))
    except Recording.DoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, gettext("The recording was restored."))
    request.session.pop("undo", None)
    return redirect("recording-page", recording_id=row.id)


class ComposeForm(forms.Form):
    """The picture of another film, and the people whom it leaves out."""

    layout = forms.ChoiceField(label=_("Layout"), choices=Layout)
    quality = forms.ChoiceField(label=_("Quality"), choices=Quality)
    fps = forms.TypedChoiceField(
        label=_("Frames per second"), choices=[(n, n) for n in FramesPerSecond], coerce=int
    )
    without = forms.MultipleChoiceField(
        label=_("Leave out"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The film has neither picture nor sound nor name of these people."),
    )

    def __init__(self, row: RecordingRow, data: Any = None) -> None:
        session = row.recording.session
        first = {name: getattr(session, name) for name in PICTURE}
        super().__init__(data, initial=first)
        people = [(str(one.member.pk), person_name(one)) for one in row.people]
        self.fields["without"].choices = people  # type: ignore[attr-defined]

    def wish(self, recording: Recording) -> Wish:
        """Return the film that the form describes. Raises ValidationError."""
        return read_wish(recording, self.cleaned_data if self.is_bound else {})


@staff_page(CHANGE)
@page_methods
def compose_page(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Show the form with an estimate of its film; POST queues the film."""
    row = get_recording(request, recording_id)
    is_sent = request.method == "POST"
    form = ComposeForm(row, request.POST if is_sent else None)
    wish = _wish(form, row)
    if is_sent and wish and "preview" not in request.POST:
        done = _composed(request, row, form, wish)
        if done:
            return done
    context = {
        "here": "recordings",
        "row": row,
        "form": form,
        "mixes": settings.MIXER,
        "estimate": wish and _estimate(row.recording, wish),
    }
    status = 422 if form.errors else 200
    return render(request, "sessions/recordings/compose.html", context, status=status)


def _estimate(recording: Recording, wish: Wish) -> dict[str, str]:
    found = estimate(recording, wish)
    return {
        "length": span(timedelta(seconds=found.duration)),
        "size": file_size(found.size_in_bytes),
        "cpu": span(timedelta(seconds=found.cpu_seconds)),
    }


def _wish(form: ComposeForm, row: RecordingRow) -> Wish | None:
    if form.is_bound and not form.is_valid():
        return None
    try:
        return form.wish(row.recording)
    except ValidationError as wrong:
        for name, errors in wrong.error_dict.items():
            form.add_error(name, errors)
        return None


def _composed(
    request: HttpRequest, row: RecordingRow, form: ComposeForm, wish: Wish
) -> HttpResponse | None:
    try:
        compose_again(row.recording, wish)
    except NotComposable as reason:
        form.add_error(None, str(reason))
        return None
    except Recording.DoesNotExist:
        raise Http404 from None
    messages.success(request, gettext("A mixer composes the film. This page shows its progress."))
    return redirect("recording-page", recording_id=row.id)
