"""P3: a page is read by https, from listed names, for so long and so much; all else is unseen."""

import asyncio
import gzip

import pytest
from aiohttp import web

from bot.pages import Page, PageUnread, WebPages
from tests.bot.pages.street import HOSTS, Street, html, leads
from tests.each import each

AT = "https://fernhill.example/privacy"


async def read(street: Street, address: str = AT, **bounds: float) -> Page:
    return await street.reader(**bounds).read(address, HOSTS)  # type: ignore[arg-type]


async def unseen(street: Street, address: str = AT, **bounds: float) -> str:
    with pytest.raises(PageUnread) as found:
        await read(street, address, **bounds)
    return found.value.reason


async def test_p3_a_page_is_read_as_it_is_and_nothing_of_ours_goes_along(street: Street) -> None:
    street.pages = {"/privacy": html("<p>Café</p>", **{"Set-Cookie": "who=bot"})}
    page = await read(street)
    assert (page.text, page.ways) == ("<p>Café</p>", (AT,))
    [asked] = street.asked
    assert asked.host == "fernhill.example"
    assert not {"Cookie", "Authorization", "Referer"} & set(asked.headers)


async def test_p3_a_page_that_has_moved_is_followed(street: Street) -> None:
    street.pages = {
        "/privacy": leads("/legal/privacy", 301),
        "/legal/privacy": leads("https://www.fernhill.example/p#x"),
        "/p": html("there"),
    }
    page = await read(street)
    assert page.text == "there"
    assert page.ways == (AT, "https://fernhill.example/legal/privacy", "https://www.fernhill.example/p#x")


@each(
    ("to", "why"),
    [
        ("http://fernhill.example/privacy", "not_https"),
        ("https://evil.example/privacy", "not_listed"),
        ("https://fernhill.example/privacy", "too_many"),
    ],
)
async def test_p3_no_redirect_leads_off_the_list_or_round_in_circles(street: Street, to: str, why: str) -> None:
    street.pages = {"/privacy": leads(to)}
    assert await unseen(street) == why


async def test_p3_a_huge_page_is_read_no_further_than_its_bound(street: Street) -> None:
    street.pages = {"/privacy": html("x" * 300_000)}
    assert await unseen(street, most=200_000) == "too_big"
    assert len((await read(street, most=300_000)).text) == 300_000


async def test_p3_a_small_page_that_unpacks_to_a_huge_one_is_not_unpacked(street: Street) -> None:
    bomb = gzip.compress(b"x" * 50_000_000)

    async def packed(_: web.Request) -> web.StreamResponse:
        return web.Response(body=bomb, content_type="text/html", headers={"Content-Encoding": "gzip"})

    street.pages = {"/privacy": packed}
    assert await unseen(street, most=200_000) == "too_big"


async def test_p3_a_page_that_drips_is_left_after_its_time(street: Street) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        while True:
            await answer.write(b"x")
            await asyncio.sleep(0.02)

    street.pages = {"/privacy": drips}
    assert await unseen(street, seconds=0.3) == "slow"


@each(
    ("status", "kind", "why"),
    [(404, "text/html", "status"), (500, "text/html", "status"), (200, "application/pdf", "not_text")],
)
async def test_p3_an_error_or_another_file_says_nothing(street: Street, status: int, kind: str, why: str) -> None:
    async def other(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="none", content_type=kind)

    street.pages = {"/privacy": other}
    assert await unseen(street) == why


async def test_p3_a_certificate_of_another_host_is_no_page(street: Street) -> None:
    street.pages = {"/privacy": html("x")}
    reader = street.reader()
    with pytest.raises(PageUnread) as found:
        await reader.read("https://other.fernhill.example/privacy", HOSTS | {"other.fernhill.example"})
    assert found.value.reason == "certificate"


async def test_p3_what_is_no_http_at_all_is_unreadable_or_unreachable(street: Street) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    street.pages = {"/privacy": cut}
    assert await unseen(street) in ("unreachable", "unreadable")


async def test_p3_names_that_are_no_ones_on_the_web_are_not_looked_up() -> None:
    with pytest.raises(PageUnread, match="no_name"):
        await WebPages().read(AT, HOSTS)
