"""The form of a webhook endpoint, on the pages of staff and in Django admin."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.pages.projects import offer_projects
from access.webhooks.models import MOST_ENDPOINTS, WebhookEndpoint, WebhookEventType

# Texts for people, by the code of the model's fault, whose own text is for the API.
WORDS = {
    "syntax": _("Enter an address such as https://example.org/path, without a user name or “#”."),
    "https": _("Enter an address that begins with https://."),
    "host": _("%(host)s is not a host name. Enter one such as example.org."),
    "port": _("Enter a port from 1 to 65535."),
    "private": _("Private addresses are not allowed: %(host)s is inside your network."),
    "too_many": _("This project has %(most)s webhooks, which is the maximum. Delete one first."),
}


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    event_types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=WebhookEventType,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=WebhookEndpoint._meta.get_field("event_types").help_text,
    )

    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[tuple[str, ...]] = ("project", "url", "description", "event_types")
        error_messages = {
            "project": {"required": _("Choose a project.")},
            "url": {"required": _("Enter an address.")},
        }

    def add_error(self, field: str | None, error: Any) -> None:
        """Add the faults of the model in words for people, one for each field."""
        if field is None and hasattr(error, "error_dict"):
            found = error.error_dict.items()
            error = ValidationError(
                {name: _in_words(faults) for name, faults in found if name not in self.errors}
            )
        super().add_error(field, error)


class NewEndpointForm(EndpointForm):
    """The form of a new webhook, with the projects that `user` may see."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_projects(self, user)


class ChangedEndpointForm(EndpointForm):
    class Meta(EndpointForm.Meta):
        # In another project, the endpoint would send one organisation's events to another.
        fields = ("url", "description", "event_types")


def _in_words(faults: list[ValidationError]) -> list[ValidationError]:
    return [_one_in_words(fault) for fault in faults]


def _one_in_words(fault: ValidationError) -> ValidationError:
    if fault.code not in WORDS:
        return fault
    params = {"most": MOST_ENDPOINTS, **(fault.params or {})}
    return ValidationError(WORDS[fault.code], code=fault.code, params=params)
