"""The channels of other one-line texts: each sends a text and returns the stored one."""

import io

from django.core.management import call_command
from django.urls import reverse

from access.models import ApiToken, Project, WebhookEndpoint
from rooms.models import Room, SavedView
from sessions.models import Member, RoomSession
from sessions.tokens.room_tokens import Claims, claims_of, issue, read_token
from tests.factories import MemberFactory, SessionFactory, TokenFactory
from tests.support.api import ADMISSIONS_URL, SESSIONS_URL, TOKENS_URL
from tests.support.html import fields_of
from tests.support.room_channels import RoomChannels, shown
from tests.support.room_tokens import said
from tests.support.webhook_api import URL as WEBHOOKS_URL

RECEIVER = "https://receiver.example/"


class Channels(RoomChannels):
    """The channels of one site, with those of rooms."""

    # --- RoomSession.display_name

    def session_change(self, text):
        session = SessionFactory(room=self.room(display_name="Before"))
        url = f"{SESSIONS_URL}/{session.pk}"
        assert self.api.patch(url, {"display_name": text}).status_code == 200
        return RoomSession.objects.get().display_name

    def session_save(self, text):
        session = SessionFactory(room=self.room(display_name="Before"))
        session.display_name = text
        session.save()
        return RoomSession.objects.get().display_name

    # --- TokenTerms.room_display_name

    def auto_created(self, text):
        response = self.api.post(TOKENS_URL, {"room_name": "ward-5", "room_display_name": text})
        self.api.post(ADMISSIONS_URL, {"token": response.json()["token"]})
        return shown(Room.objects.get())

    def auto_created_by_form(self, text):
        sent = {"room_name": "ward-5", "room_display_name": text}
        self.api.post(
            ADMISSIONS_URL, {"token": self.api.post_form(TOKENS_URL, sent).json()["token"]}
        )
        return shown(Room.objects.get())

    def auto_created_by_an_old_token(self, text):
        token = issue(Claims(self.project.pk, "ward-5", room_display_name=text))
        self.api.post(ADMISSIONS_URL, {"token": token})
        return shown(Room.objects.get())

    # --- TokenTerms.user_name and Member.name

    def token_claim(self, text):
        response = self.api.post(TOKENS_URL, {"room_name": "ward-5", "user_name": text})
        return said(response.json()["token"])["u"]

    def token_claim_by_form(self, text):
        response = self.api.post_form(TOKENS_URL, {"room_name": "ward-5", "user_name": text})
        return said(response.json()["token"])["u"]

    def token_call(self, text):
        return claims_of(self.project, {"room_name": "ward-5", "user_name": text}).user_name

    def old_token(self, text):
        token = issue(Claims(self.project.pk, "ward-5", user_name=text))
        return read_token(token, self.project.pk).user_name

    def admitted(self, text):
        response = self.api.post(TOKENS_URL, {"room_name": "ward-5", "user_name": text})
        self.api.post(ADMISSIONS_URL, {"token": response.json()["token"]})
        return Member.objects.get().name

    def member_save(self, text):
        MemberFactory(session__room=self.room(), name=text)
        return Member.objects.get().name

    # --- WebhookEndpoint.description and url

    def webhook_create(self, text):
        return self.api.post(WEBHOOKS_URL, {"url": RECEIVER, "description": text}).json()[
            "description"
        ]

    def webhook_change(self, text):
        made = self.api.post(WEBHOOKS_URL, {"url": RECEIVER, "description": "Before"}).json()
        url = f"{WEBHOOKS_URL}/{made['id']}"
        return self.api.put(url, {"description": text}).json()["description"]

    def webhook_page(self, text):
        return self._add("new-webhook", WebhookEndpoint, description=text, url=RECEIVER).description

    def webhook_save(self, text):
        row = WebhookEndpoint(project=self.project, url=RECEIVER, description=text)
        row.save()
        return WebhookEndpoint.objects.get().description

    def webhook_url_create(self, text):
        return self.api.post(WEBHOOKS_URL, {"url": text}).json()["url"]

    def webhook_url_page(self, text):
        return self._add("new-webhook", WebhookEndpoint, url=text).url

    # --- Project.name, ApiToken.name, SavedView.name

    def project_admin(self, text):
        path = reverse("admin:access_project_add")
        self.client.post(path, {**fields_of(self.client.get(path)), "name": text})
        return Project.objects.exclude(pk=self.project.pk).get().name

    def project_command(self, text):
        call_command("create_token", project=text, stdout=io.StringIO())
        call_command("create_token", project=text, stdout=io.StringIO())
        return Project.objects.exclude(pk=self.project.pk).get().name

    def project_save(self, text):
        return Project.objects.create(name=text).name

    def token_page(self, text):
        return self._add("new-token", ApiToken, name=text).name

    def token_command(self, text):
        call_command("create_token", project="P", name=text, stdout=io.StringIO())
        return ApiToken.objects.latest("pk").name

    def token_issue(self, text):
        return TokenFactory(project=self.project, name=text).name

    def view_save(self, text):
        self.client.post("/views", {"name": text, "query": "quality=1080p"})
        return SavedView.objects.get().name

    def view_rename(self, text):
        self.client.post("/views", {"name": "Before", "query": "quality=1080p"})
        path = reverse("rename-view", args=[SavedView.objects.get().pk])
        self.client.post(path, {"name": text})
        return SavedView.objects.get().name

    def _add(self, page, model, **fields):
        path = reverse(page)
        sent = {**fields_of(self.client.get(path)), "project": str(self.project.pk)}
        assert self.client.post(path, {**sent, **fields}).status_code == 302
        return model.objects.latest("pk")
