"""The staff pages for tests: log in, and send forms as a browser does."""

import re
from html.parser import HTMLParser

from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages

from tests.factories import StaffFactory


def log_in(client, *permissions):
    """Log in a superuser or, with permissions ("rooms.view_room"), other staff with only these."""
    user = StaffFactory(is_superuser=not permissions)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    client.force_login(user)
    return user


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def markup_of(response):
    """Return the page's HTML without the white space that only lays out its templates."""
    spaced = re.sub(r"\s+", " ", response.content.decode())
    return re.sub(r" ?(<[^>]*>) ?", r"\1", spaced)


def fields_of(response):
    """Return the data that a browser sends for the page's main form without any input."""
    reader = _FormReader()
    reader.feed(response.content.decode())
    return reader.fields


class _FormReader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields = {}
        self.textarea = self.select = None
        # Forms outside <main> (preferences, sign out) are not part of it.
        self.in_main = False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name, kind = found.get("name"), found.get("type")
        self.in_main = self.in_main or tag == "main"
        if not self.in_main:
            return
        if tag == "textarea":
            self.textarea, self.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            self.fields[self.select] = found.get("value", "")
        elif tag == "input" and name and kind != "submit":
            self._input(name, kind, found)

    def _input(self, name, kind, found):
        if kind not in ("checkbox", "radio"):
            self.fields[name] = found.get("value", "")
        elif "checked" in found:
            self.fields[name] = found.get("value", "on")

    def handle_endtag(self, tag):
        if tag == "main":
            self.in_main = False
        elif tag == "textarea":
            # Browsers drop the first newline, and send the others as CRLF.
            text = self.fields[self.textarea].removeprefix("\n")
            self.fields[self.textarea] = "\r\n".join(text.splitlines())
            self.textarea = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea] += data
