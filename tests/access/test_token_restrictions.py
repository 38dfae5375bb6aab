"""A token works only with the scope video and from its networks."""

import pytest
from django.core.exceptions import ValidationError

from access.models import ApiToken
from tests.support.api import client_of, nothing_changes, room_url
from tests.support.changes import CHANGE


@pytest.mark.parametrize("scopes", [[], ["Video"], ["videos"], ["audio"]])
def test_token_without_video_scope_is_forbidden(room, token, scopes):
    ApiToken.objects.filter(pk=token.pk).update(scopes=scopes)

    with nothing_changes():
        response = client_of(token).put(room_url(room), CHANGE)

    assert response.status_code == 403
    assert response.json() == {"error": "Forbidden"}


@pytest.mark.parametrize("scopes", ["video", {"video": 1}, ["audio"], [["video"]], [1]])
def test_token_with_unknown_scope_cannot_be_issued(project, scopes):
    with pytest.raises(ValidationError):
        ApiToken.issue(project, "x", scopes=scopes)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("networks", "status"),
    [
        ("", 200),
        ("127.0.0.1", 200),
        ("127.0.0.0/8", 200),
        ("192.0.2.0/24\n127.0.0.0/8", 200),
        ("192.0.2.0/24", 403),
        ("::1", 403),
        ("0.0.0.0/0", 200),
        ("::/0", 403),
    ],
)
def test_token_works_only_from_its_networks(client_for, room, networks, status):
    client = client_for(allowed_networks=networks)

    assert client.put(room_url(room), CHANGE).status_code == status


@pytest.mark.parametrize("text", ["x", "127.0.0.1/33", "127.0.0.1/8", "1.2.3", "127.0.0.1,::1"])
def test_token_with_invalid_networks_cannot_be_issued(project, text):
    with pytest.raises(ValidationError):
        ApiToken.issue(project, "x", allowed_networks=text)


def test_x_forwarded_for_is_trusted_only_from_our_proxies(client_for, room, settings):
    client = client_for(allowed_networks="192.0.2.0/24")
    forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}

    settings.PROXIES = 0
    assert client.put(room_url(room), CHANGE, **forged).status_code == 403
    settings.PROXIES = 1
    assert client.put(room_url(room), CHANGE, **forged).status_code == 200
    chain = {"HTTP_X_FORWARDED_FOR": "192.0.2.7, 198.51.100.1"}
    assert client.put(room_url(room), CHANGE, **chain).status_code == 403
    settings.PROXIES = 2
    assert client.put(room_url(room), CHANGE, **chain).status_code == 200


@pytest.mark.parametrize("address", ["", "x", "192.0.2.7:80", "192.0.2", "\x00"])
def test_unparsable_address_is_in_no_network(token, address):
    token.allowed_networks = "192.0.2.0/24"

    assert not token.allows_address(address)
