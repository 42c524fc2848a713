"""The sample company: everybody whom the stories and the policy need, once each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.rehearsal.company import COMPANY, DOMAIN, PEOPLE
from handlers.policy import load_policy
from handlers.rules.identity import may_act

POLICY = load_policy((Path(__file__).parents[3] / "policy.yaml").read_text("utf-8"))
BY_EMAIL = {person.email: person for person in PEOPLE}


def test_nobody_is_there_twice() -> None:
    for field in ("id", "name", "email"):
        assert max(Counter(getattr(person, field) for person in PEOPLE).values()) == 1


def test_whoever_the_policy_names_works_there_under_the_titles_it_names() -> None:
    assert POLICY.company.name == COMPANY
    assert DOMAIN in POLICY.company.mail_domains
    for name in ("team_leader", "head_of_customer_success", "manager_human_resources"):
        role = POLICY.role(name)
        holder = BY_EMAIL[role.holder]
        may_act(holder.standing)
        assert holder.title == role.title
        assert all(BY_EMAIL[deputy].standing == "member" for deputy in role.deputies)
    for email in ("miles.fairweather@fernhill.example", "quinn.abara@fernhill.example", *POLICY.customers.handlers):
        assert BY_EMAIL[email].standing == "member"


def test_every_kind_of_account_is_there() -> None:
    kinds = Counter(person.standing for person in PEOPLE)
    assert (kinds["guest"], kinds["foreign"], kinds["deactivated"]) == (1, 1, 1)
    departments = Counter(
        person.department for person in PEOPLE if "Agent" in person.title and person.standing == "member"
    )
    assert departments == {"customer_success": 3}
    assert sum(person.department == "sales" for person in PEOPLE) == 2
    assert sum(person.department == "accounts_billing" for person in PEOPLE) == 2
