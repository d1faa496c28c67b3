"""`wwphone-server user …` and `groups`: edit users in the store; a running server notices within a second."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from wwphone.domain.account import Mode, Right
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import DuplicateError, Store, UserRecord
from wwphone.server.assembly import endpoint_of
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.services.passwords import Passwords, generated_password
from wwphone.server.services.sip_accounts import Peer, SipAccounts
from wwphone.server.settings import ServerSettings
from wwphone.server.user_rules import check_text, check_user

_PLAIN = (
    "number",
    "nickname",
    "group",
    "first_name",
    "surname",
    "mobile",
    "email",
    "displayed_number",
    "displayed_number_when_forwarding",
    "offer_tls",
    "hidden",
    "busy_when_in_call",
    "busy_when_ringing",
    "in_all_users",
    "automatic_recording",
)
"""Fields of a user that an option of the same name sets."""


class UserCommands:
    """The commands that edit users and groups."""

    def __init__(
        self, store: Store, passwords: Passwords, settings: ServerSettings, console: Console
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._settings = settings
        self._console = console

    async def add(self, options: argparse.Namespace) -> None:
        """Add a user, and their group behind the others when it is new."""
        given = _given(options)
        record = UserRecord(
            **{"nickname": options.user, "group": "", **given},
            user=options.user,
            sip_password=generated_password(),
            cti_password_hash="",
            rights=_rights(frozenset({Right.CTI_ACCESS}), options),
            shown_numbers=_shown_numbers((), options),
        )
        _checked(record)
        if await self._store.user(record.user) is not None:
            raise CommandFailedError(f"the user {record.user} exists already")
        password = self._console.new_password(options.password or "ask")
        record = replace(record, cti_password_hash=await self._passwords.hash(password))
        await ensure_group(self._store, record.group)
        await self._written(record, self._store.add_user)
        self._console.say(f"added {record.user}, number {record.number}")

    async def set(self, options: argparse.Namespace) -> None:
        """Change a user."""
        former = await self._known(options.user)
        record = replace(
            former,
            **_given(options),
            rights=_rights(former.rights, options),
            shown_numbers=_shown_numbers(former.shown_numbers, options),
        )
        if options.new_sip_password:
            record = replace(record, sip_password=generated_password())
        _checked(record)
        if options.password:
            password = self._console.new_password(options.password)
            record = replace(record, cti_password_hash=await self._passwords.hash(password))
        if record == former:
            self._console.say("nothing to change")
            return
        await ensure_group(self._store, record.group)
        await self._written(record, self._store.replace_user)
        self._console.say(f"changed {record.user}: {', '.join(_differences(former, record))}")

    async def list(self, options: argparse.Namespace) -> None:
        """Show all users, without any secret."""
        users = await self._store.users()
        if options.json:
            self._console.say(json.dumps([_public(one) for one in users], indent=2, ensure_ascii=False))
            return
        rows = [
            (one.user, one.number, one.nickname, one.group, " ".join(sorted(r.value for r in one.rights)))
            for one in users
        ]
        self._console.table(("user", "number", "nickname", "group", "rights"), rows)

    async def remove(self, options: argparse.Namespace) -> None:
        """Remove a user for good, after asking."""
        record = await self._known(options.user)
        if not options.yes:
            question = f"Remove {record.user} ({record.nickname}, {record.number}) for good? [y/N] "
            if self._console.ask(question).lower() not in ("y", "yes"):
                raise CommandFailedError("nothing was removed")
        await self._store.remove_user(record.user)
        self._console.say(f"removed {record.user}")

    async def sip_account(self, options: argparse.Namespace) -> None:
        """Show what must be entered into a desk phone of this user; the one place where a SIP password is shown."""
        record = await self._known(options.user)
        here = Peer("", encrypted=True)
        account = SipAccounts(endpoint_of(self._settings)).account_for(record, Mode.SOFTPHONE, here)
        assert account is not None  # this terminal is as good as an encrypted line
        encryption = account.media_encryption.value
        for name, value in (
            ("registrar", f"{account.host}:{account.port}"),
            ("transport", account.transport.value),
            ("user name", account.user),
            ("password", account.password),
            ("display name", account.display_name),
            ("SRTP", encryption),
        ):
            self._console.say(f"{name}: {value}")

    async def groups(self, options: argparse.Namespace) -> None:
        """Show the presence groups, or write the list anew in the given order."""
        if options.names:
            names = list(dict.fromkeys(options.names))
            for name in names:
                _valid(partial(check_text, name, "group"))
            groups = tuple(PresenceGroup(name, position) for position, name in enumerate(names, 1))
            await self._store.replace_groups(groups)
        for group in await self._store.groups():
            self._console.say(group.name)

    async def _known(self, name: str) -> UserRecord:
        record = await self._store.user(name)
        if record is None:
            raise CommandFailedError(f"there is no user {name}")
        return record

    async def _written(
        self, record: UserRecord, write: Callable[[UserRecord], Coroutine[Any, Any, None]]
    ) -> None:
        try:
            await write(record)
        except DuplicateError:
            raise CommandFailedError(
                f"the name {record.user} or the number {record.number} is taken; nothing was changed"
            ) from None


async def ensure_group(store: Store, name: str) -> None:
    """Add a presence group behind the others unless it exists or `name` is empty."""
    groups = await store.groups()
    if name and name not in {group.name for group in groups}:
        position = max((group.position for group in groups), default=0) + 1
        await store.replace_groups((*groups, PresenceGroup(name, position)))


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The options that were given, by the field they set."""
    values = {name: getattr(options, name) for name in _PLAIN}
    return {name: value for name, value in values.items() if value is not None}


def _rights(former: frozenset[Right], options: argparse.Namespace) -> frozenset[Right]:
    return (former | set(options.right or ())) - set(options.no_right or ())


def _shown_numbers(former: tuple[str, ...], options: argparse.Namespace) -> tuple[str, ...]:
    kept = dict.fromkeys((*former, *(options.shown_number or ())))
    return tuple(number for number in kept if number not in (options.no_shown_number or ()))


def _checked(record: UserRecord) -> None:
    _valid(partial(check_user, record))


def _valid(check: Callable[[], object]) -> None:
    try:
        check()
    except ValueError as error:
        raise CommandFailedError(f"{error}; nothing was changed") from error


def _differences(former: UserRecord, record: UserRecord) -> list[str]:
    changed = [one.name for one in fields(record) if getattr(former, one.name) != getattr(record, one.name)]
    return [name.removesuffix("_hash").replace("_", " ") for name in changed]


def _public(record: UserRecord) -> Mapping[str, Any]:
    shown = {one.name: getattr(record, one.name) for one in fields(record) if one.repr}
    rights = sorted(right.value for right in record.rights)
    return {**shown, "rights": rights, "automatic_recording": record.automatic_recording.value}
