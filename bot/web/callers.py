"""From which address somebody comes: that of the connection or, where it is a proxy of ours, the one that it tells of."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from aiohttp import web

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
HOUSEHOLD = 64  # bits of an IPv6 address that one household has to itself


def caller(request: web.Request, trusted: Networks) -> str:
    """Whose request it is, as `household` writes it; "" where that is not known.

    `X-Forwarded-For` is read from the right, where our own proxies write, as far as they are trusted: whatever stands
    further left was written by somebody else (RFC 7239, 8.1).
    """
    found = _read(request.remote or "")
    told = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    for said in reversed(told):
        if found is None or not is_trusted(found, trusted):
            break
        before = _read(said)
        if before is None:
            break
        found = before
    return household(found)


def comes_from(request: web.Request, trusted: Networks) -> bool:
    """Whether a connection is that of a proxy of ours."""
    found = _read(request.remote or "")
    return found is not None and is_trusted(found, trusted)


def household(address: Address | None) -> str:
    """An address as one that limits count: of IPv6 only the network, since its owner has all addresses in it."""
    if address is None:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, HOUSEHOLD), strict=False))
    return str(address)


def peer(name: object) -> Address | None:
    """The address in a socket's peer name; None where it has none."""
    return _read(str(name[0])) if isinstance(name, tuple) and name else None


def is_trusted(address: Address, trusted: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Whether it is a proxy of ours."""
    return any(address.version == one.version and address in one for one in trusted)


def _read(said: str) -> Address | None:
    """As proxies write it: plain, with a port, in brackets, with a zone."""
    plain = said.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
