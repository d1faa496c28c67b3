"""The composition root of `wwphone-server`: words to commands, settings to parts; the only place that knows them all."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from wwphone.server.api import StoreError
from wwphone.server.assembly import CtiServer
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.asterisk.settings import AmiAccount, AsteriskSettings, DigestAlgorithm
from wwphone.server.clock import utc_now
from wwphone.server.command_line import parser
from wwphone.server.commands.certificate import make_certificate
from wwphone.server.commands.check_config import CheckCommand
from wwphone.server.commands.conferences import ConferenceCommands
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.commands.demo_data import DemoCommand
from wwphone.server.commands.findings import Finding
from wwphone.server.commands.history import HistoryCommands
from wwphone.server.commands.mail import MailCommands
from wwphone.server.commands.numbers import RoomCommands
from wwphone.server.commands.pbx_check import examine_pbx
from wwphone.server.commands.phonebook import PhoneBookCommands
from wwphone.server.commands.phonebook_files import PhoneBookFileCommands
from wwphone.server.commands.pickup import PickupCommands
from wwphone.server.commands.recordings import RecordingCommands, make_key
from wwphone.server.commands.ring_groups import RingGroupCommands
from wwphone.server.commands.serving import serve
from wwphone.server.commands.switches import SwitchCommands
from wwphone.server.commands.users import UserCommands
from wwphone.server.event_loop import run
from wwphone.server.mail.opening import open_inbox, open_mail
from wwphone.server.services.passwords import Passwords
from wwphone.server.services.phone_numbers import trunk_prefix_in
from wwphone.server.settings import ServerSettings, SettingsError
from wwphone.server.settings_file import load_settings
from wwphone.server.store.sql_store import SqlStore

DEFAULT_CONFIG = Path("/etc/wwphone-server/server.toml")
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 not done, 2 wrong words."""
    options = parser().parse_args(words)
    console = Console()
    try:
        return _run(options, console)
    except (CommandFailedError, SettingsError, StoreError) as error:
        sys.stderr.write(f"wwphone-server: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def asterisk_settings(settings: ServerSettings) -> AsteriskSettings:
    """What the PBX adapter needs of the settings."""
    return AsteriskSettings(
        ami=AmiAccount(
            settings.pbx_ami_host, settings.pbx_ami_port, settings.pbx_ami_user, settings.pbx_ami_secret
        ),
        configuration_folder=settings.pbx_configuration_folder,
        probe_period_s=settings.pbx_probe_period_s,
        ring_timeout_s=settings.pbx_ring_timeout_s,
        parking_time_s=settings.pbx_parking_time_s,
        realm=settings.pbx_realm,
        digests=tuple(DigestAlgorithm(name) for name in settings.pbx_digests.split(",")),
        tls_transport=settings.pbx_tls_transport,
        media_address=settings.pbx_media_address,
        call_records=settings.pbx_call_records,
        trunk_prefix=trunk_prefix_in(settings.numbers_country, settings.pbx_trunk_prefix),
        file_mode=settings.generated_file_mode,
    )


def start_logging(level: str) -> None:
    """Log to stderr, one line a message; systemd's journal adds the rest."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # What libraries do at DEBUG holds whole statements and messages, passwords too.
    for noisy in ("asyncio", "websockets", "sqlalchemy", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _run(options: argparse.Namespace, console: Console) -> int:
    if options.command == "certificate":
        make_certificate(options, console)
        return 0
    if (options.command, getattr(options, "action", "")) == ("recordings", "new-key"):
        make_key(console)
        return 0
    settings = load_settings(_config_file(options))
    match options.command:
        case "serve":
            start_logging(settings.log_level)
            run(serve(lambda: _server(settings), os.environ.get("NOTIFY_SOCKET", "")))
            return 0
        case "check-config":
            check = CheckCommand(settings, _examine_pbx, utc_now(), console)
            return asyncio.run(check.run())
        case _:
            asyncio.run(_edit(options, settings, console))
            return 0


def _config_file(options: argparse.Namespace) -> Path | None:
    if options.config is not None:
        return Path(options.config)
    if named := os.environ.get("WWPHONE_CONFIG"):
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None


def _server(settings: ServerSettings) -> CtiServer:
    if not settings.pbx_ami_secret:
        raise SettingsError("pbx.ami_secret is missing: the secret of our user in Asterisk's manager.conf")
    return CtiServer(settings, _store(settings), AsteriskPbx(asterisk_settings(settings)))


def _store(settings: ServerSettings) -> SqlStore:
    try:
        return SqlStore(settings.store_url)
    except ValueError as error:
        raise SettingsError(f"store.url: {error}") from error


async def _examine_pbx(settings: ServerSettings) -> list[Finding]:
    return await examine_pbx(asterisk_settings(settings))


async def _edit(options: argparse.Namespace, settings: ServerSettings, console: Console) -> None:
    store, passwords = _store(settings), Passwords()
    await store.open()
    try:
        edits = _edits(settings, store, passwords, console)
        await edits[options.command, getattr(options, "action", "")](options)
    finally:
        await store.close()
        passwords.shutdown()


def _edits(
    settings: ServerSettings, store: SqlStore, passwords: Passwords, console: Console
) -> dict[tuple[str, str], Callable[[argparse.Namespace], Coroutine[None, None, None]]]:
    """What edits the store, by command and action."""
    users = UserCommands(store, passwords, settings, console)
    ring_groups, rooms = RingGroupCommands(store, console), RoomCommands(store, console)
    pickup, switches = PickupCommands(store, console), SwitchCommands(store, console)
    phonebook = PhoneBookCommands(store, settings, console)
    files = PhoneBookFileCommands(store, settings, console)
    mail = MailCommands(store, open_mail(settings), utc_now, console, open_inbox(settings, utc_now))
    conferences = ConferenceCommands(store, utc_now, console)
    recordings = RecordingCommands(store, settings.recording, console)
    return {
        ("demo-data", ""): DemoCommand(store, passwords, console).run,
        ("groups", ""): users.groups,
        ("user", "add"): users.add,
        ("user", "set"): users.set,
        ("user", "list"): users.list,
        ("user", "remove"): users.remove,
        ("user", "sip-account"): users.sip_account,
        ("ring-group", "set"): ring_groups.set,
        ("ring-group", "list"): ring_groups.list,
        ("ring-group", "remove"): ring_groups.remove,
        ("ring-group", "log-in"): ring_groups.log_in,
        ("ring-group", "log-out"): ring_groups.log_out,
        ("room", "set"): rooms.set,
        ("room", "list"): rooms.list,
        ("room", "remove"): rooms.remove,
        ("switch", "set"): switches.set,
        ("switch", "list"): switches.list,
        ("switch", "remove"): switches.remove,
        ("switch", "on"): switches.on,
        ("switch", "off"): switches.off,
        ("pickup", "set"): pickup.set,
        ("pickup", "list"): pickup.list,
        ("pickup", "remove"): pickup.remove,
        ("history", "export"): HistoryCommands(store, console).export,
        ("mail", "test"): mail.test,
        ("mail", "queue"): mail.queue,
        ("mail", "again"): mail.again,
        ("recordings", "list"): recordings.list,
        ("recordings", "check"): recordings.check,
        ("recordings", "export"): recordings.export,
        ("conferences", "list"): conferences.list,
        ("conferences", "cancel"): conferences.cancel,
        ("phonebook", "add"): phonebook.add,
        ("phonebook", "list"): phonebook.list,
        ("phonebook", "remove"): phonebook.remove,
        ("phonebook", "restore"): phonebook.restore,
        ("phonebook", "import"): files.bring_in,
        ("phonebook", "export"): files.take_out,
        ("phonebook", "imports"): files.imports,
        ("phonebook", "undo-import"): files.undo,
    }


if __name__ == "__main__":
    sys.exit(main())
