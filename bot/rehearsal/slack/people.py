"""Who belongs to the workspace, and how Slack describes each of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Standing = Literal["member", "guest", "foreign", "deactivated", "bot"]
ELSEWHERE = "T0ELSEWHERE"
COLOURS = ("#3c6e71", "#7a4e8a", "#a65e2e", "#2f6690", "#8a4f5e", "#4f7a4e", "#6b5b95", "#9a6a00")


@dataclass(frozen=True, slots=True)
class Member:
    """One account. `zone` is an IANA name; `team_id` may be left empty.

    `foreign` is a person of another organisation in a shared channel (Slack's `is_stranger`).
    """

    id: str
    name: str
    email: str = ""
    title: str = ""
    zone: str = "Europe/London"
    standing: Standing = "member"
    team_id: str = ""

    @property
    def username(self) -> str:
        """Return the short name that Slack puts in `user_name`."""
        return self.email.partition("@")[0] or self.name.lower().replace(" ", ".")

    def team(self, own: str) -> str:
        """Return the account's team, in a workspace whose own team is `own`."""
        return self.team_id or (ELSEWHERE if self.standing == "foreign" else own)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def colour(self) -> str:
        return COLOURS[sum(self.id.encode()) % len(COLOURS)]


def as_user(member: Member, team_id: str, now: datetime, *, with_email: bool) -> Json:
    """Return the user object of users.info (docs.slack.dev/reference/objects/user-object). The e-mail address needs
    `users:read.email` and is never there for a stranger; a deactivated account has lost its zone and its restrictions,
    as in Slack.
    """
    user: Json = {
        "id": member.id,
        "team_id": member.team(team_id),
        "name": member.username,
        "deleted": member.standing == "deactivated",
        "profile": _profile(member, team_id, with_email=with_email),
        "is_bot": member.standing == "bot",
        "is_app_user": False,
        "updated": 1767225600,
    }
    if member.standing != "deactivated":
        user |= _living(member, now)
    if member.standing == "foreign":
        user["is_stranger"] = True
    return user


def _profile(member: Member, team_id: str, *, with_email: bool) -> Json:
    profile = {"title": member.title, "real_name": member.name, "display_name": "", "team": member.team(team_id)}
    if with_email and member.email and member.standing not in ("foreign", "bot"):
        profile["email"] = member.email
    return profile


def _living(member: Member, now: datetime) -> Json:
    offset = now.astimezone(ZoneInfo(member.zone)).utcoffset()
    return {
        "color": member.colour.lstrip("#"),
        "real_name": member.name,
        "tz": member.zone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_restricted": member.standing == "guest",
        "is_ultra_restricted": False,
    }
