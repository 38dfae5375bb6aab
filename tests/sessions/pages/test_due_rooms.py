"""The rooms with an event in a period, by prepared queries, are those that the ORM finds."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from access.models import StaffLimit
from access.staff.limits import visible_to
from rooms.models import Room, nulls_last
from rooms.rules.join_policy import SCHEDULE
from sessions.pages.due_rooms import COLUMNS, ROOMS_SHOWN, due_rooms
from tests.factories import ProjectFactory, RoomFactory, SessionFactory, StaffFactory

HOUR = timedelta(hours=1)


def by_orm(user, name, start, end):
    rooms = Room.objects.filter(visible_to(user)).listed()
    found = rooms.alias(due=nulls_last(name)).filter(due__range=(start, end))
    if name == "remove_at":
        found = found.live(False)
    return list(found.order_by("due").values_list(*COLUMNS)[: ROOMS_SHOWN + 1])


# Without a transaction around the test, because libpq is used only outside of transactions.
@pytest.mark.django_db(transaction=True)
def test_prepared_rooms_are_those_of_the_orm(django_assert_num_queries):
    now = timezone.now().replace(microsecond=0)
    projects = ProjectFactory.create_batch(2)
    for project, hours, name in product(projects, range(-1, 4), SCHEDULE):
        room = RoomFactory(project=project, **{name: now + hours * HOUR + timedelta(minutes=1)})
        if hours == 1:
            SessionFactory(room=room)
    RoomFactory(project=projects[0])
    users = [StaffFactory(), *StaffFactory.create_batch(3, is_superuser=False)]
    for user, few in zip(users[2:], (projects[:1], []), strict=True):
        StaffLimit.objects.create(user=user).projects.set(few)

    numbers = []
    periods = ((now, now + 24 * HOUR), (now + HOUR, now + 2 * HOUR), (now + 30 * HOUR,) * 2)
    for user, name, period in product(users, SCHEDULE, periods):
        with django_assert_num_queries(1):
            found = due_rooms(user, name, *period)
        numbers.append(len(found))
        # Rooms of the same time have no order.
        assert {*map(tuple, found)} == {*by_orm(user, name, *period)}
    assert {0, 1, 2, 4, 8} <= {*numbers}
