"""The rules of rooms, and times around the turn of an evening."""

from datetime import UTC, datetime, timedelta

import pytest

from rooms.models import Room
from rooms.rules.constraints import Rule

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENING = NOON + timedelta(hours=8)
SECOND = timedelta(seconds=1)
RULES = [rule for rule in Room._meta.constraints if isinstance(rule, Rule)]
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
