"""Factories for rows. Rooms are created with create_room, so their version is 1."""

from datetime import timedelta

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.models import ApiToken, Project, Scope, WebhookEndpoint
from access.values.timestamps import whole_second
from rooms.changes import create_room
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Channel
from sessions.models import (
    Composition,
    LeaveReason,
    Member,
    Recording,
    RecordingState,
    RoomSession,
    SessionEvent,
    SessionEventType,
    SessionStatus,
)

TESTS = Author(kind=AuthorKind.SYSTEM, id="", name="tests", channel=Channel.SHELL)


class ProjectFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence("Project {}".format)

    class Meta:
        model = Project


class TokenFactory(factory.django.DjangoModelFactory):
    """A token with `secret`, its clear text; its first use is recorded already."""

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence("token {}".format)
    # Together, they allow every request.
    scopes = [Scope.VIDEO.value, Scope.MANAGEMENT.value]
    last_used_at = factory.LazyFunction(timezone.now)

    class Meta:
        model = ApiToken

    class Params:
        expired = factory.Trait(
            expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(seconds=1))
        )
        revoked = factory.Trait(revoked_at=factory.LazyFunction(timezone.now))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        token, token_text = model_class.issue(**kwargs)
        token.secret = token_text
        return token


class WebhookEndpointFactory(factory.django.DjangoModelFactory):
    project = factory.SubFactory(ProjectFactory)
    url = "https://receiver.example/"

    class Meta:
        model = WebhookEndpoint


class RoomFactory(factory.django.DjangoModelFactory):
    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence("room-{}".format)

    class Meta:
        model = Room

    class Params:
        scheduled = factory.Trait(
            join_from=factory.LazyFunction(lambda: whole_second(timezone.now() + timedelta(days=1)))
        )
        closed = factory.Trait(
            join_until=factory.LazyFunction(
                lambda: whole_second(timezone.now() - timedelta(days=1))
            )
        )

    @classmethod
    def _create(cls, model_class, *args, project, **values):
        return create_room(project.pk, values, by=TESTS).room


class SessionFactory(factory.django.DjangoModelFactory):
    """A live session of a room; with ended=True, a past one."""

    room = factory.SubFactory(RoomFactory)
    start_time = factory.LazyFunction(timezone.now)

    class Meta:
        model = RoomSession

    class Params:
        ended = factory.Trait(
            status=SessionStatus.COMPLETED,
            end_time=factory.LazyAttribute(lambda session: session.start_time),
        )

    @classmethod
    def _create(cls, model_class, *args, room, start_time, **changed):
        session = model_class.of(room, start_time)
        for name, value in changed.items():
            setattr(session, name, value)
        # Saved without full_clean, which is slow; the constraints of the table validate it.
        session.save(force_insert=True)
        return session


class MemberFactory(factory.django.DjangoModelFactory):
    """A member inside a live session; with left=True, a member who has left."""

    session = factory.SubFactory(SessionFactory)
    project_id = factory.SelfAttribute("session.project_id")
    name = factory.Sequence("member {}".format)
    jti = factory.LazyFunction(lambda: str(uuid7()))
    join_time = factory.LazyFunction(timezone.now)

    class Meta:
        model = Member

    class Params:
        left = factory.Trait(
            leave_time=factory.LazyAttribute(lambda member: member.join_time),
            leave_reason=LeaveReason.LEFT,
        )


class EventFactory(factory.django.DjangoModelFactory):
    session = factory.SubFactory(SessionFactory)
    project_id = factory.SelfAttribute("session.project_id")
    type = SessionEventType.ROOM_STARTED
    at = factory.LazyFunction(timezone.now)

    class Meta:
        model = SessionEvent


class RecordingFactory(factory.django.DjangoModelFactory):
    """A recording in progress; with ended=True, one that only has raw files."""

    session = factory.SubFactory(SessionFactory)
    project_id = factory.SelfAttribute("session.project_id")
    started_at = factory.SelfAttribute("session.start_time")

    class Meta:
        model = Recording

    class Params:
        ended = factory.Trait(
            state=RecordingState.RAW,
            finished_at=factory.LazyAttribute(lambda recording: recording.started_at),
        )

    @factory.lazy_attribute
    def id(self):
        type_ = SessionEventType.RECORDING_STARTED
        return EventFactory(session=self.session, type=type_, at=self.started_at).pk


class CompositionFactory(factory.django.DjangoModelFactory):
    recording = factory.SubFactory(RecordingFactory)
    layout = factory.SelfAttribute("recording.session.layout")
    quality = factory.SelfAttribute("recording.session.quality")
    fps = factory.SelfAttribute("recording.session.fps")
    in_sync = factory.SelfAttribute("recording.session.audio_video_sync")

    class Meta:
        model = Composition


class StaffFactory(factory.django.DjangoModelFactory):
    username = factory.Sequence("staff{}".format)
    is_staff = True
    is_superuser = True

    class Meta:
        model = get_user_model()
