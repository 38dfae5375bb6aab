"""Save, rename, share and delete views of the list."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from access.models import Project
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.models import SavedView
from rooms.pages.room_list.state import ListState
from rooms.pages.room_list.view_menu import MAY_SHARE
from rooms.pages.room_list.views import render_list, state_of


@require_POST
@staff_page("rooms.view_room")
def save_view(request: HttpRequest) -> HttpResponse:
    """Save the view `query` as `name`, for its user or also for a project."""
    state = state_of(QueryDict(request.POST.get("query", "")))
    name = request.POST.get("name", "")
    view = SavedView(user_id=request.user.pk, name=name, query=state.query)
    try:
        view.project_id = _project_of(request, view)
        view.keep()
    except ValidationError as wrong:
        return _refused(request, state, wrong, new_name=name)
    messages.success(request, gettext("View “%s” saved.") % view.name)
    return HttpResponseRedirect(state.link())


@require_POST
@staff_page("rooms.view_room")
def rename_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view that the user may edit, and share it if the form says with whom."""
    found = get_object_or_404(SavedView.editable_by(request.user), pk=view_id)
    state, before = state_of(QueryDict(found.query)), (found.name, found.project_id)
    found.name = request.POST.get("name", "")
    try:
        found.project_id = _project_of(request, found)
        found.keep()
    except ValidationError as wrong:
        return _refused(request, state, wrong, renamed=found.name)
    messages.success(request, _edited(found, before))
    return HttpResponseRedirect(state.link())


def _edited(view: SavedView, before: tuple[str, UUID | None]) -> str:
    if before[1] == view.project_id:
        return gettext("View renamed to “%s”.") % view.name
    if view.project is None:
        return gettext("View “%s” is no longer shared.") % view.name
    words = {"name": view.name, "project": view.project.name}
    return gettext("View “%(name)s” is shared with %(project)s.") % words


@require_POST
@staff_page("rooms.view_room")
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view that the user may edit, and show its rooms without it."""
    found = get_object_or_404(SavedView.editable_by(request.user), pk=view_id)
    found.delete()
    messages.success(request, gettext("View “%s” deleted.") % found.name)
    return HttpResponseRedirect(state_of(QueryDict(found.query)).link())


def _project_of(request: HttpRequest, view: SavedView) -> UUID | None:
    """Return the project that the form names; without a field, the view keeps its own.

    Raises ValidationError unless the user may see the project and change its rooms.
    """
    now, sent = str(view.project_id or ""), request.POST.get("project")
    if sent is None or sent == now:
        return view.project_id
    if not sent:
        return None
    projects = Project.objects.filter(visible_to(request.user, ""))
    may_share = request.user.has_perm(MAY_SHARE) and is_uuid(sent)
    if may_share and (project := projects.filter(pk=sent).first()):
        return project.pk
    raise ValidationError({"project": gettext("You can't share a view with this project.")})


def _refused(
    request: HttpRequest, state: ListState, wrong: ValidationError, **typed: str
) -> HttpResponse:
    chosen = request.POST.get("project")
    more = {"view_errors": wrong.messages, "chosen_project": chosen, **typed}
    return render_list(request, QueryDict(state.query), **more)
