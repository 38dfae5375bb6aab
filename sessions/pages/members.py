"""The pages that remove a member from a session, and unblock one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.staff.decorators import staff_page
from sessions import lifecycle
from sessions.models import LeaveReason, Member
from sessions.pages.views import get_session
from sessions.pages.wording import removed_text


@staff_page("room_sessions.change_roomsession")
def remove_page(request: HttpRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Ask for confirmation, and whether to block the member; POST removes the member."""
    session = get_session(request, session_id)
    if request.method == "POST":
        return _removed(request, session_id, member_id)
    member = get_object_or_404(session.members, pk=member_id)
    context = {"here": "sessions", "session": session, "member": member}
    return render(request, "sessions/remove.html", context)


@require_POST
@staff_page("room_sessions.change_roomsession")
def unblock_page(request: HttpRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    """Let a member use their room token again."""
    members = get_session(request, session_id).members.all()
    try:
        member = lifecycle.unblock(members, member_id)
    except Member.DoesNotExist:
        raise Http404 from None
    name = member.name or gettext("The member")
    messages.success(request, gettext("%s can join with their link again.") % name)
    return redirect("session-page", session_id=session_id)


def _removed(request: HttpRequest, session_id: UUID, member_id: UUID) -> HttpResponse:
    members, block = get_session(request, session_id).members.all(), "block" in request.POST
    try:
        member = lifecycle.leave(members, member_id, reason=LeaveReason.REMOVED, block=block)
    except Member.DoesNotExist:
        raise Http404 from None
    messages.success(request, removed_text(member))
    return redirect("session-page", session_id=session_id)
