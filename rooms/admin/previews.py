"""The page between choosing and doing: what would become of each room, and the way back."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from uuid_utils.compat import uuid7

from access.staff.limits import visible_to
from rooms.admin.acts import Act, Done
from rooms.admin.lists import fields_moved
from rooms.bulk.engine import Mode, Result, RowOutcome, chunks_by_id
from rooms.changes.authors import author_of
from rooms.changes.reverts import CONFLICT, Revert, reverts_of
from rooms.models import Room
from rooms.models.history import Door, RoomChange
from rooms.models.idempotent_call import KEPT, InFlight, OtherBody

ROWS_OF_AN_OUTCOME = 100
# What needs a look comes first.
ORDER = (RowOutcome.REFUSED, RowOutcome.CHANGED, RowOutcome.UNCHANGED)
SALT = "rooms.preview"

USED = gettext_lazy(
    "Nothing was changed: this preview was used already, or is too old. This is a new one."
)
AT_WORK = gettext_lazy("This is being done already. Look at the list again in a moment.")


@dataclass
class Preview:
    """What would become of the rooms: all counted, the first of each outcome kept."""

    counts: Counter[RowOutcome] = field(default_factory=Counter)
    live: int = 0
    conflicts: int = 0
    kept: defaultdict[RowOutcome, list[Result]] = field(default_factory=lambda: defaultdict(list))

    def add(self, result: Result) -> None:
        self.counts[result.outcome] += 1
        self.live += result.is_live and result.outcome == RowOutcome.CHANGED
        self.conflicts += _is_conflict(result)
        if self.counts[result.outcome] <= ROWS_OF_AN_OUTCOME:
            self.kept[result.outcome].append(result)

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def changed(self) -> int:
        return self.counts[RowOutcome.CHANGED]

    @property
    def same(self) -> int:
        return self.counts[RowOutcome.UNCHANGED]

    @property
    def refused(self) -> int:
        return self.counts[RowOutcome.REFUSED]

    def sections(self) -> Iterator[dict[str, Any]]:
        """Yield each outcome that there is: how many rooms, and the first of them."""
        ids = [result.room_id for results in self.kept.values() for result in results]
        rooms = Room.objects.select_related("project").in_bulk(ids)
        for outcome in ORDER:
            results = self.kept[outcome]
            if results:
                count = self.counts[outcome]
                rows = [_row(result, rooms.get(result.room_id)) for result in results]
                others = count - len(rows)
                yield {"outcome": outcome, "count": count, "rows": rows, "others": others}


def _is_conflict(result: Result) -> bool:
    if result.refusal is None:
        return False
    faults = [fault for faults in result.refusal.error_dict.values() for fault in faults]
    return any(fault.code == CONFLICT for fault in faults)


def _row(result: Result, room: Room | None) -> dict[str, Any]:
    return {
        "room": room,
        "name": result.name or result.room_id,
        "is_live": result.is_live,
        "moved": fields_moved(result.changes or {}),
        "refusals": result.refusal.messages if result.refusal else [],
    }


def previewed(
    model_admin: admin.ModelAdmin, request: HttpRequest, act: Act, **page: Any
) -> HttpResponse | None:
    """Return the page that shows `act` before it is done, or None once it has been done.

    `page` is for the template: title, verb, and what its form has to send again.
    """
    mode = request.POST.get("mode")
    if mode in Mode.values and _did(request, act, Mode(mode)):
        return None
    preview = Preview()
    # The digest first: a room that comes in between is one that was not seen.
    seal = signing.dumps({"key": str(uuid7()), "seen": act.seen()}, salt=SALT)
    act.preview(preview.add)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "preview": preview,
        "seal": seal,
        "back": reverse("admin:rooms_room_changelist"),
        **page,
    }
    return TemplateResponse(request, "admin/rooms/preview.html", context)


def _did(request: HttpRequest, act: Act, mode: Mode) -> bool:
    """Do what the page asked for; False, with a message that says why, if it is to be seen anew."""
    try:
        sealed = signing.loads(request.POST.get("preview", ""), salt=SALT, max_age=KEPT)
        done = act.apply_once(sealed["key"], sealed["seen"], mode)
    except (signing.BadSignature, OtherBody):
        messages.warning(request, USED)
        return False
    except InFlight:
        messages.warning(request, AT_WORK)
        return True
    messages.add_message(request, done.level, _line(done))
    return done.applied


def _line(done: Done) -> str:
    if not RoomChange.objects.filter(bulk_id=done.bulk_id).exists():
        return done.line
    url = reverse("admin:rooms_room_undo", args=[done.bulk_id])
    return format_html('{} <a href="{}">{}</a>', done.line, url, gettext("Undo…"))


def undo(model_admin: admin.ModelAdmin, request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Show what putting back a bulk change would do; by POST, put it back."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    override = request.GET.get("override") == "1"
    edits = _reverts(request, bulk_id, override=override)
    if not edits:
        raise Http404
    act = Act(
        f"undo {bulk_id} {override}",
        author_of(request, Door.REVERT),
        lambda: chunks_by_id(edits),
        done=gettext("put back"),
    )
    page = {
        "title": gettext("Undo a bulk change"),
        "verb": gettext("Put back"),
        "override": override,
    }
    first = RoomChange.objects.filter(bulk_id=bulk_id).earliest("pk")
    return previewed(model_admin, request, act, undone=first, **page) or HttpResponseRedirect(
        reverse("admin:rooms_room_changelist")
    )


def _reverts(request: HttpRequest, bulk_id: UUID, *, override: bool) -> dict[UUID, Revert]:
    # A person's act, other than a token's, may be on rooms of several projects.
    entries = RoomChange.objects.filter(visible_to(request.user), bulk_id=bulk_id)
    projects = entries.order_by().values_list("project_id")
    edits: dict[UUID, Revert] = {}
    for (project_id,) in projects.distinct():
        edits |= reverts_of(bulk_id, project_id, override=override)
    return edits
