"""The pages of API tokens: the list, a new token and its secret, one token, and revoking it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from access.models import ApiToken
from access.pages.audit import log_addition, log_change
from access.pages.pagination import page_of
from access.pages.shown_once import secret_page, show_on_next_page, take_secret
from access.pages.tokens.forms import ChangedTokenForm, NewTokenForm
from access.pages.tokens.status import expiring_soon, networks_text, rights_text, token_pill
from access.staff.decorators import staff_page
from access.staff.limits import visible_to

MOST_REVOKED = 50
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_page("access.view_apitoken")
def token_list(request: HttpRequest) -> HttpResponse:
    """List the tokens that the user may see, newest first; revoked ones come last."""
    tokens = _visible_tokens(request)
    page, links = page_of(request, tokens.filter(revoked_at=None).order_by("-id"))
    revoked = tokens.exclude(revoked_at=None).order_by("-revoked_at", "-id")[:MOST_REVOKED]
    context = {
        "here": "tokens",
        "tokens": [_shown(token) for token in page.rows],
        "revoked": [_shown(token) for token in revoked],
        "most_revoked": MOST_REVOKED,
        "expiring": expiring_soon(tokens).count(),
        **links,
    }
    return render(request, "access/tokens/list.html", context)


@form_methods
@staff_page("access.add_apitoken")
def new_token(request: HttpRequest) -> HttpResponse:
    """Show the form of a new token; POST creates it, and redirects to its secret."""
    form = NewTokenForm(request.POST or None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    token = form.instance
    token.created_by = request.user.get_username()
    secret = token.renew()
    with transaction.atomic():
        token.save()
        log_addition(request, token)
    response = redirect("token-secret", token_id=token.pk)
    show_on_next_page(request, response, _name_of(token), secret)
    return response


@form_methods
@staff_page("access.view_apitoken", "access.change_apitoken")
def edit_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = _visible_token(request, token_id)
    form = ChangedTokenForm(request.POST or None, instance=token)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, _visible_token(request, token_id))
    with transaction.atomic():
        form.save_fields()
        log_change(request, token, gettext("Changed."))
    messages.success(request, gettext("Saved."))
    return redirect("token-page", token.pk)


def _form_page(request: HttpRequest, form: Any, token: ApiToken | None = None) -> HttpResponse:
    context = {"here": "tokens", "form": form, "token": token}
    status = 422 if form.errors else 200
    return render(request, "access/tokens/form.html", context, status=status)


@require_GET
@staff_page("access.add_apitoken")
def token_secret(request: HttpRequest, token_id: int) -> HttpResponse:
    """Show the secret of a new token, once."""
    token = _visible_token(request, token_id)
    secret = take_secret(request, _name_of(token))
    if not secret:
        messages.info(request, gettext("A token is shown only once, after it was created."))
        may_view = request.user.has_perm("access.view_apitoken")
        return redirect("token-page", token.pk) if may_view else redirect("new-token")
    context = {
        "here": "tokens",
        "token": token,
        "secret": secret,
        **_examples(request, token, secret),
    }
    return secret_page(render(request, "access/tokens/secret.html", context))


@require_safe
@staff_page("access.view_apitoken")
def token_page(request: HttpRequest, token_id: int) -> HttpResponse:
    token = _visible_token(request, token_id)
    return render(request, "access/tokens/detail.html", {"here": "tokens", **_shown(token)})


@form_methods
@staff_page("access.view_apitoken", "access.change_apitoken")
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ask for confirmation; POST revokes the token for good."""
    token = _visible_token(request, token_id)
    if request.method != "POST":
        return render(request, "access/tokens/revoke.html", {"here": "tokens", **_shown(token)})
    with transaction.atomic():
        is_changed = token.revoke()
        if is_changed:
            log_change(request, token, gettext("Revoked."))
    if is_changed:
        text = gettext("“%(name)s” is revoked. Each request with this token now gets 401.")
        messages.success(request, text % {"name": token.name})
    else:
        messages.info(request, gettext("This token was revoked before."))
    return redirect("token-page", token.pk)


def _visible_tokens(request: HttpRequest) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(visible_to(request.user)).select_related("project")


def _visible_token(request: HttpRequest, token_id: int) -> ApiToken:
    return get_object_or_404(_visible_tokens(request), pk=token_id)


def _name_of(token: ApiToken) -> str:
    return f"token {token.pk}"


def _examples(request: HttpRequest, token: ApiToken, secret: str) -> dict[str, str]:
    url = request.build_absolute_uri(reverse("rooms"))
    return {
        "basic": f"curl -u '{token.project_id}:{secret}' '{url}'",
        "bearer": f"curl -H 'Authorization: Bearer {secret}' '{url}'",
    }


def _shown(token: ApiToken) -> dict[str, Any]:
    return {
        "token": token,
        "state": token_pill(token),
        "rights": rights_text(token),
        "networks": networks_text(token),
    }
