import json
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access.models import ApiToken, Project, Scope
from tests.factories import ProjectFactory
from tests.support.server import manage

pytestmark = pytest.mark.django_db


def create(capsys, *arguments):
    call_command("create_token", *arguments)
    return capsys.readouterr().out


def test_json_output_is_one_line(capsys):
    out = create(capsys, "--project", "Wards", "--scope", "video", "--json")

    printed = json.loads(out)
    assert out.count("\n") == 1
    assert set(printed) == {"project_id", "token"}
    token = ApiToken.find(printed["token"])
    assert token.is_valid(timezone.now())
    assert (token.scopes, token.project.name) == (["video"], "Wards")
    assert str(token.project_id) == printed["project_id"]


def test_project_is_created_once(capsys):
    create(capsys, "--project", "Wards", "--scope", "video")
    create(capsys, "--project", "Wards", "--scope", "video", "--scope", "video")

    assert Project.objects.get().tokens.count() == 2
    assert ApiToken.objects.first().scopes == ["video"]


def test_text_output_shows_user_and_password(capsys):
    project = ProjectFactory(name="Wards")

    out = create(capsys, "--project", "Wards", "--name", "nightly", "--expires-in-days", "3")

    assert f"User     {project.pk}\n" in out
    token = ApiToken.find(out.split("Password ")[1].split()[0])
    assert (token.name, token.scopes) == ("nightly", [])
    remaining = token.expires_at - timezone.now()
    assert timedelta(days=2, hours=23) < remaining <= timedelta(days=3)


def test_token_expires_after_a_year_by_default(capsys):
    create(capsys, "--project", "Wards")
    out = create(capsys, "--project", "Wards", "--never-expires")

    never, year = ApiToken.objects.all()
    assert abs(year.expires_at - timezone.now() - timedelta(days=365)) < timedelta(minutes=1)
    assert never.expires_at is None
    assert "Expires  never\n" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--scope", "audio"], f"Unknown scope 'audio'. Use: {', '.join(Scope.values)}."),
        (["--expires-in-days", "0"], "--expires-in-days must be 1 to 36500, not 0."),
        (["--expires-in-days", "99999999"], "--expires-in-days must be 1 to 36500, not 99999999."),
        (["--name", "n" * 101], "Ensure this value has at most 100 characters (it has 101)."),
        (["--project", ""], "This field cannot be blank."),
        (["--project", "p" * 101], "Ensure this value has at most 100 characters (it has 101)."),
    ],
)
def test_invalid_argument_stops_with_a_message(arguments, sentence):
    with pytest.raises(CommandError, match=f"^{re.escape(sentence)}$"):
        call_command("create_token", "--project", "Wards", *arguments)

    assert not Project.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_stdout_contains_only_json(server_env):
    out = manage(server_env, "create_token", "--project", "Wards", "--scope", "video", "--json")

    assert ApiToken.find(json.loads(out)["token"]).project.name == "Wards"
