"""`wwphone-server demo-data`: the demo company's people, groups, numbers and switches, with passwords from or into a file of their owner."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import Store, UserRecord
from wwphone.server.commands.console import CommandFailedError, Console
from wwphone.server.demo_company import GROUPS, PEOPLE, RING_GROUPS, ROOMS, SWITCHES, Person
from wwphone.server.services.passwords import Passwords, check_new_password, generated_password, quick_hash


class DemoCommand:
    """Adds who is missing and changes nobody else but for the password, which becomes the one in the file."""

    def __init__(self, store: Store, passwords: Passwords, console: Console) -> None:
        self._store = store
        self._passwords = passwords
        self._console = console

    async def run(self, options: argparse.Namespace) -> None:
        """Make the company. Raises CommandFailedError, StoreError."""
        file: Path | None = options.passwords_file
        given = self._from_stdin() if options.passwords_stdin else {}
        if file is not None:
            given = {**_read_passwords(file), **given}
        chosen = {person.user: given.get(person.user) or generated_password() for person in PEOPLE}
        if file is None and given.keys() < chosen.keys():
            raise CommandFailedError("some passwords would be known to nobody: use --passwords-file FILE")
        if file is not None:
            _write_passwords(file, chosen)
        groups = await self._store.groups()
        names = {group.name for group in groups}
        last = max((group.position for group in groups), default=0)
        new = [PresenceGroup(one.name, last + one.position) for one in GROUPS if one.name not in names]
        if new:
            await self._store.replace_groups((*groups, *new))
        hashes = {user: quick_hash(word) for user, word in chosen.items() if user not in given}
        added = [await self._one(one, chosen[one.user], hashes.get(one.user)) for one in PEOPLE]
        await self._numbers()
        await self._switches()
        self._console.say(f"{len(PEOPLE)} people in {len(GROUPS)} groups, {sum(added)} of them new")

    async def _numbers(self) -> None:
        """Add ring groups and rooms whose number nobody has."""
        taken = {one.number for one in await self._store.users()}
        taken |= {one.number for one in await self._store.ring_groups()}
        taken |= {one.number for one in await self._store.rooms()}
        for group in RING_GROUPS:
            if group.number not in taken:
                await self._store.replace_ring_group(group)
        for room in ROOMS:
            if room.number not in taken:
                await self._store.replace_room(room)

    async def _switches(self) -> None:
        """Add the switches whose name and code nobody has."""
        known = await self._store.switches()
        taken = {one.name for one in known}, {one.code for one in known}
        for switch in SWITCHES:
            if switch.name not in taken[0] and switch.code not in taken[1]:
                await self._store.replace_switch(switch)

    async def _one(self, person: Person, password: str, new_hash: str | None) -> bool:
        """Make one person right; `new_hash`: of a password made just now. Return whether they are new."""
        former = await self._store.user(person.user)
        if former is None:
            await self._store.add_user(
                UserRecord(
                    user=person.user,
                    number=person.number,
                    nickname=person.nickname,
                    group=person.group,
                    sip_password=generated_password(),
                    cti_password_hash=new_hash or await self._passwords.hash(password),
                    first_name=person.first_name,
                    surname=person.surname,
                    email=person.email,
                    rights=person.rights,
                )
            )
            return True
        if not await self._passwords.fits(former.cti_password_hash, password):
            password_hash = new_hash or await self._passwords.hash(password)
            await self._store.replace_user(replace(former, cti_password_hash=password_hash))
        return False

    def _from_stdin(self) -> dict[str, str]:
        return parse_passwords(self._console.source.read(), "standard input")


def parse_passwords(text: str, where: str) -> dict[str, str]:
    """Read lines `user:password`. Raises CommandFailedError, which names the line and never its content."""
    known = {person.user for person in PEOPLE}
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        user, colon, password = line.partition(":")
        if not colon or user not in known:
            raise CommandFailedError(f"line {number} of {where} is no 'user:password' of a demo user")
        try:
            found[user] = check_new_password(password)
        except ValueError as error:
            raise CommandFailedError(f"line {number} of {where}: {error}") from error
    return found


def _read_passwords(file: Path) -> dict[str, str]:
    try:
        return parse_passwords(file.read_text("utf-8"), str(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError) as error:
        raise CommandFailedError(f"{file} cannot be read: {error}") from error


def _write_passwords(file: Path, passwords: dict[str, str]) -> None:
    text = "".join(f"{user}:{password}\n" for user, password in passwords.items())
    temporary = file.with_name(f".{file.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.replace(file)
