"""What `recording-steward check` says of settings, database, clock, journal, mail and Teams."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot import __main__
from bot.commands.checking import REMEDIES, _check_teams, _no_slack, check_clock, check_mail, check_place, clock_since
from bot.commands.checking_database import Finding, check_database
from bot.rehearsal.teams import Fault, Member, Tenant, routes
from bot.settings.config import Given, Settings, TeamsSettings, read_each_setting
from bot.trouble import PUT_BACK
from handlers import inbox
from handlers.inbox import NOT_OURS
from storage.audit import Entry
from storage.database.store import Database, DatabaseDown, Store
from storage.database.upgrade import upgrade_database
from storage.records import Outgoing, Person, Record
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.bot.mail.post_office import NAME, PostOffice
from tests.each import each
from tests.handlers.builders import POLICY, Clock, a_company, ask
from tests.keys import KEY
from tests.machines import Machine
from tests.moments import NOW, moment
from tests.spoiling import said

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:1/"
Checked = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def checked(environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checked:
    """The exit code, and what was wrong: each line without its first word."""
    Path("recordings").mkdir()
    environment(SECRET_KEY=KEY, POLICY_FILE=str(ROOT / "policy.yaml"), SLACK_API_URL=f"{NOWHERE}api/")
    environment(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SIGNING_SECRET)

    def called(**settings: str) -> tuple[int, list[str]]:
        environment(**settings)
        monkeypatch.setattr("sys.argv", ["recording-steward", "check"])
        with pytest.raises(SystemExit) as left:
            __main__.main()
        printed = capsys.readouterr().out.splitlines()
        failed = [" ".join(one.split()[1:]) for one in printed if one.startswith("FAIL")]
        assert printed[-1] == f"{len(failed)} problem{'s' * (len(failed) > 1)} to fix."
        return int(str(left.value.code)), failed

    return called


def test_every_wrong_setting_has_its_line_and_nothing_is_tried_with_the_others(checked: Checked) -> None:
    wrong = {
        "SLACK_API_URL": "x", "MICROSOFT_APP_TENANT_ID": "common", "DATABASE_URL": "mysql://x", "JOURNAL_URL": "ftp://x",
        "SMTP_URL": "ftp://x", "SECRET_KEY": "short", "PUBLIC_URL": "x", "PORT": "x", "TRUSTED_PROXIES": "x", "TICK_SECONDS": "x",
    }  # fmt: skip
    code, failed = checked(**wrong)
    assert (code, sorted(one.split()[0] for one in failed)) == (1, sorted(wrong))
    assert not list(Path().glob("steward*"))


@each(
    ("settings", "wrong"),
    [
        ({"SLACK_SIGNING_SECRET": "", "SMTP_URL": "smtp://mail.example.com"}, ["SLACK_BOT_TOKEN", "MAIL_FROM"]),
        ({"RECORDINGS_URL": "ftp://x", "POLICY_FILE": "none.yaml", "HOST": "nowhere.invalid"}, ["HOST", "policy", "recorder", "Slack"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_and_with_right_settings_each_part_is_tried(
    checked: Checked, settings: dict[str, str], wrong: list[str]
) -> None:
    before = {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "SMTP_URL": ""}
    code, failed = checked(**{**before, **settings})
    assert (code, [one.split()[0] for one in failed]) == (1, wrong)


@each(("proxies", "noted"), [("", True), ("10.0.0.0/8", False)])
async def test_a_proxy_that_is_not_named_is_a_note(environment: Environment, proxies: str, noted: bool) -> None:
    environment(PUBLIC_URL="https://steward.example.com", TRUSTED_PROXIES=proxies)
    notes = [one async for one in check_place(read_each_setting()) if one.what == "TRUSTED_PROXIES"]
    assert [one.note for one in notes] == [True] * noted


async def test_secrets_that_others_can_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    file.touch(0o600)
    assert [one.what async for one in check_place(Given())] == ["HOST"]
    file.write_text(f"secret_key={KEY}")
    file.chmod(0o644)
    told, _ = [one async for one in check_place(Given())]
    assert (told.what, told.works, "chmod 600 .env" in told.sentence) == ("settings", False, True)


def _close(url: str) -> None:
    """A copied file is open to others, which is a line of its own."""
    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).chmod(0o600)


async def found(url: str) -> list[Finding]:
    """The lines about the database itself."""
    _close(url)
    return [one async for one in check_database(url) if one.what == "database"]


async def test_a_table_that_is_missing_is_no_database_that_works(database_url: str) -> None:
    """It answered, so check said that all was well, and no message could be queued."""
    database = Database(database_url)
    await database.write(lambda store: store.session.connection().exec_driver_sql("DROP TABLE inbox"))
    [line] = await found(database_url)
    assert (line.works, line.sentence) == (False, f"Tables are missing: inbox. {PUT_BACK}")
    with pytest.raises(DatabaseDown, match="incomplete"):
        await upgrade_database(database)
    await database.write(lambda store: Record.metadata.create_all(store.session.connection()))
    await database.close()
    assert [one.works for one in await found(database_url)] == [True]


async def test_p14_a_policy_that_was_replaced_fails(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    for digest in (POLICY.digest, "f" * 64):
        assert [one.what async for one in check_database(sqlite_url, POLICY)] == ["database"]
        await database.write(lambda store, digest=digest: store.policy_texts.keep(digest, "", NOW))  # type: ignore[misc]
    await database.close()
    _, replaced = [one async for one in check_database(sqlite_url, POLICY)]
    assert (replaced.works, f"(digest {'f' * 12}; mine is" in replaced.sentence) == (False, True)


async def test_a_matter_that_cannot_be_read_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    company = await a_company(database, Clock())
    requests = [await ask(company, company.anna, calls=[one]) for one in company.calls]
    assert [one async for one in check_database(sqlite_url) if one.what == "row"] == []
    await database.write(said(f"UPDATE matters SET asked_at = 'x' WHERE id = '{requests[0]}'"))
    await database.write(said(f"UPDATE matters SET kind = 'nothing we know' WHERE id = '{requests[1]}'"))
    await database.write(said(f"UPDATE parties SET since = 'x' WHERE matter_id = '{requests[2]}'"))
    await database.close()
    notes = [
        one.sentence.split(" can't be read")[0]
        for one in [one async for one in check_database(sqlite_url) if one.what == "row"]
    ]
    spoilt = {f"matters/{requests[0]}", f"matters/{requests[1]}", f"parties/{requests[2]}/{company.tara.person_id}"}
    assert spoilt <= set(notes)


async def test_a1_a_message_that_could_not_be_sent_is_a_note_by_its_id(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.write(_with_set_aside)
    await database.close()
    [note] = [one async for one in check_database(sqlite_url) if one.what == "message"]
    assert (note.note, note.sentence.split()[0], "(unreadable)" in note.sentence) == (True, "R-BAD", True)


def _with_set_aside(store: Store) -> None:
    anna = Person(email_key="a@b.example", email="a@b.example", name="Anna")
    store.session.add(anna)
    store.session.flush()
    told = {"R-BAD": ("unreadable", 1), "R-OLD": ("unreadable", 40), "R-AWAY": ("user_disabled", 1)}
    for name, (code, days) in told.items():
        then = moment() - timedelta(days=days)
        row = Outgoing(
            id=name, kind="show", person_id=anna.id, payload={}, queued_at=then, due_at=then, state="failed",
            code=code,
        )  # fmt: skip
        store.session.add(row)


async def test_p7_a_forged_press_is_a_note(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    entry = Entry("delivery", inbox.set_aside.action, "press:7", detail={"why": NOT_OURS})
    await database.write(lambda store: store.audit.append(entry, moment()))
    await database.close()
    [note] = [one async for one in check_database(sqlite_url) if one.what == "press"]
    assert note.note
    assert note.sentence.startswith("press:7 was in the inbox without my mark")


@pytest.mark.at(NOW)
async def test_a_clock_that_services_or_the_log_contradict_must_be_fixed(sqlite_url: str) -> None:
    clock = await clock_since(sqlite_url)
    found = check_clock(clock)
    assert (found.works, found.note) == (True, True), "where no chat answers, another line says so"
    assert "no service has confirmed it" in found.sentence
    clock.hear("slack.com", {"Date": format_datetime(moment() - timedelta(days=365), usegmt=True)})
    found = check_clock(clock)
    assert (found.works, "but slack.com says Mon 24 Nov 2025" in found.sentence) == (False, True)
    assert "I don't trust the clock" in found.sentence
    database = Database(sqlite_url)
    await database.write(lambda store: store.audit.append(Entry("clock", "tests.act", "1"), NOW + timedelta(days=365)))
    await database.close()
    assert check_clock(await clock_since(sqlite_url)).note
    clock.hear("slack.com", {"Date": format_datetime(moment(), usegmt=True)})
    assert (check_clock(clock).works, check_clock(clock).note) == (True, False)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as opened:
        yield opened


async def found_of_mail(url: str = "") -> list[Finding]:
    mail: dict[str, Any] = (
        {"smtp_url": SecretStr(url), "mail_from": "Fernhill <copies@fernhill.example>"} if url else {}
    )
    return [one async for one in check_mail(Given(**mail))]


async def test_p8_a_server_works_or_says_what_is_wrong_and_no_password(office: PostOffice) -> None:
    place = f"127.0.0.1:{office.port}"
    works = Finding("mail", True, f"{place} accepts mail from copies@fernhill.example")
    assert (await found_of_mail(f"smtp://{place}"), office.arrived) == ([works], [])
    office.wants_login = True
    [failed] = await found_of_mail(f"smtp://{NAME}:hush@{place}")
    assert failed.sentence.startswith(f"{place}: It refuses the name or password in SMTP_URL. It says: 535 5.7.8 ")
    assert "hush" not in failed.sentence
    [failed] = await found_of_mail(f"smtp://{place}")
    assert failed.sentence.startswith(f"{place}: {REMEDIES['smtp_530']} It says: 530 5.7.0 ")


APP, PASSWORD = "22222222-0000-4000-8000-00000000b07b", "rehearsal-password"
ANNA = Member("00000001-aaaa-4000-8000-000000000000", "Anna Quill", "anna.quill@fernhill.example")


@pytest_asyncio.fixture
async def tenant() -> AsyncIterator[Tenant]:
    port = unused_port()
    made = Tenant(
        people=(ANNA,), app_id=APP, password=PASSWORD, bot_url="http://127.0.0.1:1/",
        public_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip
    app = web.Application()
    app.add_routes(routes(made))
    server = TestServer(app, port=port)
    await server.start_server()
    yield made
    await made.close()
    await server.close()


def right(tenant: Tenant) -> TeamsSettings:
    return TeamsSettings(APP, tenant.tenant_id, PASSWORD, tenant.metadata_url, tenant.login_url, open=False)


async def found_of_teams(teams: TeamsSettings | None) -> list[Finding]:
    return [one async for one in _check_teams(teams, Machine().clock)]


async def test_a_token_and_the_keys_are_there_or_that_microsoft_is_away_is_told_of_both(tenant: Tenant) -> None:
    assert await found_of_teams(right(tenant)) == [
        Finding("Teams token", True, f"the login service issued one for {APP}"),
        Finding("Teams signing keys", True, "1 found"),
    ]
    tenant.faults.script([Fault("http_503", "token"), Fault("http_503", "openid")])
    assert ["http_503" in one.sentence and not one.works for one in await found_of_teams(right(tenant))] == [True, True]


@each(
    ("changed", "setting"),
    [
        ({"password": "guess"}, "MICROSOFT_APP_PASSWORD"),
        ({"app_id": "another"}, "MICROSOFT_APP_ID"),
        ({"tenant": "another"}, "MICROSOFT_APP_TENANT_ID"),
        ({"login_url": "http://127.0.0.1:1"}, "MICROSOFT_LOGIN_URL"),
        ({"metadata_url": "http://127.0.0.1:1"}, "MICROSOFT_OPENID_METADATA_URL"),
    ],
)
async def test_what_is_wrong_names_its_setting_and_never_the_secret(
    tenant: Tenant, changed: dict[str, Any], setting: str
) -> None:
    (failed,) = [one for one in await found_of_teams(replace(right(tenant), **changed)) if not one.works]
    assert f"Check {setting}" in failed.sentence
    assert failed.what == ("Teams signing keys" if "METADATA" in setting else "Teams token")
    assert "guess" not in failed.sentence


async def test_a_bot_for_the_local_client_asks_microsoft_nothing(tenant: Tenant) -> None:
    (note,) = await found_of_teams(replace(right(tenant), open=True))
    assert (note.works, note.note) == (True, True)
    assert tenant.calls == []


def without_slack(**more: object) -> Settings:
    """Whatever the environment holds."""
    chats = ("slack_bot_", "slack_app_", "slack_signing_", "microsoft_app_")
    nothing = dict.fromkeys(name for name in Settings.model_fields if name.startswith(chats))
    return Settings.model_validate({**nothing, "teams_allow_unauthenticated": False, **more})


WHOLE = {"microsoft_app_id": APP, "microsoft_app_password": PASSWORD, "microsoft_app_tenant_id": "t"}


def test_slack_may_be_off_where_teams_is_on() -> None:
    assert _no_slack(without_slack(**WHOLE)) == Finding("Slack", True, "off: SLACK_BOT_TOKEN is not set", note=True)
    alone = _no_slack(without_slack())
    assert (alone.what, alone.works) == ("chat", False)
    assert "MICROSOFT_APP_ID" in alone.sentence
