"""Django's views for signing in and changing the password, for staff."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext


class SignIn(views.LoginView):
    template_name = "account/sign_in.html"
    authentication_form = AdminAuthenticationForm
    redirect_authenticated_user = False


class ChangePassword(views.PasswordChangeView):
    template_name = "account/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, gettext("Password changed."))
        return super().form_valid(form)
