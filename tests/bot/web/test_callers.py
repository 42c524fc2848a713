"""B7 of the first trial: a limit is for whoever comes, and not for the proxy in between."""

from __future__ import annotations

from ipaddress import ip_network

from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.web.limits import _warn_of_proxy, caller
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


@each(
    ("connection", "headers", "warned"),
    [
        ("10.1.2.3", {"X-Forwarded-For": "203.0.113.7"}, 0),
        ("192.0.2.1", {}, 0),
        ("192.0.2.1", {"X-Forwarded-For": "203.0.113.7"}, 1),
        ("10.1.2.3", {}, 1),
    ],
)
def test_a_proxy_that_is_named_wrongly_or_tells_no_address_is_warned_of_once(
    connection: str, headers: dict[str, str], warned: int
) -> None:
    _warn_of_proxy.cache_clear()
    with capture_logs() as told:
        for _ in range(2):
            caller(make_mocked_request("GET", "/", headers=headers).clone(remote=connection), OURS)
    assert [one["event"] for one in told] == ["proxy.not_trusted"] * warned
