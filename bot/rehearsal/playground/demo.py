"""The program: the bot with the sample company, two Playgrounds, and a page that shows them side by side."""

import asyncio
import base64
import hashlib
import tempfile
import webbrowser
from contextlib import AsyncExitStack, suppress
from email.utils import format_datetime
from html import escape
from pathlib import Path

from aiohttp import web

from bot.app import Steward
from bot.rehearsal import beacon, company, demo
from bot.rehearsal.clock import ClockRoutes, MovableClock
from bot.rehearsal.live_call import OngoingCall
from bot.rehearsal.mailbox import Mailbox
from bot.rehearsal.playground.client import Playground, playground
from bot.rehearsal.playground.installed import HERE, installed
from bot.rehearsal.playground.people import BOT, TENANT, named
from bot.rehearsal.website import SampleWebsite
from bot.serving import quiet_logs, start_listening, wait_for_stop_signal
from bot.settings.config import Misconfigured, Settings, read_policy

PEOPLE = ("Anna", "Tara")
LAST = 65_535  # there is no port beyond
STEPS = (
    "Anna writes “recording-request”, fills in the form and sends it.",
    "Tara presses Approve on the card that reaches her.",
    "Anna presses Listen and opens the player.",
)


def demo_teams(port: int, data: Path | None, *, browser: bool) -> int:
    """Run the sample company in two Playgrounds until it is stopped. Raises `Misconfigured` if that isn't possible."""
    quiet_logs(40)
    with tempfile.TemporaryDirectory(prefix="fernhill-") as fresh:
        asyncio.run(_demo(port, (data or Path(fresh)).resolve(), browser=browser))
    return 0


def teams_settings(folder: Path, port: int) -> Settings:
    """Return settings for the sample company in Teams alone: the bot checks no tokens, so it stays on this machine."""
    alone = {"slack_bot_token": None, "slack_app_token": None, "slack_signing_secret": None}
    open_door = {"microsoft_app_id": BOT, "microsoft_app_tenant_id": TENANT, "teams_allow_unauthenticated": True}
    return demo.company_settings(folder, port).model_copy(update={**alone, **open_door})


def ports(port: int) -> list[int]:
    """Return ports for the Playgrounds, above the page's port, or below it if there are none left above."""
    step = 1 if port + len(PEOPLE) <= LAST else -1
    return [port + step * place for place in range(1, len(PEOPLE) + 1)]


def page(playgrounds: list[Playground]) -> str:
    """Return the page with both Playgrounds side by side, and what to do."""
    told = "".join(f"<li>{escape(step)}</li>" for step in STEPS)
    frames = "".join(_frame(one) for one in playgrounds)
    names = "".join(f'<button type="button">{escape(one.person.name)}</button>' for one in playgrounds)
    drawn = (HERE / "page.html").read_text(encoding="utf-8")
    filled = drawn.replace("{company}", escape(company.COMPANY)).replace("{steps}", told)
    return filled.replace("{people}", names).replace("{frames}", frames)


def _frame(one: Playground) -> str:
    name, url = escape(one.person.name), escape(one.url)
    head = f'<h2>{name} <small>{escape(one.person.title)}</small> <a href="{url}" target="_blank" aria-label="Open alone: {name}">Open alone</a></h2>'
    return f'<section>{head}<div><iframe class="new" src="{url}" title="{name} in Teams"></iframe></div></section>'


async def _demo(port: int, folder: Path, *, browser: bool) -> None:
    clock, settings = MovableClock(), teams_settings(folder, port)
    print(demo.BEGINS, flush=True)
    program = await installed()
    demo.with_calls(folder, clock)
    async with AsyncExitStack() as house:
        mailbox, website = Mailbox(clock.now), SampleWebsite(folder / "website")
        rules = beacon.with_sample_beacon(read_policy(settings.policy_file))
        steward = Steward(settings, rules, clock.now, mailbox, website, clock.seconds)
        app = steward.build()
        steward.http.trace_configs.clear()  # the Playgrounds tell the machine's time, not the company's
        app.add_routes([*mailbox.routes(), *beacon.SampleBeacon(clock.now).routes()])
        house.push_async_callback(steward.stop)
        shown: list[Playground] = []
        app.router.add_get("/", lambda _: _answer(shown))
        calls = OngoingCall(folder / "calls", clock.now)
        app.add_routes(_clock_routes(steward, clock, calls))
        demo.protect_app(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
        house.push_async_callback(runner.cleanup)
        await start_listening(runner, settings.host, port)
        await demo.begin(steward, folder)
        _confirm_clock(steward, clock)
        ringing = asyncio.create_task(calls.run())
        house.callback(ringing.cancel)
        where = f"http://127.0.0.1:{port}/api/messages"
        for first, beside in zip(PEOPLE, ports(port), strict=True):
            person = named(first)
            started = playground(program, person, beside, where, folder / "playgrounds" / first.lower())
            shown.append(await house.enter_async_context(started))
        _tell(settings.public_url, shown)
        if browser:
            with suppress(webbrowser.Error):
                webbrowser.open(settings.public_url)
        await _wait_until_stopped(shown)


def _clock_routes(steward: Steward, clock: MovableClock, calls: OngoingCall) -> list[web.RouteDef]:
    def leapt() -> None:
        calls.end_overlong()
        _confirm_clock(steward, clock)

    tick = demo.ticking(steward, clock, leapt)
    return ClockRoutes(clock, steward.database, steward.policy, tick, lambda: None, steward.door.keys).routes()


def _confirm_clock(steward: Steward, clock: MovableClock) -> None:
    """Tell the bot the company's time, as a chat platform does in its answers; until then, it ends and erases nothing."""
    steward.clock.hear("teams", {"Date": format_datetime(clock.now(), usegmt=True)})


async def _answer(shown: list[Playground]) -> web.Response:
    text = page(shown)
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": _secure(text)})


def _secure(text: str) -> str:
    """Allow its own style, its own script and the Playgrounds, and nothing else."""
    script = text.partition("<script>")[2].partition("</script>")[0]
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{own}'; connect-src 'self'; frame-src http://localhost:*"


def _tell(url: str, shown: list[Playground]) -> None:
    print(f"{company.COMPANY} in Teams, both people side by side: {url} (stop with Ctrl-C)")
    for one in shown:
        print(f"{one.person.name.split()[0]}'s Teams alone: {one.url}")
    for number, step in enumerate(STEPS, 1):
        print(f"  {number}. {step}")
    print(end="", flush=True)


async def _wait_until_stopped(shown: list[Playground]) -> None:
    """Wait until the program is stopped, or a Playground ends; then raise `Misconfigured`, since one alone is no use."""
    told = asyncio.create_task(wait_for_stop_signal())
    ends = [asyncio.create_task(one.ended()) for one in shown]
    done, waiting = await asyncio.wait({told, *ends}, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    if told not in done:
        raise Misconfigured("\n".join(one.result() for one in ends if one in done))
