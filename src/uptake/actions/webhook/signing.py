"""Signatures as Standard Webhooks has them, and where a message may go."""

import base64
import hashlib
import hmac
import ipaddress
import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import httpx

from uptake.kit.errors import ProductError

PREFIX = "whsec_"
WITH_IPV4_AT_THE_END = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96")))
"""IPv4-compatible, IPv4-mapped and NAT64: a gateway, or the kernel itself, connects to the IPv4 address inside."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
HOST = re.compile(r"[\w.:-]+", re.ASCII)
MOST_PORT = 65535
NO_ADDRESS = "A webhook needs an address such as https://hooks.example.com/uptake."


class BadAddress(ProductError):
    """An address that may not be told of anything."""


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: HMAC-SHA256 of id, time and body, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def checked_url(url: str, *, private: bool) -> str:
    """The address as it is kept. Raises BadAddress for one that is no web address, or leads where it may not."""
    url = url.strip()
    if len(url) > 1000:
        raise BadAddress(NO_ADDRESS)
    if target_of(url).scheme == "http" and not private:
        raise BadAddress("A webhook's address begins with https://, so that nobody reads along.")
    address_of(url, private=private)
    return url


def target_of(url: str) -> httpx.URL:
    """The address as a request takes it, its host in ASCII. Raises BadAddress where no request could go there."""
    try:
        target = httpx.URL(url)
        names_user = "@" in urlsplit(url).netloc  # also an empty one, or a password alone
    except (httpx.InvalidURL, ValueError) as why:
        raise BadAddress(NO_ADDRESS) from why
    if names_user:
        raise BadAddress("A webhook's address names no user and no password: whoever sees the list could read them.")
    is_host = HOST.fullmatch(target.raw_host.decode("ascii"))
    is_port = target.port is None or 0 < target.port <= MOST_PORT
    if target.scheme not in {"https", "http"} or not is_host or not is_port:
        raise BadAddress(NO_ADDRESS)
    return target


def address_of(url: str, *, private: bool) -> str:
    """The internet address that the host's name stands for now; it is what is connected to, whatever the name says next.

    Raises BadAddress where the name is not known, or any of its addresses is in a private range.
    """
    target = target_of(url)
    host = target.raw_host.decode("ascii")
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as why:
        raise BadAddress(f"The name {host[:100]} is not known.") from why
    for text in found:
        if not private and not _is_public(ipaddress.ip_address(text.partition("%")[0])):
            raise BadAddress(
                f"{host[:100]} leads into a private network ({text}); an admin may allow that with UPTAKE_WEBHOOK_PRIVATE."
            )
    return sorted(found, key=lambda text: ":" in text)[0]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether one machine on the internet has it. ``is_global`` alone takes multicast, site-local addresses and tunnels."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    inside = _ipv4_inside(address)
    if inside is not None:
        return _is_public(inside)
    return address in GLOBAL_UNICAST and address.is_global


def _ipv4_inside(address: IPv6Address) -> IPv4Address | None:
    """The address that is meant. Teredo has one too, but is never global; nor is what NAT64 has for its own network."""
    if any(address in network for network in WITH_IPV4_AT_THE_END):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour
