"""P3: no way of writing an address leads into somebody's own network."""

from __future__ import annotations

from bot.pages.addresses import is_public
from tests.each import each

PRIVATE = (
    "127.0.0.1", "127.255.1.1", "10.0.0.1", "172.16.9.9", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
    "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:a00:1", "::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "", "fernhill.example", "0x7f.1", "2130706433", "127.1",
)  # fmt: skip


@each("address", PRIVATE)
def test_p3_what_is_not_public_is_not_asked(address: str) -> None:
    assert not is_public(address)


@each("address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_p3_what_is_public_is(address: str) -> None:
    assert is_public(address)
