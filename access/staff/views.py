"""Django's views for signing in and changing the password, for staff."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext

from access.credentials.forms import ChangePasswordForm, SignInForm
from access.credentials.hashing import SECONDS_UNTIL_FREE, hashing_slot
from access.credentials.pauses import Paused
from access.staff.back_links import forget_lists


class _HashesPasswords:
    """Lets few requests hash a password at once, and none during a pause."""

    # The server reserves the slot before it uses a thread (config/server/passwords.py).
    hashes_passwords = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with hashing_slot(request.META) as is_free:
            if not is_free:
                return _wait_page(request, 503, SECONDS_UNTIL_FREE)
            try:
                response: Any = super().post(request, *args, **kwargs)  # type: ignore[misc]
            except Paused as pause:
                return _wait_page(request, 429, pause.seconds)
        return _with_result(response, "accepted" if response.status_code == 302 else "refused")


class SignIn(_HashesPasswords, views.LoginView):
    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False


class SignOut(views.LogoutView):
    """Sign out, and forget which lists the user saw: addresses have the words of searches."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        forget_lists(response)
        return response


class ChangePassword(_HashesPasswords, views.PasswordChangeView):
    template_name = "account/password.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, gettext("Password changed."))
        return super().form_valid(form)


def _wait_page(request: HttpRequest, status: int, seconds: int) -> Any:
    context = {"seconds": seconds, "is_paused": status == 429}
    page = render(request, "account/wait.html", context, status=status)
    page.headers["Retry-After"] = str(seconds)
    return _with_result(page, "paused" if status == 429 else "busy")


def _with_result(response: Any, result: str) -> Any:
    # config/monitoring/middleware.py counts it.
    response.password_result = result
    return response
