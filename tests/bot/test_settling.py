"""`recording-steward people`, as an operator types it (B3)."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from bot.commands.settling import settle_people
from bot.settings.config import Misconfigured
from handlers.sealing import Keys
from storage.chain import is_sealed
from storage.database.store import Store
from storage.people import Account
from tests.bot.environment import ROOT, Environment, with_database
from tests.handlers.builders import account
from tests.keys import KEY


def _meet(one: Account) -> Callable[[Store], object]:
    return lambda store: store.meetings.meet(one)


@pytest.fixture
def url(sqlite_url: str, environment: Environment) -> str:
    """A database in which Tara has two accounts, Helena none that may act, and everyone else one."""
    names = ("Deven Okafor", "Henrik Solberg", "Ruth Adeyemi", "Miles Fairweather")
    told = [account(f"U{name[:3].upper()}", name) for name in names]
    told += [
        account("U1", "Tara Lindqvist"),
        account("U2", "Tara Lindqvist"),
        account("U3", "Helena Marsh", "deactivated"),
    ]
    for one in told:
        with_database(sqlite_url, lambda database, one=one: database.write(_meet(one)))  # type: ignore[misc]
    environment(DATABASE_URL=sqlite_url, POLICY_FILE=str(ROOT / "policy.yaml"), SECRET_KEY=KEY)
    return sqlite_url


def test_they_are_listed_with_what_to_do(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle_people(None) == 0
    assert capsys.readouterr().out.splitlines() == [
        (
            "ambiguous    Tara Lindqvist <tara.lindqvist@fernhill.example>: slack:U1 (known first), slack:U2 (came later) share the "
            "address. Ask the person, face to face or by phone, which account is theirs. Then close the others, or run: recording-steward people --keep ACCOUNT"
        ),
        (
            "unreachable  Helena Marsh <helena.marsh@fernhill.example>: the account is deactivated. "
            "Fix the account, or name someone else in the policy."
        ),
    ]


def test_one_is_kept_and_the_other_is_in_the_list_from_then_on(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle_people("slack:U2") == 0
    assert settle_people(None) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "I use slack:U2 from now on. Set aside: slack:U1."
    assert last == (
        "set aside    slack:U1, for <tara.lindqvist@fernhill.example>. "
        "To use it after all: recording-steward people --keep slack:U1"
    )


def test_wrong_input_is_answered_by_a_sentence(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle_people("slack:U9") == 1
    assert capsys.readouterr().out.startswith("There is no account slack:U9.")


def _waits(url: str) -> None:
    """Helena's account is gone, and there is another one with her address."""
    with_database(url, lambda database: database.write(_meet(account("U4", "Helena Marsh"))))


def test_p7_an_address_that_another_person_had_is_listed_with_both_ways_out(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _waits(url)
    assert settle_people(None) == 0
    [told] = [one for one in capsys.readouterr().out.splitlines() if "Helena" in one]
    assert told == (
        "ambiguous    Helena Marsh <helena.marsh@fernhill.example>: slack:U4 (not settled yet). slack:U4 has an address that this person has or had, but may be someone else. Ask both, face to face or by phone. If it is the same person: recording-steward people --keep slack:U4. If not: recording-steward people --new slack:U4"
    )


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--keep", "I use slack:U4 from now on. Set aside: none."),
        ("--new", "slack:U4 is a new person, and the address is now theirs. Set aside: none."),
    ],
)
def test_p7_and_settled_by_one_command(
    url: str, capsys: pytest.CaptureFixture[str], typed: Callable[..., tuple[Any, str, str]], option: str, told: str
) -> None:
    _waits(url)
    code, printed, _ = typed("people", option, "slack:U4")
    assert (code, told in printed) == (0, True)
    *_, newest = with_database(url, lambda database: database.read(lambda store: list(store.audit.links(0, 100))))
    assert is_sealed(newest, Keys(b64decode(KEY)).log_seal), (
        "the entry bears the bot's seal, so that it vouches for the account"
    )
    assert settle_people(None) == 0
    assert "Helena" not in capsys.readouterr().out


def test_it_settles_nothing_without_the_key(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(Misconfigured, match="SECRET_KEY is missing"):
        settle_people("slack:U2", None)
