"""The page on which users see where they are signed in, and sign out elsewhere."""

from operator import itemgetter

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from access.credentials.staff_sessions import (
    ADDRESS,
    BROWSER,
    SIGNED_IN_AT,
    StaffSession,
    end_staff_session,
    end_staff_sessions,
    live_staff_sessions,
)
from access.staff.decorators import staff_page
from access.values.timestamps import from_epoch

OTHERS, ALL = "others", "all"


@require_safe
@staff_page()
def own_sign_ins(request: HttpRequest) -> HttpResponse:
    rows = [_shown(row, request) for row in live_staff_sessions(request.user)]
    context = {
        "rows": sorted(rows, key=itemgetter("is_this"), reverse=True),
        "hours": settings.SESSION_COOKIE_AGE // 3600,
        "idle": settings.SESSION_IDLE_MINUTES,
    }
    return render(request, "account/sign_ins.html", context)


@require_POST
@staff_page()
def end_sign_ins(request: HttpRequest) -> HttpResponse:
    """End one of the user's own sessions, the others, or all of them."""
    chosen = request.POST.get("end", "")
    if chosen == ALL:
        end_staff_sessions(request.user, by=request.user)
        messages.success(request, gettext("You are signed out everywhere."))
    elif chosen == OTHERS:
        _end_others(request)
    elif end_staff_session(request.user, chosen):
        messages.success(request, gettext("Signed out there."))
    else:
        messages.info(request, gettext("That sign-in has already ended."))
    if StaffSession.objects.filter(pk=request.session.session_key).exists():
        return redirect("own-sign-ins")
    logout(request)
    return redirect("sign-in")


def _end_others(request: HttpRequest) -> None:
    ended = end_staff_sessions(request.user, by=request.user, keep=request.session.session_key)
    text = ngettext("%d other sign-in ended.", "%d other sign-ins ended.", ended)
    messages.success(request, text % ended)


def _shown(row: StaffSession, request: HttpRequest) -> dict[str, object]:
    data = row.get_decoded()
    return {
        "handle": row.handle,
        "browser": data.get(BROWSER),
        "address": data.get(ADDRESS),
        "signed_in_at": from_epoch(data[SIGNED_IN_AT]),
        "used_at": row.used_at,
        "is_this": row.session_key == request.session.session_key,
    }
