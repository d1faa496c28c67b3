"""A small company for end-to-end tests: a real Asterisk, a real CTI server on a store of its own, and people.

Everything runs as processes of their own on loopback, each of which can be killed and started again on its old ports.
The people are those of the demo; their passwords are made here, so that independent phones can be given them.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
import secrets
import signal
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.private_asterisk import AsteriskPaths, ManagerAccount, PrivateAsterisk, TlsFiles
from tests.helpers.ami import AmiConsole
from tests.helpers.baresip import Baresip, MediaEncryption, PhoneAccount, PhoneSound, Transport
from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.pbx import BOOT_TIMEOUT_S, asterisk_ready_folder
from tests.helpers.ports import LOOPBACK, asterisk_ports, free_port, is_taken
from tests.helpers.processes import ChildProcess
from tests.helpers.server_parts import cheap_passwords
from tests.helpers.waiting import SECONDS, wait_until
from wwphone.domain import account as domain
from wwphone.domain.recording import AutomaticRecording
from wwphone.server.api import UserRecord
from wwphone.server.demo_company import GROUPS, PEOPLE
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.store.sql_store import SqlStore
from wwphone.server.switch_api import PbxSwitch

HOST = "localhost"
_READ_AGAIN = "the certificate was read again"
ROOT = Path(__file__).resolve().parents[2]
Settings = dict[str, dict[str, str | int | bool | float]]


@dataclass(frozen=True)
class Member:
    """One person of the company, with both secrets."""

    user: str
    number: str
    nickname: str
    cti_password: str = field(repr=False)
    sip_password: str = field(repr=False)


@dataclass(frozen=True)
class CompanyPlan:
    """What differs between companies."""

    store_url: str = ""
    """The database; empty: SQLite in the company's folder."""
    settings: Mapping[str, Mapping[str, str | int | bool | float]] = field(default_factory=dict)
    """Settings of the CTI server beside the usual ones, by table and key."""
    without_cti_access: frozenset[str] = frozenset()
    with_email: frozenset[str] = frozenset()
    """Who has an e-mail address: USER@example.net."""
    recorded: frozenset[str] = frozenset()
    """Whose calls are recorded by rule."""
    ring_groups: tuple[PbxRingGroup, ...] = ()
    switches: tuple[PbxSwitch, ...] = ()


class RealCompany:
    """PBX and CTI server; as a context manager both run."""

    def __init__(self, folder: Path, plan: CompanyPlan | None = None) -> None:
        """Make everything ready in ``folder``, the people included; nothing runs yet."""
        self.folder = folder
        self._plan = plan or CompanyPlan()
        self.authority = CertificateAuthority(folder / "ca")
        self._served = (folder / "served.crt", folder / "served.key")
        certificate = self.authority.good()
        self._serve(certificate)
        self.asterisk = PrivateAsterisk(
            AsteriskPaths(asterisk_ready_folder(), folder / "pbx"),
            asterisk_ports(),
            ManagerAccount("wwphone", secrets.token_urlsafe(16)),
            TlsFiles(certificate.certificate_file, certificate.key_file),
        )
        self.asterisk.prepare()
        (folder / "spool").mkdir()
        self.cti_port = free_port()
        self._http_port = free_port()
        self.recording_key = secrets.token_bytes(32)
        self._phones = itertools.count(1)
        self._server = self._make_server()
        self.members = {person.user: _member(person.user) for person in PEOPLE}
        url = self._plan.store_url or f"sqlite:///{folder / 'store.sqlite'}"
        asyncio.run(_fill(url, self.members.values(), self._plan))

    # -- life

    def start(self) -> Self:
        """Start the PBX, then the server, and wait until it has told the PBX of everybody."""
        self.asterisk.start(BOOT_TIMEOUT_S)
        self.start_server()
        self._server.wait_until_ready(lambda: "the PBX is connected" in self.server_log(), "the PBX")
        return self

    def stop(self) -> None:
        """End both in order."""
        self.stop_server()
        self.asterisk.stop()

    def start_server(self) -> None:
        """Start the CTI server, on the same port as before; returns when it listens."""
        self._server.start()
        self._server.wait_until_ready(lambda: is_taken(self.cti_port), "its port", 20 * SECONDS)

    def stop_server(self) -> None:
        """End the CTI server in order: it says goodbye to its clients."""
        self._server.stop()

    def kill_server(self) -> None:
        """End the CTI server as a crash would."""
        self._server.kill()

    def show_certificate(self, certificate: ServerCertificate) -> None:
        """Have the running CTI server show another certificate to whoever connects from now on."""
        read_before = self.server_log().count(_READ_AGAIN)
        self._serve(certificate)
        self._server.send_signal(signal.SIGHUP)
        wait_until(
            lambda: self.server_log().count(_READ_AGAIN) > read_before, "the new certificate to be read"
        )

    def server_log(self) -> str:
        """Everything the CTI server said."""
        return self._server.log_text()

    def figure(self, name: str) -> float:
        """One of the CTI server's figures, as Prometheus reads it, labels included; 0.0 before it was first touched."""
        with urllib.request.urlopen(
            f"http://{LOOPBACK}:{self._http_port}/metrics", timeout=10 * SECONDS
        ) as page:
            lines = page.read().decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    # -- what tests ask of it

    def member(self, user: str) -> Member:
        """One person."""
        return self.members[user]

    def phone(self, user: str, sound: PhoneSound | None = None, *, answers_itself: bool = False) -> Baresip:
        """An independent phone of this person, over TLS and with SRTP demanded; neither started nor registered."""
        account = PhoneAccount(
            user,
            self.members[user].sip_password,
            registrar=f"{LOOPBACK}:{self.asterisk.ports.sip_tls}",
            display_name="A phone's own idea of a name",
            transport=Transport.TLS,
            encryption=MediaEncryption.SDES,
            answers_itself=answers_itself,
        )
        folder = self.folder / f"phone-{next(self._phones)}-{user}"
        return Baresip(account, folder, sound, self.authority.good().combined_file)

    def sip_account(self, user: str) -> domain.SipAccount:
        """The same for a phone of our own make."""
        member = self.members[user]
        return domain.SipAccount(
            user,
            member.sip_password,
            member.nickname,
            HOST,
            self.asterisk.ports.sip_tls,
            domain.Transport.TLS,
            domain.MediaEncryption.REQUIRED,
            self.authority.ca_file.read_text("ascii"),
        )

    def wait_until_nobody_talks(self) -> None:
        """Wait until Asterisk has no channel any more; raises AssertionError that names those it has."""
        try:
            wait_until(lambda: not self.channels(), "the end of all channels of Asterisk")
        except AssertionError as late:
            left = self.asterisk.command("core show channels concise")
            raise AssertionError(f"{late}\n{left}") from None

    def channels(self) -> list[str]:
        """The names of all channels Asterisk has now."""
        lines = self.asterisk.command("core show channels concise").splitlines()
        return [line.partition("!")[0] for line in lines if "!" in line]

    def channels_of(self, user: str) -> list[str]:
        """The channels of one person's devices."""
        return [name for name in self.channels() if re.fullmatch(rf"PJSIP/{user}-[0-9a-f]+", name)]

    def channel_value(self, channel: str, function: str) -> str:
        """What Asterisk says of a channel, such as ``CHANNEL(rtp,secure,audio)``; empty when it says nothing."""
        account = self.asterisk.manager
        with AmiConsole(self.asterisk.ports.ami, account.user, account.secret) as ami:
            return ami.ask("Getvar", Channel=channel, Variable=function).get("Value", "")

    def call_from_outside(self, number: str, caller: str) -> None:
        """Somebody outside calls a number of the company, as a carrier's line would bring it, and listens in silence."""
        account = self.asterisk.manager
        with AmiConsole(self.asterisk.ports.ami, account.user, account.secret) as ami:
            answer = ami.ask(
                "Originate",
                Channel=f"Local/{number}@wwphone-phones",
                CallerID=f"<{caller}>",
                Application="Wait",
                Data="60",
                Async="true",
            )
        assert answer["Response"] == "Success", answer

    def contacts(self, user: str) -> int:
        """How many devices of a person are registered."""
        rows = self.asterisk.command("pjsip show contacts").splitlines()
        return sum(1 for row in rows if re.match(rf"\s*Contact:\s+{user}/", row))

    # -- inside

    def _serve(self, certificate: ServerCertificate) -> None:
        for source, target in zip(
            (certificate.certificate_file, certificate.key_file), self._served, strict=True
        ):
            target.touch(mode=0o600)
            target.write_bytes(source.read_bytes())

    def _make_server(self) -> ChildProcess:
        file = self.folder / "server.toml"
        file.touch(mode=0o600)
        file.write_text(_toml(self._settings()), "utf-8")
        return ChildProcess(
            "wwphone-server",
            [sys.executable, "-W", "error", "-m", "wwphone.server.app", "--config", file, "serve"],
            self.folder / "server.log",
            environment={
                "WWPHONE_PBX_AMI_SECRET": self.asterisk.manager.secret,
                "WWPHONE_RECORDING_KEY": base64.b64encode(self.recording_key).decode(),
            },
            folder=ROOT,
        )

    def _settings(self) -> Settings:
        ports = self.asterisk.ports
        url = self._plan.store_url or f"sqlite:///{self.folder / 'store.sqlite'}"
        settings: Settings = {
            "listener": {"port": self.cti_port},
            "http": {"port": self._http_port},
            "tls": {
                "certificate": str(self._served[0]),
                "key": str(self._served[1]),
            },
            "store": {"url": url},
            "numbers": {"country": "CH"},
            "pbx": {
                "ami_port": ports.ami,
                "ami_user": self.asterisk.manager.user,
                "configuration_folder": str(self.asterisk.configuration_dir),
                "media_address": LOOPBACK,
                "call_records": str(self.asterisk.call_records),
                "probe_period_s": 5.0,
                # Debian's baresip 1.0 gives up at the mere sight of a SHA-256 challenge.
                "digests": "md5",
            },
            "sip": {
                "host": HOST,
                "udp_port": ports.sip,
                "tls_port": ports.sip_tls,
                "certificate_authority": str(self.authority.ca_file),
            },
            "recording": {
                "spool": str(self.folder / "spool"),
                "folder": str(self.folder / "recordings"),
                "least_free_mb": 1,
            },
        }
        for table, values in self._plan.settings.items():
            settings.setdefault(table, {}).update(values)
        return settings

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _member(user: str) -> Member:
    person = next(person for person in PEOPLE if person.user == user)
    return Member(
        user, person.number, person.nickname, secrets.token_hex(10) + "-cti", secrets.token_hex(10) + "-sip"
    )


async def _fill(url: str, members: Iterable[Member], plan: CompanyPlan) -> None:
    """Write everybody into the store. The hashes are cheap ones, else two dozen of them would take seconds."""
    store, passwords = SqlStore(url), cheap_passwords()
    people = {person.user: person for person in PEOPLE}
    await store.open()
    try:
        await store.replace_groups(GROUPS)
        for member in members:
            person = people[member.user]
            record = UserRecord(
                user=member.user,
                number=member.number,
                nickname=member.nickname,
                group=person.group,
                sip_password=member.sip_password,
                cti_password_hash=passwords.hash_now(member.cti_password),
                first_name=person.first_name,
                surname=person.surname,
                rights=person.rights,
            )
            if member.user in plan.without_cti_access:
                record = replace(record, rights=record.rights - {domain.Right.CTI_ACCESS})
            if member.user in plan.with_email:
                record = replace(record, email=person.email)
            if member.user in plan.recorded:
                rights = record.rights | {domain.Right.RECORD_CALLS}
                record = replace(record, rights=rights, automatic_recording=AutomaticRecording.ALL)
            await store.add_user(record)
        for switch in plan.switches:
            await store.replace_switch(switch)
        for group in plan.ring_groups:
            await store.replace_ring_group(group)
    finally:
        await store.close()
        passwords.shutdown()


def _toml(settings: Settings) -> str:
    lines: list[str] = []
    for table, values in settings.items():
        # A JSON text, number or switch is one in TOML as well.
        lines += [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join([*lines, ""])
