"""Rules for numbers, times, choices and the order of two fields."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from access.values.faults import shown
from rooms.rules.constraints.base import Rule


class InRange(Rule):
    """A whole number from `low` to `high`, both included."""

    kind = "range"

    def __init__(self, field: str, low: int, high: int) -> None:
        self.low, self.high = low, high
        super().__init__(field, condition=Q((f"{field}__gte", low), (f"{field}__lte", high)))

    def holds(self, value: int) -> bool:
        return self.low <= value <= self.high

    def requirement(self) -> str:
        return _("must be a whole number from {low} to {high}").format(low=self.low, high=self.high)

    def bounds(self) -> dict[str, Any]:
        return {"minimum": self.low, "maximum": self.high}


class Between(Rule):
    """A time from `first` to `last`, both included."""

    code = "not_a_datetime"
    kind = "years"

    def __init__(self, field: str, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        super().__init__(field, condition=Q((f"{field}__gte", first), (f"{field}__lte", last)))

    def holds(self, value: datetime) -> bool:
        return self.first <= value <= self.last

    def requirement(self) -> str:
        years = {"first": self.first.year, "last": self.last.year}
        return _("must lie in the years {first} to {last}").format(**years)


class OneOf(Rule):
    """A value of a fixed list."""

    kind = "choice"

    def __init__(self, field: str, choices: Iterable[Any]) -> None:
        self.choices = [getattr(choice, "value", choice) for choice in choices]
        super().__init__(field, condition=Q((f"{field}__in", self.choices)))

    def holds(self, value: Any) -> bool:
        return value in self.choices

    def requirement(self) -> str:
        choices = ", ".join(str(choice) for choice in self.choices)
        return _("must be one of {choices}").format(choices=choices)

    def bounds(self) -> dict[str, Any]:
        return {"enum": self.choices}


class Ordered(Rule):
    """`then` is later than `first`, unless one of them is null."""

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
