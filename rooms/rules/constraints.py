"""Rules: a limit, written once, that judges in Python and is kept by the database.

Django's own CheckConstraint asks the database whether an instance is valid, with
three statements each; these judge in Python and cost none. To a migration each is
a plain CheckConstraint, so that migrations import nothing of ours.
"""

import copy
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from access.values.faults import fault, shown
from rooms.rules.json_values import serialized

# Python's re and PostgreSQL's ~ read these the same way.
CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff"
BIDI_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
NOT_IN_A_LINE = rf"[{CONTROLS}{BIDI_OVERRIDES}\t\n\r\u2028\u2029]"
# A newline is LF or CRLF, as browsers send it; a lone CR is neither.
NOT_IN_PARAGRAPHS = rf"[{CONTROLS}]|\r(?!\n)"
# Spaces and the characters of no width: a name made of these alone cannot be seen.
SEEN = (
    r"[^ \t\n\r\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


class Rule(models.CheckConstraint):
    """One limit of one field, or between two."""

    code = "invalid_parameter"
    kind = "rule"

    def __init__(self, *fields: str, condition: Q) -> None:
        self.fields = fields
        name = f"%(class)s_{'_'.join(fields)}_{self.kind}"
        super().__init__(condition=condition, name=name)

    def clone(self) -> Self:
        return copy.copy(self)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return (
            "django.db.models.CheckConstraint",
            (),
            {"condition": self.condition, "name": self.name},
        )

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = "default",
    ) -> None:
        if exclude and not set(exclude).isdisjoint(self.fields):
            return
        values = [getattr(instance, field) for field in self.fields]
        if None not in values and not self.holds(*values):
            raise ValidationError({self.fields[-1]: self.error(*values)})

    def holds(self, *values: Any) -> bool:
        raise NotImplementedError

    def error(self, *values: Any) -> ValidationError:
        return fault(self.fields[-1], self.code, self.says(), values[-1])

    def says(self) -> str:
        """Return the rule in words that follow the field's name: 'must be …'."""
        raise NotImplementedError

    def bounds(self) -> dict[str, Any]:
        """Return the limit in the words of JSON Schema, for the API's description and forms."""
        return {}


class InRange(Rule):
    """A whole number from `low` to `high`, both included."""

    kind = "range"

    def __init__(self, field: str, low: int, high: int) -> None:
        self.low, self.high = low, high
        super().__init__(field, condition=Q((f"{field}__gte", low), (f"{field}__lte", high)))

    def holds(self, value: int) -> bool:
        return self.low <= value <= self.high

    def says(self) -> str:
        return _("must be a whole number from {low} to {high}").format(low=self.low, high=self.high)

    def bounds(self) -> dict[str, Any]:
        return {"minimum": self.low, "maximum": self.high}


class Between(Rule):
    """A moment from `first` to `last`, both included."""

    code = "not_a_datetime"
    kind = "years"

    def __init__(self, field: str, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        super().__init__(field, condition=Q((f"{field}__gte", first), (f"{field}__lte", last)))

    def holds(self, value: datetime) -> bool:
        return self.first <= value <= self.last

    def says(self) -> str:
        years = {"first": self.first.year, "last": self.last.year}
        return _("must lie in the years {first} to {last}").format(**years)


class OneOf(Rule):
    """One of a fixed list."""

    kind = "choice"

    def __init__(self, field: str, choices: Iterable[Any]) -> None:
        self.choices = [getattr(choice, "value", choice) for choice in choices]
        super().__init__(field, condition=Q((f"{field}__in", self.choices)))

    def holds(self, value: Any) -> bool:
        return value in self.choices

    def says(self) -> str:
        choices = ", ".join(str(choice) for choice in self.choices)
        return _("must be one of {choices}").format(choices=choices)

    def bounds(self) -> dict[str, Any]:
        return {"enum": self.choices}


class Text(Rule):
    """Text of at most `longest` characters without what `forbidden` matches."""

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

    def says(self) -> str:
        rule = _("must be text of at most {longest} characters {words}")
        return rule.format(longest=self.longest, words=self.words)

    def bounds(self) -> dict[str, Any]:
        return {"maxLength": self.longest}


class Line(Text):
    """One line of text that can be seen."""

    kind = "line"
    forbidden = NOT_IN_A_LINE
    words = _lazy("on one line, not blank, without control characters or bidi overrides")

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(field, longest, also=Q((f"{field}__regex", SEEN)))

    def holds(self, value: str) -> bool:
        return super().holds(value) and re.search(SEEN, value) is not None

    def bounds(self) -> dict[str, Any]:
        return {"minLength": 1, "maxLength": self.longest}


class Slug(Rule):
    """ASCII letters, digits, - and _, at most `longest` of them."""

    kind = "slug"

    def __init__(self, field: str, longest: int) -> None:
        self.longest = longest
        self.pattern = rf"^[A-Za-z0-9_-]{{1,{longest}}}"
        super().__init__(field, condition=Q((f"{field}__regex", self.pattern + r"\Z")))

    def holds(self, value: str) -> bool:
        return re.match(self.pattern + r"\Z", value) is not None

    def says(self) -> str:
        rule = _("must be 1 to {longest} of the characters A-Z a-z 0-9 _ -")
        return rule.format(longest=self.longest)

    def bounds(self) -> dict[str, Any]:
        return {"minLength": 1, "maxLength": self.longest, "pattern": self.pattern + "$"}


class Document(Rule):
    """A JSON object whose text, as stored, has at most `longest` characters."""

    kind = "document"

    def __init__(self, field: str, longest: int) -> None:
        self.longest = longest
        condition = Q(LessThanOrEqual(Length(field), longest)) & Q(
            (f"{field}__regex", r"^\{.*\}\Z")
        )
        super().__init__(field, condition=condition)

    def holds(self, value: dict[str, Any]) -> bool:
        return len(serialized(value)) <= self.longest

    def says(self) -> str:
        return _("must be at most {longest} characters of JSON").format(longest=self.longest)


class Ordered(Rule):
    """`then` comes after `first`, when both are known."""

    kind = "order"

    def __init__(self, first: str, then: str, code: str = "invalid_parameter") -> None:
        super().__init__(first, then, condition=Q(GreaterThan(F(then), F(first))))
        self.code = code

    def holds(self, first: Any, then: Any) -> bool:
        return bool(then > first)

    def error(self, first: Any, then: Any) -> ValidationError:
        message = _("{second} must be after {first}: {then} is not after {before}.").format(
            second=self.fields[1], first=self.fields[0], then=shown(then), before=shown(first)
        )
        return ValidationError(message, code=self.code)


def rule_of(model: type[models.Model], field: str) -> Rule | None:
    """Return the rule that limits this one field, if there is one."""
    for rule in model._meta.constraints:
        if isinstance(rule, Rule) and rule.fields == (field,):
            return rule
    return None
