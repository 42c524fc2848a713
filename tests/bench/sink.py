"""A Slack Web API that answers everything at once, and knows when each form was opened."""

import re
import sys
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from aiohttp import web

from handlers.policy import load_policy
from tests.bench.letters import PEOPLE, uid

Json = dict[str, Any]
TEAM = "T0BENCH"


class Sink:
    """Everyone who asks or holds a role, and what was asked of Slack."""

    def __init__(self, holders: list[str]) -> None:
        self.emails = {uid(number): f"asker.{number}@fernhill.example" for number in range(PEOPLE)}
        self.emails |= {f"U0OFF{number:06d}": email for number, email in enumerate(holders)}
        self.ids = {email: uid for uid, email in self.emails.items()}
        self.opened: dict[str, float] = {}
        self.posted = 0
        self.cards: dict[str, list[float]] = {}
        self.asked: dict[str, list[str]] = {}
        self.forms: dict[str, str] = {}
        self.heard: dict[str, float] = {}
        self.stamps = count(1)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        match method:
            case "views.open":
                self.opened[(await request.json())["trigger_id"]] = monotonic()
                return _ok(view={"id": f"V{next(self.stamps)}"})
            case "chat.postMessage" | "chat.update":
                return self._posted(await request.text(), await request.json())
            case "users.info":
                return _ok(user=self._user(request.query["user"]))
            case "users.lookupByEmail":
                found = self.ids.get(request.query["email"])
                return (
                    _ok(user=self._user(found))
                    if found
                    else web.json_response({"ok": False, "error": "users_not_found"})
                )
            case "auth.test":
                return _ok(
                    team_id=TEAM, team="Bench", user_id="U0BOT", bot_id="B0BOT", user="bot", url="https://bench/"
                )
            case _:
                return _ok(channel={"id": "D1"})

    async def told(self, _: web.Request) -> web.Response:
        """When things arrived, by number of the form (monotonic seconds): the form, each card, and Listen; and what is
        waiting for Approve.
        """
        known = {
            "opened": self.opened, "posted": self.posted, "cards": self.cards, "asked": self.asked,
            "heard": self.heard,
        }  # fmt: skip
        return web.json_response(known)

    def _posted(self, text: str, message: Json) -> web.Response:
        now, stamp = monotonic(), f"1700000000.{next(self.stamps):06d}"
        self.posted += 1
        if (request := re.search(r"R-[A-Z0-9]{8}", text)) is None:
            return _ok(channel=f"D{message['channel']}", ts=stamp)
        if (found := re.search(r"CS-(\d{7})", text)) is not None:
            self.forms[request[0]] = found[1]
            self.cards.setdefault(found[1], []).append(now)
            if re.search(r'"action_id": ?"approve"', text) is not None:
                self.asked[found[1]] = [message["channel"], stamp, request[0]]
        if re.search(r'"text": ?"[^"]*Listen', text) is not None:
            self.heard.setdefault(self.forms[request[0]], now)
        return _ok(channel=f"D{message['channel']}", ts=stamp)

    def _user(self, one: str) -> Json:
        profile = {"email": self.emails[one], "real_name": self.emails[one].split("@")[0]}
        return {"id": one, "team_id": TEAM, "tz": "Australia/Sydney", "profile": profile}


def _ok(**more: Any) -> web.Response:
    return web.json_response({"ok": True, **more})


def serve(port: int, policy_file: Path) -> None:
    """Answer until a signal."""
    roles = load_policy(policy_file.read_text(), str(policy_file)).roles.held().values()
    sink = Sink(list(dict.fromkeys(one for role in roles for one in (role.holder, *role.deputies))))
    app = web.Application()
    app.add_routes([web.route("*", "/api/{method}", sink.answer), web.get("/told", sink.told)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
