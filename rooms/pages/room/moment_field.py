"""A form field for times in the user's time zone; ambiguous times are never guessed."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from access.staff.clock_changes import never_text, twice_text
from access.staff.times import time_text
from access.values.local_times import in_zone, offset_text, times_of
from access.values.timestamps import parse_local
from rooms.display.times import relative
from rooms.rules.constraints import rule_of
from rooms.rules.form_fields import TimestampFormField

OFFSET = "{}_offset"


class LocalTimeInput(forms.DateTimeInput):
    """The input of a local time; an offset that the user chose is sent in another input."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text, offset = data.get(name), data.get(OFFSET.format(name))
        return f"{text} {offset}" if offset and _naive(text or "") else text


@dataclass(frozen=True)
class OffsetChoice:
    """One of the two times that an ambiguous local time can mean."""

    offset: str
    words: str
    utc: str
    chosen: bool


@dataclass(frozen=True)
class FieldHint:
    """The text beside an input: its time in words, and the choice between two times."""

    moment: datetime | None = None
    words: str = ""
    away: str = ""
    choices: tuple[OffsetChoice, ...] = ()
    why: str = ""


class LocalTimeFormField(TimestampFormField):
    """Reads and shows a time in `zone`, which the form sets."""

    zone: tzinfo = UTC

    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        # A year without an upper bound has six digits to type in some browsers.
        years = rule_of(self.model_field.model, self.model_field.name)
        ends = {"min": f"{years.first:%Y-%m-%dT%H:%M}", "max": f"{years.last:%Y-%m-%dT%H:%M:%S}"}
        return LocalTimeInput({"type": "datetime-local", "step": 1, **ends, **bounds})

    def read(self, text: str) -> Any:
        """Return the time; raises ValidationError if the local time occurs never or twice."""
        local = _naive(text)
        if local is None:
            return super().read(text)
        moments = times_of(local, self.zone)
        if len(moments) == 1:
            return moments[0]
        return self._chosen(text, moments) or self._refuse(local)

    def prepare_value(self, value: Any) -> str:
        try:
            return super().prepare_value(value)
        except ValidationError:
            return value.partition(" ")[0]

    def to_input(self, value: datetime) -> str:
        return f"{in_zone(value, self.zone):%Y-%m-%dT%H:%M:%S}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            # To the second, because the input shows no microseconds.
            return self._whole(self.to_python(initial)) != self.to_python(data)
        except ValidationError:
            return True

    def hint_for(self, value: Any, now: datetime) -> FieldHint:
        """Return the hint for an input that holds `value`, stored or entered."""
        try:
            moment = self.to_python(value)
        except ValidationError:
            return FieldHint(choices=self._choices(_naive(value), None))
        if not isinstance(moment, datetime):
            return FieldHint()
        local = in_zone(moment, self.zone)
        choices = self._choices(local, moment)
        return FieldHint(
            moment=moment,
            words=time_text(moment, now),
            away=relative(moment, now),
            choices=choices,
            why=twice_text(local, self.zone) if choices else "",
        )

    def _whole(self, value: Any) -> Any:
        return value.replace(microsecond=0) if isinstance(value, datetime) else value

    def _chosen(self, text: str, moments: list[datetime]) -> datetime | None:
        offset = text.partition(" ")[2]
        return next((one for one in moments if offset_text(one, self.zone) == offset), None)

    def _choices(self, local: datetime | None, chosen: datetime | None) -> tuple[OffsetChoice, ...]:
        moments = times_of(local, self.zone) if local else []
        if len(moments) < 2:
            return ()
        order = (gettext("the first time"), gettext("the second time"))
        return tuple(
            OffsetChoice(
                offset_text(one, self.zone),
                words,
                f"{one:%H:%M:%S}" if one.second else f"{one:%H:%M}",
                one == chosen,
            )
            for one, words in zip(moments, order, strict=True)
        )

    def _refuse(self, local: datetime) -> None:
        if times_of(local, self.zone):
            words = gettext("{why} Choose one of the two times.")
            why = twice_text(local, self.zone)
            raise ValidationError(words.format(why=why), code="twice")
        raise ValidationError(never_text(local, self.zone), code="never")


def _naive(text: str) -> datetime | None:
    """Return the local time that an input sent, or None for any other text."""
    try:
        return parse_local(text.partition(" ")[0])
    except ValueError:
        return None
