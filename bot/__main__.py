"""The command line: what `recording-steward` does, by the word behind it."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from pathlib import Path

from bot.settings.config import Misconfigured

PACKAGE = Path("recording-steward-teams.zip")
DEMOS = {
    "demo": "try it with a sample company; no account needed",
    "demo-teams": "the same company in Microsoft's own local client; needs Node.js 18 or newer",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "recording-steward", description="Keeps a company's call recording policy in Slack and Teams."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('recording-steward')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demos(commands)
    _command(commands, "run", "run the bot with the settings of the environment")
    _command(commands, "check", "try every setting, one line each; exit 1 if any fails")
    people = _command(commands, "people", "list people who can't be told apart or reached, or settle it")
    settles = people.add_mutually_exclusive_group()
    settles.add_argument(
        "--keep",
        metavar="ACCOUNT",
        help="the account that counts, if several share an address or it belonged to someone before",
    )
    settles.add_argument(
        "--new",
        metavar="ACCOUNT",
        help="this account is another person's, though its address belonged to someone before",
    )
    settles.add_argument(
        "--again", metavar="EMAIL", help="send again what is waiting for a person who could not be reached"
    )
    _add_policy(commands)
    _add_audit(commands)
    _add_copies(commands)
    _command(commands, "rotate-key", "wrap what SECRET_KEY_PREVIOUS wraps by SECRET_KEY; stop the bot first")
    _add_when(commands)
    _add_route(commands)
    _add_purge(commands)
    figures = _command(commands, "figures", "print a month in numbers: requests, deadlines, erasures, listening")
    figures.add_argument("--month", metavar="YYYY-MM", help="which month, like 2027-03 (the last whole one)")
    figures.add_argument("--json", action="store_true", help="one JSON object")
    _add_sample(commands)
    package = _command(commands, "teams-package", "make the file that puts the bot into Microsoft Teams")
    package.add_argument("--out", type=Path, default=PACKAGE, help=f"where to write it ({PACKAGE})")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    """What a command says of itself behind --help is what the overview says of it."""
    return commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")


def _add_demos(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, what in DEMOS.items():
        demo = _command(commands, name, what)
        demo.add_argument("--port", type=int, default=3000, help="which port the page is at (3000)")
        demo.add_argument("--no-browser", action="store_true", help="do not open the page")
        demo.add_argument(
            "--data", type=Path, help="keep the sample company's data in this folder (a new one otherwise)"
        )


def _add_policy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    policy = _command(commands, "policy", "list the texts of the policy that were in force, or show one")
    policy.add_argument(
        "--at",
        metavar="TIME",
        help="show the one in force then (ISO 8601, or as it is listed); without an offset in the home line's time",
    )


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = _command(commands, "audit", "check or export the audit log")
    kinds = audit.add_subparsers(dest="what", required=True, metavar="WHAT")
    verify = _command(
        kinds, "verify", "recompute the hash chain and compare what is stored with it; exit 1 if anything is wrong"
    )
    verify.add_argument("--head", help="the hash that you wrote down earlier: it must still be in the chain")
    verify.add_argument(
        "--checkpoint", metavar="FILE", type=Path, help="a copy of the journal: the log must still hold what it says"
    )
    export = _command(kinds, "export", "write all entries")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="JSON Lines or CSV (jsonl)")
    export.add_argument("--output", type=Path, help="a file (standard output otherwise)")


def _add_copies(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = _command(commands, "backup", "write the database and the journal into one file; the bot may run")
    backup.add_argument("file", type=Path, metavar="FILE", help="where to write it; nothing is replaced")
    restore = _command(commands, "restore", "put a backup back; all access ends with the next start")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
    restore.add_argument("--replace", action="store_true", help="over the SQLite database that is there")


def _add_when(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    when = _command(commands, "when", "work out when something is due, and show the sum")
    kinds = when.add_subparsers(dest="what", required=True, metavar="WHAT")
    due = _command(kinds, "due", "when what came at a moment is due, in working days of the line that was called")
    due.add_argument("--line", metavar="LINE", help="the line that was called, like +61 2 8197 9000")
    due.add_argument(
        "--received", metavar="TIME", help="when it came (ISO 8601); without an offset it is the line's local time"
    )
    due.add_argument("--file", type=Path, metavar="CSV", help="many at once: a file with the columns line and received")
    due.add_argument("--days", metavar="N", help="how many working days (customers.working_days of the policy)")
    due.add_argument("--json", action="store_true", help="one JSON object a line")
    erased = _command(kinds, "erased", "when the audio of a call is erased, by when the call began")
    erased.add_argument("--line", metavar="LINE", help="the line that was called, like +61 2 8197 9000")
    erased.add_argument(
        "--started", metavar="TIME", help="when it began (ISO 8601); without an offset it is the line's local time"
    )
    erased.add_argument(
        "--file", type=Path, metavar="CSV", help="many at once: a file with the columns line and started"
    )
    erased.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_purge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    purge = _command(commands, "purge", "say what would be erased now; the bot erases by itself")
    purge.add_argument("--dry-run", action="store_true", help="only look: how many calls would go, and why others not")


def _add_sample(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sample = _command(commands, "sample", "check a published sample of calls drawn at random")
    kinds = sample.add_subparsers(dest="what", required=True, metavar="WHAT")
    verify = _command(
        kinds, "verify", "hold it against its own recipe, without settings or database; exit 1 where something is wrong"
    )
    verify.add_argument("file", type=Path, metavar="FILE", help="what was published (- is standard input)")


def _add_route(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    route = _command(commands, "route", "work out who would decide a request")
    route.add_argument("--asker", metavar="EMAIL", default="", help="who asks")
    route.add_argument("--reason", metavar="REASON", default="", help="a reason of the policy, by its key or label")
    several = {"operator": "who was on the calls", "concerns": "whom it concerns"}
    for name, what in several.items():
        route.add_argument(f"--{name}", metavar="EMAIL", nargs="+", action="extend", default=[], help=what)
    route.add_argument(
        "--day", metavar="DATE", default="", help="the day on which it is asked, like 2026-12-24 (today)"
    )
    route.add_argument("--json", action="store_true", help="one JSON object")


def main() -> None:
    """Run a command; a person never meets a traceback for a wrong setting."""
    try:
        code = _run(_parser().parse_args())
        sys.stdout.flush()
        sys.exit(code)
    except Misconfigured as error:
        sys.exit(f"recording-steward: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read along has enough, as with `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # since at exit Python would try once more
        sys.exit(141)


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "run":
            from bot.serving import run

            return run()
        case "demo":
            from bot.rehearsal.demo import demo

            return demo(arguments.port, arguments.data, browser=not arguments.no_browser)
        case "demo-teams":
            from bot.rehearsal.playground import demo_teams

            return demo_teams(arguments.port, arguments.data, browser=not arguments.no_browser)
        case "check":
            from bot.commands.checking import check

            return check()
        case "people" | "policy" | "purge" | "figures":
            return _looked_at(arguments)
        case "backup" | "restore":
            return _copied(arguments)
        case "rotate-key":
            from bot.commands.rotating import rotate_key

            return rotate_key()
        case "when" | "route" | "sample":
            return _worked_out(arguments)
        case "teams-package":
            from bot.commands.packaging import package

            return package(arguments.out)
        case _:
            from bot.commands.auditing import export, verify

            if arguments.what == "verify":
                return verify(arguments.head, arguments.checkpoint)
            return export(arguments.format, arguments.output)


def _looked_at(arguments: argparse.Namespace) -> int:
    """What the database answers beside the running bot."""
    match arguments.command:
        case "people":
            from bot.commands.settling import people

            return people(arguments.keep, arguments.again, arguments.new)
        case "policy":
            from bot.commands.looking import show

            return show(arguments.at)
        case "figures":
            from bot.commands.looking import figures

            return figures(arguments.month, as_json=arguments.json)
        case _:
            from bot.commands.purging import purge

            return purge(dry_run=arguments.dry_run)


def _copied(arguments: argparse.Namespace) -> int:
    """What makes a copy, or puts one back."""
    if arguments.command == "backup":
        from bot.commands.backing_up import backup

        return backup(arguments.file)
    from bot.commands.putting_back import restore

    return restore(arguments.file, replace=arguments.replace)


def _worked_out(arguments: argparse.Namespace) -> int:
    """What the rules answer, of something that nobody has asked for."""
    if arguments.command == "sample":
        from bot.commands.sample import verify

        return verify(arguments.file)
    if arguments.command == "when":
        if arguments.what == "erased":
            from bot.commands.when import erased

            return erased(arguments.line, arguments.started, arguments.file, as_json=arguments.json)
        from bot.commands.when import due

        return due(arguments.line, arguments.received, arguments.file, arguments.days, as_json=arguments.json)
    from bot.commands.route import route

    told = (arguments.asker, arguments.reason, arguments.operator, arguments.concerns, arguments.day)
    return route(*told, as_json=arguments.json)


if __name__ == "__main__":
    main()
