"""One-line texts are trimmed, and stored alike through every channel."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from access.values.lines import LineCharField, TrimmedField
from rooms.rules.constraints import Line, rule_of
from rooms.rules.line_field import LineField
from sessions.tokens.terms import TokenTerms
from tests.support.html import log_in
from tests.support.line_channels import Channels

pytestmark = pytest.mark.django_db

# The methods of Channels for each one-line text.
OF_ROOMS = """api_change api_form api_create api_create_by_form api_dry_run bulk csv_change
    csv_create import_page room_page new_room_page bulk_page admin_change admin_add change_call
    create_call model_save bulk_insert"""
CHANNELS = {
    "rooms.Room.display_name": OF_ROOMS,
    "room_sessions.RoomSession.display_name": "session_change session_save",
    "room_sessions.Member.name": "admitted member_save",
    "room_tokens.TokenTerms.user_name": "token_claim token_claim_by_form token_call old_token",
    "room_tokens.TokenTerms.room_display_name": """auto_created auto_created_by_form
        auto_created_by_an_old_token""",
    "access.WebhookEndpoint.description": """webhook_create webhook_change webhook_page
        webhook_save""",
    "access.WebhookEndpoint.url": "webhook_url_create webhook_url_page",
    "access.Project.name": "project_admin project_command project_save",
    "access.ApiToken.name": "token_page token_command token_issue",
    "rooms.SavedView.name": "view_save view_rename",
}
# The stored value of a blank text. The other texts refuse a blank.
BLANKS = {
    "rooms.Room.display_name": "ward-5",
    "room_sessions.RoomSession.display_name": "ward-5",
    "room_sessions.Member.name": None,
    "room_tokens.TokenTerms.user_name": None,
    "room_tokens.TokenTerms.room_display_name": "ward-5",
    "access.WebhookEndpoint.description": "",
}
# The project writes these itself.
OWN = {"room_sessions.Member.jti", "rooms.SavedView.query"}


def each(names):
    return [(name, channel) for name in names for channel in CHANNELS[name].split()]


def fields_of_models():
    models = [*apps.get_models(), TokenTerms]
    return [field for model in models for field in model._meta.concrete_fields]


def lines_of_models():
    return [field for field in fields_of_models() if isinstance(field, TrimmedField)]


def accepts(field, text):
    rule = rule_of(field.model, field.name)
    try:
        value = field.clean(text, None)
        return rule is None or rule.holds(value)
    except ValidationError:
        return False


@pytest.fixture
def channels(api, client, project):
    log_in(client)
    api.project = project
    return Channels(api, client)


@pytest.mark.parametrize(("name", "channel"), each(CHANNELS))
def test_white_space_around_a_text_is_removed(channels, name, channel):
    text = "https://receiver.example/" if name.endswith("url") else "Ward 5 · Ärzte"

    assert getattr(channels, channel)(f"\u3000\t {text}\u00a0 ") == text


@pytest.mark.parametrize("blank", ["", " ", " \u2003\t"], ids=ascii)
@pytest.mark.parametrize(("name", "channel"), each(BLANKS))
def test_blank_text_counts_as_left_out(channels, name, channel, blank):
    assert getattr(channels, channel)(blank) == BLANKS[name]


@pytest.mark.parametrize(
    "text", ["\u200b", "\U0001d173\U0001d174", "\U000e0041", "a\u202eb", "a\0b"]
)
def test_invisible_and_reordered_text_is_refused_by_every_field(text):
    assert [str(field) for field in lines_of_models() if accepts(field, text)] == []


def test_every_one_line_text_has_channels():
    fields = fields_of_models()
    lines = {str(field) for field in lines_of_models()}
    ruled = {str(f) for f in fields if isinstance(rule_of(f.model, f.name), Line)}

    assert lines == CHANNELS.keys()
    assert ruled <= lines | OWN
    assert {type(field) for field in lines_of_models()} == {LineCharField, LineField}
