"""Internal addresses in every notation: nothing is sent to them, as a listening socket proves."""

import select
import socket
from ipaddress import ip_address, ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from access.webhooks.addresses import ForbiddenAddress, addresses_of, is_private, read_url
from access.webhooks.client import WebhookClient
from config.environment import networks
from tests.support.webhook_receiver import Receiver

# {port} is replaced by the port of a socket that listens on every address of this machine.
INSIDE_URLS = [
    # loopback, and other addresses of this machine
    "https://127.0.0.1:{port}/",
    "https://127.1.2.3:{port}/",
    "https://127.255.255.254:{port}/",
    "https://0.0.0.0:{port}/",
    "https://0.1.2.3:{port}/",
    "https://[::1]:{port}/",
    "https://[0:0:0:0:0:0:0:1]:{port}/",
    "https://[::]:{port}/",
    # private, shared, link-local, cloud metadata
    "https://10.0.0.1:{port}/",
    "https://172.16.0.1:{port}/",
    "https://172.31.255.255:{port}/",
    "https://192.168.1.1:{port}/",
    "https://100.64.0.1:{port}/",
    "https://100.100.100.200:{port}/latest/meta-data/",
    "https://169.254.169.254:{port}/latest/meta-data/",
    "https://192.0.0.192:{port}/",
    "https://168.63.129.16:{port}/",
    "https://[fe80::1]:{port}/",
    "https://[fc00::1]:{port}/",
    "https://[fd00:ec2::254]:{port}/",
    "https://[fec0::1]:{port}/",
    # multicast, documentation, benchmarking, reserved
    "https://224.0.0.1:{port}/",
    "https://239.255.255.250:{port}/",
    "https://255.255.255.255:{port}/",
    "https://240.0.0.1:{port}/",
    "https://198.18.0.1:{port}/",
    "https://192.0.2.1:{port}/",
    "https://198.51.100.1:{port}/",
    "https://203.0.113.1:{port}/",
    "https://192.88.99.1:{port}/",
    "https://[ff02::1]:{port}/",
    "https://[2001:db8::1]:{port}/",
    "https://[3fff::1]:{port}/",
    # IPv4 in IPv6: mapped, compatible, translated, 6to4, Teredo
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[::ffff:0:127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/",
    "https://[64:ff9b::a9fe:a9fe]:{port}/",
    "https://[64:ff9b:1::1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[2002:a9fe:a9fe::1]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/",
    # other notations of one address
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://017700000001:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://127.0.0.0x1:{port}/",
    "https://0:{port}/",
    "https://127.0.0.1.:{port}/",
    "https://127.000.000.001:{port}/",
    # host names
    "https://localhost:{port}/",
    "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/",
    "https://api.localhost:{port}/",
    "https://loopback.example:{port}/",
    "https://private.example:{port}/",
    "https://metadata.example:{port}/",
    "https://mapped.example:{port}/",
    "https://scoped.example:{port}/",
    "https://both.example:{port}/",
    # URLs that parsers read differently
    "https://good.example@127.0.0.1:{port}/",
    "https://good.example:443@127.0.0.1:{port}/",
    "https://good.example\\@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\@good.example/",
    "https://127.0.0.1:{port}#@good.example/",
    "https://127.0.0.1%23:{port}/",
    "https://%31%32%37.0.0.1:{port}/",
    "https://127.0.0.1\t:{port}/",
    "https://127.0.0.1\n:{port}/",
    " https://127.0.0.1:{port}/",
    "https://①②⑦.0.0.1:{port}/",
    "https://127。0。0。1:{port}/",
    "https://[::1%25lo]:{port}/",
    "https://[127.0.0.1]:{port}/",
    "https:///127.0.0.1:{port}/",
    "https:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    # other schemes and no URLs
    "http://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "",
]

NAMES = {
    "localhost": ["127.0.0.1"],
    "api.localhost": ["127.0.0.1"],
    "loopback.example": ["127.0.0.1", "::1"],
    "private.example": ["10.0.0.5"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "scoped.example": ["fe80::1%1"],
    # One public address does not make up for an internal one.
    "both.example": ["127.0.0.1", "93.184.215.14"],
    "good.example": ["93.184.215.14"],
}


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
