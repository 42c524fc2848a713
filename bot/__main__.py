"""The command line: which commands and options `recording-steward` takes, and which function each command calls."""

import argparse
import gc
import os
import sys
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import TypeAlias

PACKAGE = Path("recording-steward-teams.zip")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  it has no public name


def _build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        "recording-steward", description="Keeps a company's call recording policy in Slack and Teams."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('recording-steward')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demo(commands, "demo", "bot.rehearsal.demo:demo", "try the bot with a sample company; no account needed")
    help_text = "try the sample company in Microsoft's local Teams client; needs Node.js 18 or newer"
    _add_demo(commands, "demo-teams", "bot.rehearsal.playground.demo:demo_teams", help_text)
    _add_command(commands, "run", "bot.serving:run_steward", "run the bot, with settings from the environment or .env")
    help_text = "test every setting and print a line for each; exits 1 if any fails"
    _add_command(commands, "check", "bot.commands.checking:check_everything", help_text)
    _add_people(commands)
    _add_records(commands)
    _add_reports(commands)
    _add_copies(commands)
    _add_when(commands)
    _add_route(commands)
    help_text = "make the app package to upload to Microsoft Teams"
    package = _add_command(commands, "teams-package", "bot.teams.package:write_package", help_text)
    package.add_argument("--out", type=Path, default=PACKAGE, help=f"where to write it (default: {PACKAGE})")
    return parser


def _add_command(commands: Commands, name: str, call: str, what: str) -> argparse.ArgumentParser:
    """Add a command that calls the function at `module:name`, with its options as keyword arguments."""
    command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    command.set_defaults(call=call)
    return command


def _add_group(commands: Commands, name: str, what: str) -> Commands:
    """Add a command with commands of its own, such as `audit verify`, and return what those are added to."""
    group = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    return group.add_subparsers(dest="what", required=True, metavar="WHAT")


def _add_demo(commands: Commands, name: str, call: str, what: str) -> None:
    """Add a command that starts a demo, with its options."""
    demo = _add_command(commands, name, call, what)
    demo.add_argument("--port", type=int, default=3000, help="port for the page (default: 3000)")
    demo.add_argument("--no-browser", dest="browser", action="store_false", help="don't open a browser")
    folder = "folder for the sample company's data (default: a new folder)"
    demo.add_argument("--data", type=Path, help=folder)


def _add_people(commands: Commands) -> None:
    """Add `people`."""
    what = "list people who can't be reached or share an address, and settle who is who"
    settles = _add_command(
        commands, "people", "bot.commands.settling:settle_people", what
    ).add_mutually_exclusive_group()
    keep = "this account belongs to the person who has or had its address; use it"
    settles.add_argument("--keep", metavar="ACCOUNT", help=keep)
    new = "this account belongs to a new person, who was given someone's former address"
    settles.add_argument("--new", metavar="ACCOUNT", help=new)


def _add_records(commands: Commands) -> None:
    """Add `policy` and `audit`."""
    what = "list every version of the policy that has been in force, or print one"
    policy = _add_command(commands, "policy", "bot.commands.looking:show_policy", what)
    at = "print the version in force at this time (ISO 8601; without an offset, in the home line's time zone)"
    policy.add_argument("--at", metavar="TIME", help=at)
    audit = _add_group(commands, "audit", "check or export the audit log")
    what = "recompute the log's hash chain and compare the database with it; exits 1 if anything is wrong"
    verify = _add_command(audit, "verify", "bot.commands.auditing:verify_audit", what)
    copy = "a copy of the journal, to check that the log still has every entry it names"
    verify.add_argument("--checkpoint", metavar="FILE", type=Path, help=copy)
    export = _add_command(audit, "export", "bot.commands.auditing:export_audit", "print all entries, oldest first")
    export.add_argument(
        "--format", choices=("jsonl", "csv"), default="jsonl", help="JSON Lines or CSV (default: jsonl)"
    )


def _add_reports(commands: Commands) -> None:
    """Add `figures`, `sample` and `purge`."""
    what = "print a month's figures: requests, deadlines, erasures and listening"
    figures = _add_command(commands, "figures", "bot.commands.looking:print_figures", what)
    figures.add_argument("--month", metavar="YYYY-MM", help="month, such as 2027-03 (default: last month)")
    what = "check a published draw against its recipe; needs no settings or database; exits 1 if anything is wrong"
    samples = _add_group(commands, "sample", "check a published random draw of calls")
    sample = _add_command(samples, "verify", "bot.commands.sample:verify_sample", what)
    sample.add_argument("file", type=Path, metavar="FILE", help="the published file")
    what = "show what would be erased now (the bot does the erasing itself)"
    purge = _add_command(commands, "purge", "bot.commands.purging:print_purge", what)
    purge.add_argument(
        "--dry-run", action="store_true", help="count the calls that would be erased, and say why others are kept"
    )


def _add_copies(commands: Commands) -> None:
    """Add `backup`, `restore` and `rotate-key`."""
    what = "back up the database and the journal to one file; the bot can keep running"
    backup = _add_command(commands, "backup", "bot.commands.backing_up:back_up", what)
    backup.add_argument(
        "file", type=Path, metavar="FILE", help="where to write the backup; an existing file is never overwritten"
    )
    what = "restore a backup; all access to calls ends at the next start"
    restore = _add_command(commands, "restore", "bot.commands.backing_up:restore_backup", what)
    restore.add_argument("file", type=Path, metavar="FILE", help="a file written by `backup`")
    restore.add_argument("--replace", action="store_true", help="overwrite the existing SQLite database")
    what = "move the database from the old master key (SECRET_KEY_PREVIOUS) to SECRET_KEY; stop the bot first"
    _add_command(commands, "rotate-key", "bot.commands.rotating:rotate_key", what)


def _add_when(commands: Commands) -> None:
    """Add `when due` and `when erased`, which take much the same options."""
    kinds = _add_group(commands, "when", "work out when something is due, and show how it was counted")
    what = "work out when a request is due, in working days of the line that was called"
    due = _add_command(kinds, "due", "bot.commands.when:print_due", what)
    what = "work out when a call's audio is erased"
    erased = _add_command(kinds, "erased", "bot.commands.when:print_erased", what)
    for kind, name, meaning in (
        (due, "received", "when the request was received"),
        (erased, "started", "when the call began"),
    ):
        kind.add_argument("--line", metavar="LINE", help="the line that was called, like +61 2 8197 9000")
        local = f"{meaning} (ISO 8601; without an offset, in the line's time zone)"
        kind.add_argument(f"--{name}", metavar="TIME", help=local)
        many = f"work out many at once, from a CSV file with the columns line and {name}"
        kind.add_argument("--file", type=Path, metavar="CSV", help=many)
        if kind is due:
            kind.add_argument(
                "--days", metavar="N", help="number of working days (default: customers.working_days in the policy)"
            )
        kind.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object per line")


def _add_route(commands: Commands) -> None:
    """Add `route`."""
    route = _add_command(commands, "route", "bot.commands.route:print_route", "work out who would decide a request")
    route.add_argument("--asker", metavar="EMAIL", default="", help="the person asking")
    route.add_argument("--reason", metavar="REASON", default="", help="the reason, by its key or label in the policy")
    for name, what in (("operator", "staff who were on the calls"), ("concerns", "people the request is about")):
        route.add_argument(f"--{name}", metavar="EMAIL", nargs="+", action="extend", default=[], help=what)
    day = "day of the request, such as 2026-12-24 (default: today)"
    route.add_argument("--day", metavar="DATE", default="", help=day)
    route.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object")


def main() -> None:
    """Run a command and exit with its code; a wrong setting shows a sentence, never a traceback."""
    options = vars(_build_parser().parse_args())
    gc.disable()  # modules stay for good: to look for garbage among them takes a sixth of a start
    from bot.settings.config import Misconfigured

    call = resolve_name(options.pop("call"))
    gc.freeze()
    gc.enable()
    try:
        code = call(**{name: value for name, value in options.items() if name not in ("command", "what")})
        sys.stdout.flush()
        sys.exit(code)
    except Misconfigured as error:
        sys.exit(f"recording-steward: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader has enough, as with `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # because Python flushes once more at exit
        sys.exit(141)


if __name__ == "__main__":
    main()
