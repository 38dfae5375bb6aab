"""The two forms of a room on the staff's own pages: their moments are in the person's zone."""

import copy
import json
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext

from access.staff.preferences import zone_names
from rooms.changes import create_room
from rooms.changes.conflicts import Difference, differences
from rooms.changes.validation import FIELDS, Change, validate_change
from rooms.forms import NewRoomForm, RoomForm, SettingsForm
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Door
from rooms.pages.room.moment_field import LocalMoment
from rooms.rules.constraints import Document, Ordered, rule_of
from rooms.rules.fields import TimestampField
from rooms.rules.form_fields import form_field


def page_field(model_field: Any, **more: Any) -> forms.Field:
    """Return the field of a setting as these pages have it: tied to its help and its errors."""
    kind = LocalMoment if isinstance(model_field, TimestampField) else form_field
    field = kind(model_field)
    name = model_field.name
    # Told when it is drawn: in the language of whoever reads it then.
    field.help_text = lazy(_help, str)(model_field)
    field.widget.attrs["aria-describedby"] = f"id_{name}_helptext id_{name}_told"
    return field


def _help(model_field: Any) -> str:
    return " ".join([str(model_field.help_text), *_limits(model_field)])


def _limits(model_field: Any) -> Iterator[str]:
    """Yield a field's limits in words, before anybody breaks them."""
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
    """What both forms have here. The zone travels with the form: a cookie may change meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = forms.CharField(widget=forms.HiddenInput)
        self.clocks = self._zone()
        self.initial["zone"] = str(self.clocks)
        for field in self.moments():
            field.zone = self.clocks

    def _zone(self) -> ZoneInfo:
        sent = self.data.get("zone") if self.is_bound else None
        if sent in zone_names():
            return ZoneInfo(sent)
        return ZoneInfo(timezone.get_current_timezone_name())

    def clean_zone(self) -> str:
        if self.cleaned_data["zone"] not in zone_names():
            raise ValidationError(gettext("The form came without the zone that its times are in."))
        return self.cleaned_data["zone"]

    def moments(self) -> Iterator[LocalMoment]:
        return (field for field in self.fields.values() if isinstance(field, LocalMoment))

    def told(self, name: str, now: datetime) -> Any:
        """Return what is said beside a moment's input, of what it holds."""
        field = self.fields[name]
        if not self.is_bound:
            return field.told(self.get_initial_for_field(field, name), now)
        widget = field.widget
        return field.told(widget.value_from_datadict(self.data, self.files, name), now)

    def would_be(self, room: Room) -> Room:
        """Return `room` with those of the typed values that are valid by themselves."""
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

    def tell_first(self, refusal: ValidationError) -> None:
        """Put the model's faults where nothing is said yet."""
        unsaid = {n: faults for n, faults in refusal.error_dict.items() if n not in self.errors}
        if unsaid:
            self.tell(ValidationError(unsaid))


class RoomPageForm(TimeZoneFormMixin, RoomForm):
    # Field by field, what someone else saved meanwhile, where that could be told.
    conflict: Mapping[str, Difference] | None = None
    # The room as it is, where it is no longer the one that this person saw.
    found: Room | None = None

    class Meta(SettingsForm.Meta):
        formfield_callback = page_field

    def judge(self) -> Change:
        """Say all that is wrong, write nothing; return what would become of the room.

        Where it is refused, that is the room with what is valid by itself, and nothing moved.
        """
        self.is_valid()
        try:
            return validate_change(self.instance, self.edit)
        except ValidationError as refusal:
            # Before it is told: what is told is no longer taken for a value.
            refused = self.would_be(self.instance)
            self.tell_first(refusal)
        return Change(refused)

    def _tell_stale(self, room: Room) -> None:
        self.found = room
        self.conflict = differences(room, self.cleaned_data["version"], self.edit)
        if self.conflict is None:
            super()._tell_stale(room)


class NewRoomPageForm(TimeZoneFormMixin, NewRoomForm):
    class Meta(NewRoomForm.Meta):
        formfield_callback = page_field

    def judge(self) -> Change:
        """Say all that is wrong, write nothing; return the room that would be made."""
        self.is_valid()
        project = self.cleaned_data.get("project")
        try:
            return create_room(project and project.pk, self.edit, by=NOBODY, dry_run=True)
        except ValidationError as refusal:
            unnamed = Room(name=str(self.data.get("name", "")), display_name=None)
            refused = self.would_be(unnamed)
            self.tell_first(refusal)
        return Change(refused)


# Of what is only tried, nothing is written.
NOBODY = Author(AuthorKind.SYSTEM, "", "", Door.FORM)


def contradicts(room: Room) -> bool:
    """Say whether two settings, each valid by itself, cannot be so together."""
    pairs = (rule for rule in Room._meta.constraints if isinstance(rule, Ordered))
    values = ((rule, [getattr(room, name) for name in rule.fields]) for rule in pairs)
    return any(None not in both and not rule.holds(*both) for rule, both in values)


def as_curl(change: Change, seen: int, base_url: str) -> str:
    """Return the call of the API that does the same to version `seen`, to paste into a shell."""
    room = change.room
    body = {name: after for name, (_, after) in change.as_json().items()}
    return (
        f"curl -X PUT {base_url}/api/video/rooms/{room.pk} \\\n"
        f"  -u {room.project_id}:TOKEN -H 'If-Match: \"{seen}\"' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body, ensure_ascii=False))}"
    )
