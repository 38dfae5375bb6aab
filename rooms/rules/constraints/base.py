"""A rule: a limit that Python validates and a CHECK constraint enforces.

Django's CheckConstraint asks the database whether an instance is valid, with three statements
for each constraint. A Rule validates in Python, without a statement. Migrations contain a plain
CheckConstraint, so that they do not import this module.
"""

import copy
from collections.abc import Collection, Sequence
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from access.values.faults import fault


class Rule(models.CheckConstraint):
    """A limit of one field, or of two together."""

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
        return fault(self.fields[-1], self.code, self.requirement(), values[-1])

    def requirement(self) -> str:
        """Return the words that follow the field's name in a message: 'must be …'."""
        raise NotImplementedError

    def bounds(self) -> dict[str, Any]:
        """Return the limit as keywords of JSON Schema, for the API documentation and forms."""
        return {}


def rule_of(model: type[models.Model], field: str) -> Rule | None:
    """Return the rule of this single field, or None."""
    for rule in model._meta.constraints:
        if isinstance(rule, Rule) and rule.fields == (field,):
            return rule
    return None
