"""Forms that check a password, after the pauses for wrong ones."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError

from access.credentials.pauses import begin_attempt, failure_key, forget_failures
from access.credentials.sign_ins import PERSON, SignInAttempt
from access.http.client_address import client_address


class SignInForm(AdminAuthenticationForm):
    """Raises Paused before the password is hashed, also for an account that does not exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("username"):
            # After a wrong password the username stays, so only the password is typed again.
            del self.fields["username"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        if username is None or not self.cleaned_data.get("password"):
            # Django hashes nothing either.
            return super().clean()
        attempt = SignInAttempt(username, client_address(self.request))
        attempt.begin()
        try:
            cleaned = super().clean()
        except ValidationError:
            attempt.fail()
            raise
        attempt.succeed(self.get_user())
        return cleaned


class ChangePasswordForm(PasswordChangeForm):
    """Limits how often a session tries the old password; raises Paused."""

    def clean_old_password(self) -> str:
        key = failure_key("old password", str(self.user.pk))
        begin_attempt({key: PERSON})
        password = super().clean_old_password()
        forget_failures(key)
        return password
