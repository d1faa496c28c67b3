"""The words of `wwphone-server`: commands and options. Secrets are never among them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from wwphone import __version__
from wwphone.domain.account import Right
from wwphone.domain.formats import ExportFormat
from wwphone.domain.recording import AutomaticRecording
from wwphone.server.certificates import SERVER_DAYS
from wwphone.server.ring_group_api import WaitingSound

_RIGHTS = {right.value: right for right in Right}


def parser() -> argparse.ArgumentParser:
    """Make the parser; the result's `command` (and `action`) say what to do."""
    root = argparse.ArgumentParser(prog="wwphone-server", description="The CTI server of wwphone")
    root.add_argument("--version", action="version", version=f"wwphone-server {__version__}")
    root.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings (TOML); else WWPHONE_CONFIG, else /etc/wwphone-server/server.toml if it exists",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve clients until told to stop")
    commands.add_parser("check-config", help="look at settings, certificate, store and PBX")
    _user(commands.add_parser("user", help="add, list, change and remove users"))
    groups = commands.add_parser("groups", help="show the presence groups, or write them anew in this order")
    groups.add_argument("names", nargs="*", metavar="NAME")
    _ring_group(commands.add_parser("ring-group", help="numbers that ring several users at once"))
    _room(commands.add_parser("room", help="conference rooms"))
    _switch(commands.add_parser("switch", help="switches such as night: while on, calls go elsewhere"))
    _pickup(commands.add_parser("pickup", help="who may pick up calls of a presence group, and see callers"))
    _history(commands.add_parser("history", help="the record of calls"))
    _mail(commands.add_parser("mail", help="the outgoing e-mail"))
    _recordings(commands.add_parser("recordings", help="recordings of calls that are kept"))
    _conferences(commands.add_parser("conferences", help="planned conferences"))
    _phonebook(commands.add_parser("phonebook", help="entries of the phone book that everybody sees"))
    _demo_data(
        commands.add_parser("demo-data", help="add the people, numbers and phone book of the demo company")
    )
    _certificate(commands.add_parser("certificate", help="make a private authority and a certificate"))
    return root


def _user(user: argparse.ArgumentParser) -> None:
    actions = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a user; the password is asked for")
    add.add_argument("user")
    add.add_argument("--number", required=True, help="internal number")
    _attributes(add)
    _password(add, asks=True)
    change = actions.add_parser("set", help="change a user")
    change.add_argument("user")
    change.add_argument("--number", help="internal number")
    _attributes(change)
    change.add_argument(
        "--new-sip-password", action="store_true", help="generate another one; the phones must register anew"
    )
    _password(change, asks=False)
    show = actions.add_parser("list", help="show all users")
    show.add_argument("--json", action="store_true", help="for programs")
    remove = actions.add_parser("remove", help="remove a user for good")
    remove.add_argument("user")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    account = actions.add_parser("sip-account", help="show what to enter into a user's desk phone")
    account.add_argument("user")


def _attributes(parser: argparse.ArgumentParser) -> None:
    texts = {
        "nickname": "the name colleagues see",
        "group": "presence group; made when it is new",
        "first-name": "",
        "surname": "",
        "mobile": "mobile number",
        "email": "e-mail address",
        "displayed-number": "number shown to those who are called",
        "displayed-number-when-forwarding": "shown instead where a colleague's forwarding sent the call",
    }
    for name, text in texts.items():
        parser.add_argument(f"--{name}", help=text)
    also, not_also = "--shown-number", "--no-shown-number"
    text = "a number that may be shown besides the user's own; may be repeated"
    parser.add_argument(also, action="append", metavar="NUMBER", help=text)
    parser.add_argument(not_also, action="append", metavar="NUMBER", help="not any more")
    switches = {
        "offer-tls": "offer encrypted SIP to this user",
        "hidden": "hide this user from all others",
        "busy-when-in-call": "no further call while one runs",
        "busy-when-ringing": "no further call while one rings",
        "in-all-users": "ring when everybody is to ring",
    }
    for name, text in switches.items():
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=text)
    _automatic_recording(parser)
    rights = ", ".join(_RIGHTS)
    parser.add_argument("--right", action="append", type=_right, metavar="RIGHT", help=f"allow: {rights}")
    parser.add_argument("--no-right", action="append", type=_right, metavar="RIGHT", help="forbid")


def _automatic_recording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--automatic-recording",
        type=AutomaticRecording,
        choices=list(AutomaticRecording),
        metavar="CALLS",
        help="which calls are recorded by themselves, with the right record_calls: "
        + ", ".join(rule.value for rule in AutomaticRecording),
    )


def _password(parser: argparse.ArgumentParser, *, asks: bool) -> None:
    sources = parser.add_mutually_exclusive_group()
    add = sources.add_argument
    if not asks:
        add("--password", dest="password", action="store_const", const="ask", help="ask for a new password")
    add("--password-stdin", dest="password", action="store_const", const="stdin", help="read it from stdin")
    add(
        "--generate-password",
        dest="password",
        action="store_const",
        const="generate",
        help="make one and print it once",
    )


def _ring_group(group: argparse.ArgumentParser) -> None:
    logging = {"log-in": "let members ring again", "log-out": "let members not ring"}
    parsers = _numbered(group, "ring group", logging)
    parsers["set"].add_argument(
        "--member", action="append", metavar="USER", help="whom it rings; may be repeated"
    )
    parsers["set"].add_argument(
        "--all-users", action=argparse.BooleanOptionalAction, help="it rings everybody, instead of members"
    )
    _queue(parsers["set"])
    for name in logging:
        parsers[name].add_argument("user", nargs="+", metavar="USER")


def _queue(change: argparse.ArgumentParser) -> None:
    add = change.add_argument
    add("--calls-at-once", type=int, metavar="N", help="calls that ring or are talked; 0: any number")
    add("--most-waiting", type=int, metavar="N", help="callers who may wait for a free member; 0: none")
    add("--longest-wait", type=int, metavar="SECONDS", help="how long one waits")
    add("--waiting-sound", choices=[sound.value for sound in WaitingSound], help="what one hears meanwhile")
    after = change.add_mutually_exclusive_group()
    add = after.add_argument
    add("--then", dest="then_number", metavar="NUMBER", help="where calls go that the group does not take")
    add("--then-voicemail", metavar="USER", help="whose mailbox takes them")
    add("--then-busy", dest="then_number", action="store_const", const="", help="nowhere")


def _room(room: argparse.ArgumentParser) -> None:
    change = _numbered(room, "room")["set"]
    owners = change.add_mutually_exclusive_group()
    owners.add_argument("--owner", metavar="USER", help="whose 901 leads here")
    owners.add_argument("--no-owner", dest="owner", action="store_const", const="", help="nobody's")
    pins = change.add_mutually_exclusive_group()
    add = pins.add_argument
    add("--pin-stdin", dest="pin", action="store_const", const="stdin", help="read its PIN from stdin")
    add("--pin-ask", dest="pin", action="store_const", const="ask", help="ask for its PIN at the terminal")
    add("--no-pin", dest="pin", action="store_const", const="none", help="let everybody in")


def _switch(switch: argparse.ArgumentParser) -> None:
    actions = switch.add_subparsers(dest="action", required=True, metavar="ACTION")
    change = actions.add_parser("set", help="add a switch, or change what is named of one")
    change.add_argument("name")
    change.add_argument("--title", help="what people see")
    change.add_argument("--code", help="what is dialled behind *51 (on) and *52 (off)")
    change.add_argument(
        "--for-all",
        action=argparse.BooleanOptionalAction,
        help="everybody sees it, not only who may operate it",
    )
    add = change.add_argument
    add("--send", action="append", metavar="NUMBER=TARGET", help="while it is on; voicemail:USER is a target")
    add("--no-send", action="append", metavar="NUMBER", help="let these calls go as usual")
    actions.add_parser("list", help="show every switch")
    for name, text in (("on", "switch it on"), ("off", "switch it off"), ("remove", "remove a switch")):
        actions.add_parser(name, help=text).add_argument("name")


def _pickup(pickup: argparse.ArgumentParser) -> None:
    actions = pickup.add_subparsers(dest="action", required=True, metavar="ACTION")
    change = actions.add_parser("set", help="allow or forbid what is named, of one group by another")
    remove = actions.add_parser("remove", help="let the usual apply again")
    for parser in (change, remove):
        parser.add_argument("group", metavar="GROUP", help="at whose members it rings")
        parser.add_argument("--by", required=True, metavar="GROUP", help="whose members may do it")
    for name, text in (("pick-up", "take these calls"), ("see-caller", "see who calls")):
        change.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=text)
    actions.add_parser("list", help="show who may do what")


def _history(history: argparse.ArgumentParser) -> None:
    actions = history.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("export", help="write a user's record as CSV").add_argument("user", metavar="USER")


def _mail(mail: argparse.ArgumentParser) -> None:
    actions = mail.add_subparsers(dest="action", required=True, metavar="ACTION")
    test = actions.add_parser(
        "test", help="send an e-mail now, tell what the mail server says, and whether answers can be read"
    )
    test.add_argument("address", metavar="ADDRESS")
    queue = actions.add_parser("queue", help="show what waits or could not be sent")
    queue.add_argument("--all", action="store_true", help="what was sent, too")
    again = actions.add_parser("again", help="try those again that failed, and those that wait at once")
    again.add_argument("ids", nargs="+", metavar="ID")


def _recordings(recordings: argparse.ArgumentParser) -> None:
    actions = recordings.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("list", help="show all of them, or a user's")
    show.add_argument("user", nargs="?", metavar="USER")
    check = actions.add_parser("check", help="tell which one is missing, changed or inserted")
    check.add_argument(
        "--noted", default="", metavar="HASH", help="an end of the chain that was noted before"
    )
    export = actions.add_parser("export", help="write one as FLAC")
    export.add_argument("id", metavar="ID")
    export.add_argument("file", type=Path, metavar="FILE")
    actions.add_parser("new-key", help="make a key to encrypt recordings with, and print it")


def _conferences(conferences: argparse.ArgumentParser) -> None:
    actions = conferences.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("list", help="show those that are not long over, or a user's")
    show.add_argument("user", nargs="?", metavar="USER")
    cancel = actions.add_parser("cancel", help="let the server cancel one, and tell everybody invited")
    cancel.add_argument("id", metavar="ID")
    cancel.add_argument("--yes", action="store_true", help="do not ask")


def _phonebook(phonebook: argparse.ArgumentParser) -> None:
    actions = phonebook.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an entry")
    for name, text in (
        ("first-name", ""),
        ("surname", ""),
        ("company", ""),
        ("office", "number at the office"),
        ("mobile", "mobile number"),
        ("private", "private number"),
        ("email", "e-mail address"),
        ("note", ""),
    ):
        add.add_argument(f"--{name}", help=text)
    show = actions.add_parser("list", help="show the entries, or those in which all the words stand")
    show.add_argument("words", nargs="*", metavar="WORD")
    show.add_argument("--json", action="store_true", help="for programs")
    for name, text in (("remove", "take entries out of the book"), ("restore", "put removed ones back")):
        actions.add_parser(name, help=text).add_argument("ids", nargs="+", metavar="ID")
    _phonebook_files(actions)


def _phonebook_files(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bring = actions.add_parser("import", help="bring in a CSV of the PBX, or a file of vCards")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--replace-all", action="store_true", help="delete entries that are not in the file")
    bring.add_argument("--dry-run", action="store_true", help="only tell what it would do")
    bring.add_argument("--yes", action="store_true", help="do not ask before entries are deleted")
    take = actions.add_parser("export", help="write all entries into a file")
    take.add_argument("file", type=Path, metavar="FILE")
    formats = [one.value for one in ExportFormat]
    take.add_argument(
        "--format", choices=formats, default=formats[0], help="csv (as the PBX), vcard4, vcard3"
    )
    actions.add_parser("imports", help="show the imports of the last 30 days")
    undo = actions.add_parser("undo-import", help="take an import back as one")
    undo.add_argument("id", metavar="ID")


def _numbered(
    parser: argparse.ArgumentParser, what: str, more: Mapping[str, str] = MappingProxyType({})
) -> dict[str, argparse.ArgumentParser]:
    """Add set, list, remove and `more` actions on something that is known by its number; return their parsers."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "set": f"add a {what}, or change what is named of one",
        "list": f"show every {what}",
        "remove": f"remove a {what}",
        **more,
    }
    parsers = {name: actions.add_parser(name, help=text) for name, text in texts.items()}
    for name, one in parsers.items():
        if name != "list":
            one.add_argument("number")
    parsers["set"].add_argument("--name", help="what people see; needed when it is new")
    return parsers


def _demo_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passwords-file",
        type=Path,
        metavar="FILE",
        help="lines user:password; read when it exists, else generated and written for its owner alone",
    )
    parser.add_argument("--passwords-stdin", action="store_true", help="read lines user:password from stdin")


def _certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where ca.pem, ca.key, server.pem and server.key lie")
    parser.add_argument(
        "--host", action="append", required=True, help="name or address clients use; may be repeated"
    )
    parser.add_argument("--days", type=int, default=SERVER_DAYS, help="validity (default %(default)s)")


def _right(text: str) -> Right:
    try:
        return _RIGHTS[text]
    except KeyError:
        raise argparse.ArgumentTypeError(f"no such right; there are {', '.join(_RIGHTS)}") from None
