"""openapi-python-client generates a client from the OpenAPI document, and the client works."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from rooms.models import Room
from tests.factories import TokenFactory

GENERATE = [sys.executable, "-m", "openapi_python_client", "generate"]
# The generator has no type for a body of this kind, so the client sends JSON only.
WITHOUT_TYPE = "Unsupported content type text/csv"


@pytest.fixture(scope="session")
def generated(document, tmp_path_factory):
    """Generate the client; return its package and the warnings of the generator."""
    folder = tmp_path_factory.mktemp("client")
    target = folder / "greenroom_client"
    done = subprocess.run(
        [*GENERATE, "--meta", "none", "--path", document, "--output-path", target],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    sys.path.insert(0, str(folder))
    yield importlib.import_module("greenroom_client"), done.stdout
    sys.path.remove(str(folder))


@pytest.fixture
def client(generated, greenroom):
    token = TokenFactory()
    client = _module("client").AuthenticatedClient(
        base_url=greenroom.url, token=token.secret, raise_on_unexpected_status=True
    )
    with client:
        yield client


def _module(path):
    return importlib.import_module(f"greenroom_client.{path}")


def test_generator_leaves_out_no_operation(generated):
    _, output = generated

    assert output.count("WARNING") == 1
    assert WITHOUT_TYPE in output
    assert "Unable to process" not in output


def test_every_module_can_be_imported(generated):
    package, _ = generated

    modules = [one.name for one in pkgutil.walk_packages(package.__path__, "greenroom_client.")]

    assert len(modules) > 100
    for module in modules:
        importlib.import_module(module)


def test_client_creates_updates_lists_and_deletes_rooms(client):
    models, unset = _module("models"), _module("types").UNSET
    body = models.NewRoomRequest(name="standup", max_members=4)
    created = _call("create_room", client, body=body)
    assert (created.name, created.max_members, created.join_from) == ("standup", 4, None)

    change = models.RoomChangeRequest(quality=models.Quality.VALUE_1, description="Mondays.")
    updated = _call("update_room", client, room=str(created.id), body=change)
    assert (updated.quality, updated.description) == ("1080p", "Mondays.")

    listed = _call("list_rooms", client, page_size=1)
    assert [room.to_dict() for room in listed.data] == [
        _call("get_room", client, room="standup").to_dict()
    ]
    assert listed.links.next_ is unset

    assert _call("delete_room", client, room=str(created.id)) is None
    assert not Room.objects.exists()


def test_client_reads_errors(client):
    models = _module("models")

    refused = _call("create_room", client, body=models.NewRoomRequest(name="a", max_members=301))

    assert isinstance(refused, models.ValidationErrors)
    assert refused.errors[0].attribute == "max_members"


def test_client_issues_a_room_token(client):
    models = _module("models")
    body = models.NewRoomTokenRequest(room_name="standup", user_name="Ada")

    made = _call("create_room_token", client, body=body, tag="room_tokens")

    assert made.token.startswith("eyJ")


def _call(operation, client, *, tag="rooms", **arguments):
    return _module(f"api.{tag}.{operation}").sync(client=client, **arguments)
