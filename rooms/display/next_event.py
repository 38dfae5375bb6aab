"""The texts of scheduled events of a room."""

from django.utils.translation import gettext_noop

from rooms.rules.join_policy import ScheduledEvent

# Translated when used, because each cell of a list shows only one of them.
SENTENCES = {
    ScheduledEvent.OPENS: gettext_noop("opens %(when)s"),
    ScheduledEvent.CLOSES: gettext_noop("closes %(when)s"),
    ScheduledEvent.REMOVES_EVERYONE: gettext_noop("everyone leaves %(when)s"),
}
