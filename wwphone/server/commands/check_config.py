"""`wwphone-server check-config`: everything that has to be right before `serve`, each with a sentence."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from wwphone.domain.calls import CallKind
from wwphone.domain.presence import DEFAULT_REACH
from wwphone.server.api import StoreError
from wwphone.server.certificates import CertificateError, check_key, examine
from wwphone.server.clock import utc_now
from wwphone.server.commands.console import Console
from wwphone.server.commands.findings import Finding, Verdict, bad, doubtful, good
from wwphone.server.commands.prefix_check import examine_prefix
from wwphone.server.inbox_api import InboxDelayedError
from wwphone.server.mail.opening import open_inbox, open_mail
from wwphone.server.mail_api import MailDelayedError
from wwphone.server.services.phone_numbers import PhoneNumbers
from wwphone.server.settings import ServerSettings, SettingsError
from wwphone.server.source_settings import SourceKind, SourceSettings, SourceSettingsError
from wwphone.server.sources.opening import open_source
from wwphone.server.sources_api import SourceFailedError
from wwphone.server.store.sql_store import SqlStore

_SOON = timedelta(days=21)
_WHOLE_BOOK_S = 60.0

ExaminePbx = Callable[[ServerSettings], Awaitable[list[Finding]]]


class CheckCommand:
    """Looks at everything and changes nothing."""

    def __init__(
        self, settings: ServerSettings, examine_pbx: ExaminePbx, now: datetime, console: Console
    ) -> None:
        self._settings = settings
        self._examine_pbx = examine_pbx
        self._now = now
        self._console = console

    async def run(self) -> int:
        """Print every finding; return 1 when one is bad."""
        found = [
            good("the settings can be read"),
            *self._reach(),
            self._country(),
            *self._tls(),
            _line_processes(self._settings.listener_line_processes),
            *self._sip(),
            *self._folder(),
            self._spool(),
        ]
        found += await self._store()
        found.append(await _mail(self._settings))
        found.append(await _answers(self._settings))
        found += [await _source(one) for one in self._settings.sources]
        found += await self._examine_pbx(self._settings)
        for one in found:
            self._console.say(str(one))
        return 1 if any(one.verdict is Verdict.BAD for one in found) else 0

    def _reach(self) -> list[Finding]:
        """The matrix of presence, where it is another than people know it."""
        reach = self._settings.reach
        changed = [status for status, kinds in reach.items() if kinds != DEFAULT_REACH[status]]
        found = [
            good(f"in the state {status.value} these calls ring: {_names(reach[status])}")
            for status in changed
        ]
        if not any(reach.values()):
            found.append(bad("no state of presence lets any call ring"))
        return found or [good("presence decides as usual which calls ring")]

    def _country(self) -> Finding:
        country = self._settings.numbers_country
        try:
            PhoneNumbers(country)
        except ValueError as error:
            return bad(f"numbers.country: {error}")
        if not country:
            return doubtful("numbers.country is not set: no number without a country code is recognised")
        return good(f"numbers without a country code are those of {country}")

    def _tls(self) -> list[Finding]:
        certificate, key = self._settings.tls_certificate, self._settings.tls_key
        if certificate is None or key is None:
            try:
                self._settings.must_be_servable()
            except SettingsError as error:
                return [bad(str(error))]
            return [doubtful("clients are served without TLS, on this machine only")]
        try:
            report = examine(certificate)
            check_key(certificate, key)
        except CertificateError as error:
            return [bad(str(error))]
        found = [good("certificate and key belong together")]
        if report.not_before > self._now:
            found.append(bad(f"the certificate begins on {report.not_before:%d %B %Y} only"))
        if report.not_after <= self._now:
            found.append(bad(f"the certificate has ended on {report.not_after:%d %B %Y}"))
        elif report.not_after - self._now < _SOON:
            found.append(doubtful(f"the certificate ends in {report.days_left(self._now)} days"))
        else:
            found.append(good(f"the certificate is good for {report.days_left(self._now)} more days"))
        names = ", ".join(report.names)
        host = self._settings.sip_host
        if not names:
            found.append(bad("the certificate names no host; no client will accept it"))
        elif not report.covers(host):
            found.append(
                doubtful(f"the certificate is for {names}, not for {host}, where clients reach us by SIP")
            )
        else:
            found.append(good(f"the certificate is for {names}"))
        return found

    def _sip(self) -> list[Finding]:
        try:
            self._settings.authority_of_sip()
            if self._settings.sip_certificate_authority is not None:
                examine(self._settings.sip_certificate_authority)
        except (SettingsError, CertificateError) as error:
            return [bad(str(error))]
        return [good("the SIP account's authority can be handed out")]

    def _spool(self) -> Finding:
        """Where Asterisk writes what it records."""
        spool = self._settings.recording.spool
        if not spool.is_dir():
            return doubtful(f"there is no folder {spool} (recording.spool): nothing can be recorded")
        if not os.access(spool, os.R_OK | os.W_OK | os.X_OK):
            return bad(f"we may not read and write in {spool} (recording.spool), where Asterisk records")
        return good(f"Asterisk records to {spool}, if it may write there")

    def _folder(self) -> list[Finding]:
        folder = self._settings.pbx_configuration_folder
        if not folder.is_dir():
            return [bad(f"the folder {folder} for Asterisk's configuration does not exist")]
        if not os.access(folder, os.W_OK | os.X_OK):
            return [bad(f"the folder {folder} for Asterisk's configuration cannot be written")]
        return [good(f"Asterisk's configuration goes to {folder}")]

    async def _store(self) -> list[Finding]:
        try:
            state = await SqlStore(self._settings.store_url).examine()
        except (StoreError, ValueError) as error:
            return [bad(f"the store cannot be used: {error}")]
        if state.current is None:
            return [good("the store is empty; `serve` makes its tables")]
        if not state.up_to_date:
            return [good(f"the store is of version {state.current}; `serve` brings it to {state.newest}")]
        return [good("the store is reachable and up to date"), *await self._prefix()]

    async def _prefix(self) -> list[Finding]:
        """The trunk prefix beside what stands in the store."""
        prefix = self._settings.pbx_trunk_prefix
        if not prefix:
            return []
        store = SqlStore(self._settings.store_url)
        try:
            await store.open()
            return await examine_prefix(prefix, store)
        except StoreError as error:
            return [bad(f"the store cannot be read: {error}")]
        finally:
            await store.close()


def _line_processes(count: int) -> Finding:
    if not count:
        return good("the server keeps the clients' lines itself")
    # Not how many the machine has: how many this process may use.
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if count >= processors > 1 or count > processors:
        return doubtful(
            f"{count} processes for the clients' lines (listener.line_processes), beside the server's own and Asterisk: there are {processors} processors"
        )
    return good(f"{count} processes keep the clients' lines")


def _names(kinds: frozenset[CallKind]) -> str:
    return ", ".join(kind.value for kind in CallKind if kind in kinds) or "none"


async def _mail(settings: ServerSettings) -> Finding:
    """Go as far as one can without sending anything: encrypted and signed in."""
    if not settings.mail_host:
        return good("no e-mails are sent: mail.host is not set")
    try:
        sender = open_mail(settings)
    except SettingsError as error:
        return bad(str(error))
    assert sender is not None
    where = f"the mail server {settings.mail_host} port {settings.mail_port}"
    try:
        async with asyncio.timeout(settings.mail_time_limit_s), sender.connected():
            pass
    except MailDelayedError as error:
        return doubtful(f"{where} cannot be used: {error}")
    except TimeoutError:
        return doubtful(f"{where} does not answer within {settings.mail_time_limit_s:g} s")
    return good(f"{where} lets us in; `mail test ADDRESS` sends an e-mail")


async def _answers(settings: ServerSettings) -> Finding:
    """Open the mailbox and look at nothing."""
    if not settings.answers_host:
        return good("answers to invitations are not read: answers.host is not set")
    try:
        inbox = open_inbox(settings, utc_now)
    except SettingsError as error:
        return bad(str(error))
    assert inbox is not None
    where = f"the mailbox of answers at {settings.answers_host} port {settings.answers_port}"
    try:
        async with asyncio.timeout(settings.answers_time_limit_s), inbox.connected():
            pass
    except InboxDelayedError as error:
        return doubtful(f"{where} cannot be read: {error}")
    except TimeoutError:
        return doubtful(f"{where} does not answer within {settings.answers_time_limit_s:g} s")
    return good(f"{where} lets us in")


async def _source(settings: SourceSettings) -> Finding:
    """Ask a source once; one that does not answer keeps nobody from telephoning."""
    what = f"the source {settings.source_id}"
    # An address book is read as a whole; one that sends nothing is given up at its own limit all the same.
    limit_s = settings.time_limit_s if settings.kind is SourceKind.LDAP else _WHOLE_BOOK_S
    try:
        reader = open_source(settings)
        await reader.start()
        try:
            async with asyncio.timeout(limit_s):
                await reader.search(("wwphone",))
        finally:
            await reader.shutdown()
    except SourceSettingsError as error:
        return bad(str(error))
    except SourceFailedError as error:
        return doubtful(f"{what}: {error.state.value}: {error}")
    except TimeoutError:
        return doubtful(f"{what} does not answer within {limit_s:g} s")
    return good(f"{what} answers")
