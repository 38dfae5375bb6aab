"""The answer to "Can they get in?", now, at another time, or for the bearer of a room token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from access.staff.times import time_text
from rooms.display.admissions import answer_text
from rooms.models import Room
from rooms.models.forecast import Forecast, TokenForecast, forecast_as_read, forecasts
from rooms.pages.refused import refused_context
from rooms.pages.room.forms import TimeZoneFormMixin
from rooms.pages.room.moment_field import LocalTimeFormField
from rooms.rules.constraints import rule_of
from rooms.rules.join_policy import TokenReason

# Longer than any room token.
LONGEST_TOKEN = 8192


def no_tokens(room: Room, token: str, at: datetime) -> TokenForecast:
    raise NotImplementedError


# Sessions are built on rooms, so SessionsConfig.ready() replaces this function.
forecast_of_token: Callable[[Room, str, datetime], TokenForecast] = no_tokens


class TimeQuestionField(LocalTimeFormField):
    """A time in the zone of the page, with the limits of the times of a room."""

    def __init__(self) -> None:
        super().__init__(Room._meta.get_field("join_from"))
        self.label, self.help_text = gettext_lazy("At"), ""
        self.widget.attrs["aria-describedby"] = "ask_at_hint"

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        if moment is None:
            return None
        if not isinstance(moment, datetime):
            raise ValidationError(gettext("Enter a date and a time."))
        rule = rule_of(Room, "join_from")
        if not rule.holds(moment):
            raise ValidationError(gettext("The time {rule}.").format(rule=rule.requirement()))
        return moment


class QuestionForm(TimeZoneFormMixin, forms.Form):
    at = TimeQuestionField()
    token = forms.CharField(
        required=False,
        max_length=LONGEST_TOKEN,
        label=gettext_lazy("Room token"),
        # The browser does not offer the tokens of other persons again.
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
            | {"aria-describedby": "ask_token_hint"}
        ),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data or None, auto_id="ask_%s")


@dataclass(frozen=True)
class Answer:
    """The answer in words; `who` and `when` are empty unless the question names them."""

    allowed: bool
    words: str
    why: str = ""
    who: str = ""
    when: str = ""


def answer_for_now(found: Forecast) -> Answer:
    return Answer(found.decision.allowed, answer_text(found.decision, found.at))


def answer_to(room: Room, form: QuestionForm, now: datetime) -> Answer | None:
    """Return the answer to a form, or None if the form has errors."""
    if not form.is_valid():
        return None
    at, token = form.cleaned_data["at"] or now, form.cleaned_data["token"]
    when = time_text(at, now) if at != now else ""
    if not token:
        [found] = forecasts([room], at)
        return Answer(found.decision.allowed, answer_text(found.decision, now), when=when)
    person = forecast_of_token(room, token, at)
    return Answer(
        person.inside_since is not None or person.decision.allowed,
        _words(person, now),
        _why(person),
        person.name or "",
        when,
    )


def question_context(room: Room, question: QuestionForm, now: datetime) -> dict[str, Any]:
    """Return the context of the answer, with the forecast for now."""
    found = forecast_as_read(room, now)
    answer = answer_to(room, question, now) if question.is_bound else answer_for_now(found)
    hint = question.hint_for("at", now)
    return {
        "question": question,
        "answer": answer,
        "question_hint": hint,
        "forecast": found,
        **refused_context(room, now),
    }


def _words(person: TokenForecast, now: datetime) -> str:
    if person.inside_since is None:
        return answer_text(person.decision, now)
    since = time_text(person.inside_since, now)
    return gettext("Yes, inside since {time}").format(time=since)


def _why(person: TokenForecast) -> str:
    """Return the sentence on the token itself, which the short answer leaves out."""
    reason, sentence = person.decision.reason, person.decision.sentence
    if reason is TokenReason.BAD_TOKEN:
        return gettext(sentence)
    return sentence if reason is TokenReason.OTHER_ROOM else ""
