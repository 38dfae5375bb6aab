"""The form of an API token, on the page of staff and in Django admin."""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.models import TOKEN_LIFE, ApiToken, Scope
from access.pages.projects import offer_projects
from access.staff.time_fields import CalendarTimeField

LIVES = {str(days): timedelta(days=days) for days in (30, 90, 365)}
ON_A_DATE, NEVER = "date", "never"


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        label=_("May use"),
        choices=Scope,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.VIDEO.value],
        help_text=_("“Rooms, sessions and webhooks” includes all others, except for the last one."),
    )
    expiry = forms.ChoiceField(
        label=_("Expires"),
        choices=[
            ("30", _("In 30 days")),
            ("90", _("In 90 days")),
            ("365", _("In 365 days")),
            (ON_A_DATE, _("On a date")),
            (NEVER, _("Never")),
        ],
        initial=str(TOKEN_LIFE.days),
    )
    # One input with a label, because Django's two inputs have none.
    expires_at = CalendarTimeField(
        label=_("Date of expiry"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("For “On a date”, in the time zone of your preferences."),
    )

    class Meta:
        model = ApiToken
        fields: ClassVar[tuple[str, ...]] = (
            *("project", "name", "scopes", "allowed_networks"),
            *("expiry", "expires_at"),
        )
        widgets = {"allowed_networks": forms.Textarea({"rows": 3})}
        error_messages = {
            "project": {"required": _("Choose a project.")},
            "name": {"required": _("Enter a name.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["expiry"] = ON_A_DATE if self.instance.expires_at else NEVER

    def clean_allowed_networks(self) -> str:
        text: str = self.cleaned_data["allowed_networks"]
        if errors := [error for word in text.split() if (error := _network_error(word))]:
            raise ValidationError(errors)
        return text

    def clean(self) -> None:
        super().clean()
        chosen = self.cleaned_data.get("expiry", "")
        if chosen == ON_A_DATE:
            self._check_date()
        elif "expires_at" in self.cleaned_data:
            self.cleaned_data["expires_at"] = _from_now(chosen)

    def save_fields(self) -> None:
        """Save the fields of the form of an existing token.

        Its other fields may have changed since it was read: a full save would undo a revocation.
        """
        fields = ["name", "scopes", "allowed_networks", "expires_at"]
        self.instance.save(update_fields=fields)

    def _check_date(self) -> None:
        if "expires_at" not in self.cleaned_data:
            return
        at: datetime | None = self.cleaned_data["expires_at"]
        if at is None:
            self.add_error("expires_at", _("Enter a time, or choose another expiry."))
        elif _minute(at) == _minute(self.instance.expires_at):
            # The input has no seconds, so an edit of other fields would cut them off.
            self.cleaned_data["expires_at"] = self.instance.expires_at
        elif self.instance._state.adding and at <= timezone.now():
            self.add_error("expires_at", _("Enter a time in the future."))


class NewTokenForm(TokenForm):
    """The form of a new token, with the projects that `user` may see."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_projects(self, user)
        self.fields["name"].help_text = _("Client and purpose, such as “Booking system”.")


class ChangedTokenForm(TokenForm):
    class Meta(TokenForm.Meta):
        # In another project, the token would act for another organisation.
        fields = ("name", "scopes", "allowed_networks", "expiry", "expires_at")


def _from_now(chosen: str) -> datetime | None:
    # Whole minutes, which the input of the form can show again.
    now = timezone.now().replace(second=0, microsecond=0)
    return now + LIVES[chosen] if chosen in LIVES else None


def _minute(at: datetime | None) -> datetime | None:
    return at and at.replace(second=0, microsecond=0)


def _network_error(word: str) -> str:
    """Return the error of an invalid IP range, or "" for a valid one."""
    try:
        ip_network(word)
    except ValueError:
        pass
    else:
        return ""
    try:
        meant = ip_network(word, strict=False)
    except ValueError:
        text = gettext("%(word)s is not an IP range. Enter ranges such as 192.0.2.0/24.")
        return text % {"word": word[:60]}
    text = gettext("%(word)s is an address inside a range. Enter %(range)s for the whole range.")
    return text % {"word": word, "range": meant}
