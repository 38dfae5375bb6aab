"""Rules for text: allowed characters and lengths."""

import re
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from access.values.characters import NOT_IN_A_LINE, NOT_IN_PARAGRAPHS, VISIBLE
from access.values.lines import LINE_WORDS, is_line
from rooms.rules.constraints.base import Rule
from rooms.rules.json_values import serialized


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
    words = LINE_WORDS

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(field, longest, also=Q((f"{field}__regex", VISIBLE)))

    def holds(self, value: str) -> bool:
        return len(value) <= self.longest and is_line(value)

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
