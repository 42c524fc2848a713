"""Which addresses are on the public internet: none that leads into somebody's own network, in whatever way it is written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_FOURTH = 0xFFFF_FFFF


def is_public(address: str) -> bool:
    """Whether an address is public; one that carries another within counts as that one, and what can't be read is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.teredo is not None or found.is_site_local:
            return False
        within = _within(found)
        return _plain(within) if within is not None else _plain(found)
    return _plain(found)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which a gateway would pass it on."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    return IPv4Address(int(address) & _FOURTH) if address in _NAT64 or address in _COMPATIBLE else None


def _plain(address: IPv4Address | IPv6Address) -> bool:
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not odd
