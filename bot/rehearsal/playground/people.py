"""The sample company as the Playground needs it: a tenant, the person in front of it, and five colleagues."""

import json
from uuid import NAMESPACE_DNS, uuid5

from bot.rehearsal.company import COMPANY, DOMAIN, PEOPLE, Employee

TENANT = str(uuid5(NAMESPACE_DNS, DOMAIN))
BOT = str(uuid5(NAMESPACE_DNS, f"steward.{DOMAIN}"))
COLLEAGUES = 5  # the Playground refuses fewer and more


def named(first: str) -> Employee:
    """Return the member of staff with this first name."""
    return next(one for one in PEOPLE if one.name.split()[0] == first)


def config(me: Employee) -> str:
    """Return the Playground's configuration for this person: JSON, which its YAML reader accepts."""
    staff = [one for one in PEOPLE if one.standing == "member" and one != me]
    return json.dumps(
        {
            "version": "0.1.1",
            "tenantId": TENANT,
            "bot": {"id": f"28:{BOT}", "name": "Recording Steward"},
            "currentUser": _user(me),
            "users": [_user(one) for one in staff[:COLLEAGUES]],
            "personalChat": {"id": conversation(me)},
            "groupChat": {"id": f"19:{_id(me, 'group')}@thread.v2", "name": "Monday stand-up"},
            "team": {
                "id": f"19:{_id(me, 'team')}@thread.tacv2",
                "name": COMPANY,
                "aadGroupId": _id(me, "directory group"),
                "channels": [{"id": f"19:{_id(me, 'channel')}@thread.tacv2", "name": "Customer Success"}],
            },
        }
    )


def conversation(me: Employee) -> str:
    """Return the id of the person's own chat with the bot."""
    return f"a:1{_id(me, 'chat')}"


def _user(one: Employee) -> dict[str, str]:
    given, _, surname = one.name.partition(" ")
    # The Playground spells it like this.
    told = {"userPrincipleName": one.email, "email": one.email, "givenName": given, "surname": surname}
    return {"id": f"29:1{_id(one, 'account')}", "name": one.name, "aadObjectId": _id(one, "object"), **told}


def _id(one: Employee, what: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{what}.{one.email}"))
