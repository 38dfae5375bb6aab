"""The two forms of a room on the staff pages, with times in the user's time zone."""

import copy
import json
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, ngettext

from access.staff.zones import zone_names
from rooms.changes import create_room
from rooms.changes.conflicts import Difference, differences
from rooms.changes.validation import FIELDS, Change, validate_change
from rooms.forms import NewRoomForm, RoomForm, SettingsForm
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Channel
from rooms.pages.room.moment_field import LocalTimeFormField
from rooms.rules.constraints import Document, Ordered, rule_of
from rooms.rules.fields import TimestampField
from rooms.rules.form_fields import form_field


def page_field(model_field: Any, **more: Any) -> forms.Field:
    """Return the form field of a setting, tied to its help text and its errors."""
    kind = LocalTimeFormField if isinstance(model_field, TimestampField) else form_field
    field = kind(model_field)
    name = model_field.name
    # Lazy, because the language is that of the request which renders the field.
    field.help_text = lazy(_help, str)(model_field)
    field.widget.attrs["aria-describedby"] = f"id_{name}_helptext id_{name}_hint"
    return field


def _help(model_field: Any) -> str:
    return _help_in(model_field, get_language())


@cache
def _help_in(model_field: Any, _language: str | None) -> str:
    return " ".join([str(model_field.help_text), *_limits(model_field)])


def _limits(model_field: Any) -> Iterator[str]:
    """Yield sentences on the limits of a field, for its help text."""
    rule = rule_of(model_field.model, model_field.name)
    bounds = rule.bounds() if rule else {}
    if "minimum" in bounds:
        yield gettext("{minimum} to {maximum}.").format(
            minimum=bounds["minimum"], maximum=f"{bounds['maximum']:,}".replace(",", "\u202f")
        )
    longest = rule.longest if isinstance(rule, Document) else bounds.get("maxLength")
    if longest:
        yield ngettext("At most {most} character.", "At most {most} characters.", longest).format(
            most=longest
        )


class TimeZoneFormMixin:
    """Times in the time zone that the form was rendered in; the cookie may have changed since."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = forms.CharField(label=gettext("Time zone"), widget=forms.HiddenInput)
        self.time_zone = self._zone()
        self.initial["zone"] = str(self.time_zone)
        for field in self.time_fields():
            field.zone = self.time_zone

    def _zone(self) -> ZoneInfo:
        sent = self.data.get("zone") if self.is_bound else None
        if sent in zone_names():
            return ZoneInfo(sent)
        return ZoneInfo(timezone.get_current_timezone_name())

    def clean_zone(self) -> str:
        if self.cleaned_data["zone"] not in zone_names():
            raise ValidationError(gettext("The form has no valid time zone."))
        return self.cleaned_data["zone"]

    def time_fields(self) -> Iterator[LocalTimeFormField]:
        return (field for field in self.fields.values() if isinstance(field, LocalTimeFormField))

    def hint_for(self, name: str, now: datetime) -> Any:
        """Return the hint for the value of a time's input."""
        field = self.fields[name]
        if not self.is_bound:
            return field.hint_for(self.get_initial_for_field(field, name), now)
        widget = field.widget
        return field.hint_for(widget.value_from_datadict(self.data, self.files, name), now)

    def with_valid_values(self, room: Room) -> Room:
        """Return `room` with the entered values that are valid by themselves."""
        found = copy.copy(room)
        for name, value in self.edit.items():
            rule = rule_of(Room, name)
            try:
                cleaned = FIELDS[name].clean(value, found)
            except ValidationError:
                continue
            if cleaned is None or rule is None or rule.holds(cleaned):
                setattr(found, name, cleaned)
        found.put_defaults()
        return found

    def add_missing_errors(self, refusal: ValidationError) -> None:
        """Add the model's errors of fields that have no error yet."""
        unsaid = {n: faults for n, faults in refusal.error_dict.items() if n not in self.errors}
        if unsaid:
            self.add_errors(ValidationError(unsaid))


class RoomPageForm(TimeZoneFormMixin, RoomForm):
    # The changes that another user saved, by field, if history still has them.
    conflict: Mapping[str, Difference] | None = None
    # The current room, if it has changed since this user loaded the form.
    found: Room | None = None

    class Meta(SettingsForm.Meta):
        formfield_callback = page_field

    def validate(self) -> Change:
        """Add all errors to the form and return the change, without writing.

        After an error, the change has the room with the valid values and no changed field.
        """
        self.is_valid()
        try:
            return validate_change(self.instance, self.edit)
        except ValidationError as refusal:
            # First: fields with an error no longer count as entered.
            refused = self.with_valid_values(self.instance)
            self.add_missing_errors(refusal)
        return Change(refused)

    def _report_stale(self, room: Room) -> None:
        self.found = room
        self.conflict = differences(room, self.cleaned_data["version"], self.edit)
        if self.conflict is None:
            super()._report_stale(room)


class NewRoomPageForm(TimeZoneFormMixin, NewRoomForm):
    class Meta(NewRoomForm.Meta):
        formfield_callback = page_field

    def validate(self) -> Change:
        """Add all errors to the form and return the room to create, without writing."""
        self.is_valid()
        project = self.cleaned_data.get("project")
        try:
            return create_room(project and project.pk, self.edit, by=NOBODY, dry_run=True)
        except ValidationError as refusal:
            unnamed = Room(name=str(self.data.get("name", "")), display_name=None)
            refused = self.with_valid_values(unnamed)
            self.add_missing_errors(refusal)
        return Change(refused)


# A dry run writes no history, so its author is not stored.
NOBODY = Author(AuthorKind.SYSTEM, "", "", Channel.FORM)


def contradicts(room: Room) -> bool:
    """Return whether two settings that are valid alone contradict each other."""
    pairs = (rule for rule in Room._meta.constraints if isinstance(rule, Ordered))
    values = ((rule, [getattr(room, name) for name in rule.fields]) for rule in pairs)
    return any(None not in both and not rule.holds(*both) for rule, both in values)


def as_curl(change: Change, seen: int, base_url: str) -> str:
    """Return the same change of version `seen` as a curl command for the API."""
    room = change.room
    body = {name: after for name, (_, after) in change.as_json().items()}
    return (
        f"curl -X PUT {base_url}/api/video/rooms/{room.pk} \\\n"
        f"  -u {room.project_id}:TOKEN -H 'If-Match: \"{seen}\"' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body, ensure_ascii=False))}"
    )
