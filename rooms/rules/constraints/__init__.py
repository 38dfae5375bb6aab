"""The rules of model fields: each limit is written once, for Python and SQL."""

from rooms.rules.constraints.base import Rule, rule_of
from rooms.rules.constraints.text import (
    Document,
    Line,
    Slug,
    Text,
)
from rooms.rules.constraints.values import Between, InRange, OneOf, Ordered

__all__ = [
    "Between",
    "Document",
    "InRange",
    "Line",
    "OneOf",
    "Ordered",
    "Rule",
    "Slug",
    "Text",
    "rule_of",
]
