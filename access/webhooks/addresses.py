"""Allow webhooks to public addresses only.

A customer chooses the URL, and this server calls it from inside the private network. Without this
check, a customer could make it call our database or the cloud's metadata service.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
# Returns the addresses of a host name as text; raises OSError.
Resolver = Callable[[str], list[str]]

# A strict grammar, so that two parsers cannot read one URL differently: no user before the
# host, no escapes in the host, no backslash, no space, no fragment.
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>[/?][!-\"$-\[\]-~]*)?\Z",
    re.IGNORECASE | re.ASCII,
)
NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\Z", re.IGNORECASE)
# System resolvers read these as IPv4 addresses: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
NUMBER = re.compile(r"([0-9]+|0x[0-9a-f]*)\Z", re.IGNORECASE)

# IANA's registries of special-purpose addresses. They are listed here, because Python's
# is_global differs between releases.
PRIVATE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host, this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host of a virtual machine, although the address looks public
        "169.254.0.0/16",  # link-local, with the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments; Teredo, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
# The routed part of IPv6. It excludes loopback, link-local, private and multicast addresses, and
# the ones that contain an IPv4 address: mapped, compatible, translated (NAT64).
ROUTED_V6 = IPv6Network("2000::/3")


class ForbiddenAddress(ValueError):
    """A webhook must not be sent to this address; the text gives the reason.

    `rule` names the broken rule, and `host` what broke it: pages have their own words for it.
    """

    def __init__(self, text: str, rule: str = "syntax", host: str = "") -> None:
        super().__init__(text)
        self.rule, self.host = rule, host


@dataclass(frozen=True)
class Target:
    """The parts of a URL."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The IP address, if the URL contains one in place of a host name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """The Host header, without the default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == default else f"{host}:{self.port}"


def is_private(address: Address) -> bool:
    """Return whether an address is not reachable from the public Internet."""
    if isinstance(address, IPv6Address) and (address.scope_id or address not in ROUTED_V6):
        return True
    # Python's list is checked too: each list has known entries before the other did.
    listed = any(address in network for network in PRIVATE)
    return listed or not address.is_global or address.is_multicast


def read_url(url: str, allowed: Sequence[Network] | None = None) -> Target:
    """Return the parts of a URL; raise ForbiddenAddress for a URL that can never be allowed.

    addresses_of() checks a host name at each request, because its addresses change.
    """
    match = URL.match(url)
    if match is None:
        raise ForbiddenAddress(
            "it must look like https://example.org/path: no user, no fragment, only ASCII."
        )
    target = _target(match)
    allowed = settings.WEBHOOK_ALLOW if allowed is None else allowed
    if target.literal is not None:
        check_addresses(target, [target.literal], allowed)
    elif not NAME.match(target.host) or NUMBER.match(target.host.rpartition(".")[2]):
        raise ForbiddenAddress(
            f"{target.host} is neither a host name nor an IPv4 address in four parts.",
            *("host", target.host),
        )
    elif target.scheme == "http" and not allowed:
        raise ForbiddenAddress("it must begin with https://.", "https")
    elif _is_local(target.host) and not allowed:
        raise ForbiddenAddress(f"{target.host} is this machine.", "private", target.host)
    return target


def addresses_of(
    target: Target, resolve: Resolver, allowed: Sequence[Network] | None = None
) -> list[Address]:
    """Return the addresses to connect to, in the resolver's order, after a single lookup.

    Raises ForbiddenAddress if any of them is private: a name with public and private addresses
    is an attack or a mistake. Raises OSError if the name has no address.
    """
    literal = target.literal
    found = [literal] if literal else [ip_address(text) for text in resolve(target.host)]
    if not found:
        raise OSError(f"{target.host} has no address")
    check_addresses(target, found, settings.WEBHOOK_ALLOW if allowed is None else allowed)
    return list(dict.fromkeys(found))


def check_addresses(target: Target, addresses: list[Address], allowed: Sequence[Network]) -> None:
    """Raise ForbiddenAddress unless each address is allowed, or public and used with https."""
    for address in addresses:
        if any(address in network for network in allowed):
            continue
        if is_private(address):
            named = target.host if target.literal else f"{target.host} is {address}, which"
            raise ForbiddenAddress(f"{named} is a private address.", "private", target.host)
        if target.scheme != "https":
            raise ForbiddenAddress("it must begin with https://.", "https")


def resolve_by_system(name: str) -> list[str]:
    """Return the addresses of a host name in the order of the system's resolver."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _target(match: re.Match[str]) -> Target:
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else {"http": 80, "https": 443}[scheme]
    if not 1 <= port <= 65535:
        raise ForbiddenAddress(f"{port} is not a port.", "port")
    path = match["path"] or "/"
    host = match["host"].strip("[]").lower()
    if match["host"].startswith("[") and not _is_v6(host):
        raise ForbiddenAddress(f"[{host}] is not an IPv6 address.", "host", host)
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}")


def _is_v6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
