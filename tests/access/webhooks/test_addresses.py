"""Internal addresses in every notation: nothing is sent to them, as a listening socket proves."""

import select
import socket
from ipaddress import ip_address, ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from access.webhooks.addresses import ForbiddenAddress, addresses_of, is_private, read_url
from access.webhooks.client import WebhookClient
from config.environment import networks
from tests.support.internal_addresses import INSIDE_URLS, NAMES
from tests.support.webhook_receiver import Receiver


@pytest.fixture(autouse=True)
def nothing_is_allowed(settings):
    settings.WEBHOOK_ALLOW = []


@pytest.fixture(scope="module")
def listening():
    """A socket that listens on every IPv4 and IPv6 address of this machine."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        yield server


def somebody_came(server):
    if not select.select([server], [], [], 0)[0]:
        return False
    server.accept()[0].close()
    return True


def test_listening_socket_notices_a_connection(listening):
    for address in ("127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::ffff:127.0.0.1"):  # noqa: S104
        socket.create_connection((address, listening.getsockname()[1])).close()
        assert somebody_came(listening), address


@pytest.mark.parametrize("form", INSIDE_URLS)
def test_nothing_is_sent_to_an_internal_address(listening, form):
    url = form.format(port=listening.getsockname()[1])

    outcome = WebhookClient(resolve=NAMES.__getitem__, seconds=2).post(url, b"secret", {})

    assert outcome.sentence.startswith("Not sent: ")
    assert outcome.status is None
    assert not somebody_came(listening)


def test_at_least_forty_notations_are_tested():
    assert len(set(INSIDE_URLS)) >= 80


@pytest.mark.parametrize(
    "form", ["https://localhost:{port}/", "https://localhost.localdomain:{port}/"]
)
def test_addresses_from_the_systems_resolver_are_checked_too(listening, form):
    outcome = WebhookClient(seconds=20).post(form.format(port=listening.getsockname()[1]), b"", {})

    assert outcome.status is None
    assert not somebody_came(listening)


def test_changing_name_is_resolved_only_once():
    asked = []

    def rebinding(name):
        asked.append(name)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    allowed = [ip_network("127.0.0.2")]
    target = read_url("http://rebinding.example:8080/", allowed)

    assert addresses_of(target, rebinding, allowed) == [ip_address("127.0.0.2")]
    assert asked == ["rebinding.example"]


def test_call_uses_the_address_that_was_checked(settings):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.2")]
    asked = []

    def rebinding(name):
        asked.append(name)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    with Receiver(host="127.0.0.2") as checked:
        url = f"http://rebinding.example:{checked.port}/"
        first = WebhookClient(resolve=rebinding).post(url, b"", {})
        second = WebhookClient(resolve=rebinding).post(url, b"", {})

    assert first.delivered
    assert len(checked.messages) == 1
    assert (
        second.sentence == "Not sent: rebinding.example is 127.0.0.1, which is a private address."
    )
    assert len(asked) == 2


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "93.184.215.14", "172.15.0.1", "172.32.0.1", "100.63.255.255"),
        *("100.128.0.1", "11.0.0.1", "9.255.255.255", "169.253.1.1", "169.255.1.1", "126.1.1.1"),
        *("192.167.1.1", "192.169.1.1", "192.0.1.1", "198.17.1.1", "198.20.1.1", "128.0.0.1"),
        *("223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2400::1"),
    ],
)
def test_public_addresses_are_recognized(address):
    assert not is_private(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/",
        "HTTPS://EXAMPLE.org:8443/a/b;c=d?e=f&g=%20",
        "https://xn--bcher-kva.example/",
        "https://a_b.example/?",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]:443/",
        "https://10.0.0.example/",
        "https://example.org?a=b",
    ],
)
def test_public_urls_are_accepted(url):
    assert read_url(url).scheme == "https"


def test_url_is_parsed_into_its_parts():
    target = read_url("https://Example.org:8443?a=b")

    assert (target.host, target.port, target.path) == ("example.org", 8443, "/?a=b")
    assert target.authority == "example.org:8443"
    assert read_url("https://[2606:4700::1111]/").authority == "[2606:4700::1111]"


@pytest.mark.parametrize("port", ["0", "65536", "99999", "-1", "080a"])
def test_invalid_ports_are_refused(port):
    with pytest.raises(ForbiddenAddress):
        read_url(f"https://example.org:{port}/")


def test_plain_http_is_accepted_only_for_allowed_networks():
    with pytest.raises(ForbiddenAddress, match="must begin with https"):
        read_url("http://example.org/")

    allowed = [ip_network("10.0.0.0/8")]
    target = read_url("http://receiver.internal/", allowed)
    assert addresses_of(target, lambda _: ["10.1.2.3"], allowed)
    with pytest.raises(ForbiddenAddress, match="must begin with https"):
        addresses_of(target, lambda _: ["93.184.215.14"], allowed)


def test_only_allowed_networks_are_allowed():
    allowed = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]

    assert read_url("http://10.1.2.3/", allowed)
    assert read_url("https://[fd00::1]/", allowed)
    for url in ("http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://192.168.0.1/"):
        with pytest.raises(ForbiddenAddress):
            read_url(url, allowed)


def test_name_without_an_address_is_reported():
    outcome = WebhookClient(resolve=lambda _: []).post("https://empty.example/", b"", {})

    assert outcome.sentence == "No connection: empty.example has no address."


def test_setting_is_parsed_as_networks(monkeypatch):
    monkeypatch.setenv("WEBHOOK_ALLOW", "10.0.0.0/8, 127.0.0.1,fd00::/8")

    assert networks("WEBHOOK_ALLOW") == [
        ip_network("10.0.0.0/8"),
        ip_network("127.0.0.1/32"),
        ip_network("fd00::/8"),
    ]


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "*", "0x7f.1"])
def test_setting_with_an_invalid_network_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("WEBHOOK_ALLOW", text)

    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_ALLOW: "):
        networks("WEBHOOK_ALLOW")
