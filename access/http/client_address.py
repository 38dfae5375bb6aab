"""The address of a request's client, and the network that limits count."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

LONGEST_ADDRESS = 64
# A provider gives each customer at least this many addresses of IPv6.
CUSTOMER_BITS = 64


def client_address(request: Any) -> str:
    """Return the client's address behind settings.PROXIES proxies."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        address = forwarded[-settings.PROXIES].strip()
        if address:
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(address: str) -> str:
    """Return the addresses that one client may have: an IPv4 address, or a /64 network of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        # A proxy wrote it in its own way, such as with a port.
        return printable_address(address)
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), CUSTOMER_BITS), strict=False))


def printable_address(address: str) -> str:
    """Return `address` for a column or a log: a proxy may have sent any characters."""
    return ascii(address)[1:-1][:LONGEST_ADDRESS]
