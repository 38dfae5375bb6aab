"""Rules for text: allowed characters and lengths."""

import re
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from rooms.rules.constraints.base import Rule
from rooms.rules.json_values import serialized

# These patterns mean the same in Python's re and PostgreSQL's ~.
CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff"
BIDI_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
NOT_IN_A_LINE = rf"[{CONTROLS}{BIDI_OVERRIDES}\t\n\r\u2028\u2029]"
# A newline is LF, or CRLF as browsers send it. A CR alone is forbidden.
NOT_IN_PARAGRAPHS = rf"[{CONTROLS}]|\r(?!\n)"
# Text without any of these characters (only spaces and zero-width ones) is invisible.
VISIBLE = (
    r"[^ \t\n\r\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


class Text(Rule):
    """Text of at most `longest` characters, without matches of `forbidden`."""

    kind = "text"
    forbidden = NOT_IN_PARAGRAPHS
    words = _lazy("without control characters")

    def __init__(self, field: str, longest: int, also: Q | None = None) -> None:
        self.longest = longest
        condition = Q(LessThanOrEqual(Length(field), longest)) & ~Q(
            (f"{field}__regex", self.forbidden)
        )
        super().__init__(field, condition=condition & also if also else condition)

    def holds(self, value: str) -> bool:
        return len(value) <= self.longest and not re.search(self.forbidden, value)

    def requirement(self) -> str:
        rule = _("must be text of at most {longest} characters {words}")
        return rule.format(longest=self.longest, words=self.words)

    def bounds(self) -> dict[str, Any]:
        return {"maxLength": self.longest}


class Line(Text):
    """A line of visible text."""

    kind = "line"
    forbidden = NOT_IN_A_LINE
    words = _lazy("on one line, not blank, without control characters or bidi overrides")

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(field, longest, also=Q((f"{field}__regex", VISIBLE)))

    def holds(self, value: str) -> bool:
        return super().holds(value) and re.search(VISIBLE, value) is not None

    def bounds(self) -> dict[str, Any]:
        return {"minLength": 1, "maxLength": self.longest}


class Slug(Rule):
    """At most `longest` ASCII letters, digits, - and _."""

    kind = "slug"

    def __init__(self, field: str, longest: int) -> None:
        self.longest = longest
        self.pattern = rf"^[A-Za-z0-9_-]{{1,{longest}}}"
        super().__init__(field, condition=Q((f"{field}__regex", self.pattern + r"\Z")))

    def holds(self, value: str) -> bool:
        return re.match(self.pattern + r"\Z", value) is not None

    def requirement(self) -> str:
        rule = _("must be 1 to {longest} of the characters A-Z a-z 0-9 _ -")
        return rule.format(longest=self.longest)

    def bounds(self) -> dict[str, Any]:
        return {"minLength": 1, "maxLength": self.longest, "pattern": self.pattern + "$"}


class Document(Rule):
    """A JSON object with a stored text of at most `longest` characters."""

    kind = "document"

    def __init__(self, field: str, longest: int) -> None:
        self.longest = longest
        condition = Q(LessThanOrEqual(Length(field), longest)) & Q(
            (f"{field}__regex", r"^\{.*\}\Z")
        )
        super().__init__(field, condition=condition)

    def holds(self, value: dict[str, Any]) -> bool:
        return len(serialized(value)) <= self.longest

    def requirement(self) -> str:
        return _("must be at most {longest} characters of JSON").format(longest=self.longest)
