"""The menu above each page and the line below it, compiled for what their reader may open.

docs/adr/0047-compiled-templates.md has the reasons.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.defaulttags import CsrfTokenNode
from django.utils import timezone
from django.utils.safestring import SafeString

from access.staff.compiled_rows import RowTemplate
from access.staff.times import time_tag

register = template.Library()

TOP = RowTemplate("includes/_top.html", "username", "csrf", "next", "path", "zone")
FOOT = RowTemplate("includes/_foot.html", "zone", "when")
CSRF = CsrfTokenNode()


@dataclass(frozen=True)
class Viewer:
    """A user as the links of a compiled template see them."""

    is_superuser: bool
    permissions: frozenset[str]

    @classmethod
    def of(cls, user: Any) -> "Viewer":
        names = () if user.is_superuser else user.get_all_permissions()
        return cls(user.is_superuser, frozenset(names))

    def has_perms(self, names: tuple[str, ...]) -> bool:
        return self.is_superuser or self.permissions.issuperset(names)


@register.simple_tag(takes_context=True)
def top_menu(context: Any, here: str = "") -> SafeString:
    """Render the menu of a signed-in user; the page's `here` names its entry."""
    request, user = context["request"], context["user"]
    values = {
        "username": user.get_username(),
        "csrf": CSRF.render(context),
        "next": request.get_full_path(),
        "path": quote(request.path, safe=""),
        "zone": context["zone"],
    }
    return TOP.fill(
        values,
        here=here or context.get("here", ""),
        user=Viewer.of(user),
        theme=context["theme"],
        languages=tuple(settings.LANGUAGES),
    )


@register.simple_tag(takes_context=True)
def page_foot(context: Any) -> SafeString:
    """Render the zone of the page's times and the time to which "today" on paper refers."""
    return FOOT.fill({"zone": context["zone"], "when": time_tag(timezone.now())})
