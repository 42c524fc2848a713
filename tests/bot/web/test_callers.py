"""B7 of the first trial: a limit is for whoever comes, and not for the proxy in between."""

from __future__ import annotations

from ipaddress import ip_network

from aiohttp.test_utils import make_mocked_request

from bot.web.limits import caller
from tests.each import each

OURS = (ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))


@each(
    ("connection", "told", "found"),
    [
        ("192.0.2.1", (), "192.0.2.1"),
        ("192.0.2.1", ("203.0.113.7",), "192.0.2.1"),
        ("10.1.2.3", (), "10.1.2.3"),
        ("10.1.2.3", ("203.0.113.7",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9, 203.0.113.7",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9, 203.0.113.7, 10.9.9.9",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9", "203.0.113.7,10.9.9.9"), "203.0.113.7"),
        ("10.1.2.3", ("203.0.113.7:4711",), "203.0.113.7"),
        ("10.1.2.3", ('"[2001:db8:9::7]:4711"',), "2001:db8:9::/64"),
        ("10.1.2.3", ("2001:db8:9::7",), "2001:db8:9::/64"),
        ("10.1.2.3", ("unknown",), "10.1.2.3"),
        ("10.1.2.3", ("203.0.113.7, <script>",), "10.1.2.3"),
        ("10.1.2.3", ("",), "10.1.2.3"),
        ("10.1.2.3", ("10.4.5.6",), "10.4.5.6"),
        ("2001:db8:1::9", ("203.0.113.7",), "203.0.113.7"),
        ("2001:db8:2::9", ("203.0.113.7",), "2001:db8:2::/64"),
        ("::ffff:10.1.2.3", ("::ffff:203.0.113.7",), "203.0.113.7"),
        ("fe80::1%eth0", (), "fe80::/64"),
        ("", ("203.0.113.7",), ""),
    ],
)
def test_b7_the_nearest_address_that_is_not_ours_counts(connection: str, told: tuple[str, ...], found: str) -> None:
    """From the right: what stands further left was written by whoever sent it."""
    request = make_mocked_request("GET", "/", headers=[("X-Forwarded-For", one) for one in told]).clone(
        remote=connection
    )
    assert caller(request, OURS) == found
