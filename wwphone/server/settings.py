"""The server's settings, declared once: file, environment and documentation come from this table."""

# ruff: noqa: RUF009 - `_setting` is dataclasses.field with our words, called once for each setting
from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from wwphone.domain.account import Transport
from wwphone.domain.calls import CallKind
from wwphone.domain.mail import MailEncryption
from wwphone.domain.presence import DEFAULT_REACH, PresenceStatus
from wwphone.protocol.frames import DEFAULT_PORT
from wwphone.server.recording_settings import DEFAULT_FOLDER, DEFAULT_SPOOL, RecordingSettings
from wwphone.server.source_settings import SourceSettings

_NO_KIND = "none"
_TRUNK_PREFIX = re.compile("[0-9]{0,4}")
_OUTSIDE_NUMBER = re.compile(r"(\+[1-9][0-9]{4,14})?")
_COUNTRY = re.compile("([A-Z]{2})?")
_MAY_BE_NOUGHT = {
    "history.keep_days": "days",
    "recording.keep_days": "days",
    "recording.undo_days": "days",
    "recording.tone_every_s": "seconds",
    "recording.least_free_mb": "MiB",
}
_MOST_LINE_PROCESSES = 64
_KINDS = ", ".join(kind.value for kind in CallKind)


_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,190}")


class SettingsError(Exception):
    """A setting is missing or wrong; the text is for the administrator and never repeats a secret."""


def _setting(key: str, default: Any, text: str, *, secret: bool = False) -> Any:
    """Declare a setting: its name in the file, what it is unless told otherwise, and what it does."""
    return field(default=default, repr=not secret, metadata={"key": key, "help": text, "secret": secret})


def _rings(status: PresenceStatus) -> Any:
    """Declare which kinds of call ring in a state of presence."""
    default = " ".join(kind.value for kind in CallKind if kind in DEFAULT_REACH[status]) or _NO_KIND
    text = f"Calls that ring in the state {status.value}: out of {_KINDS}; or {_NO_KIND}"
    return _setting(f"presence.reach_{status.value}", default, text)


@dataclass(frozen=True)
class ServerSettings:
    """All settings with their values. Types: text, whole number, number, switch, file or folder."""

    listener_host: str = _setting("listener.host", "127.0.0.1", "Address to listen on for clients")
    listener_port: int = _setting(
        "listener.port", DEFAULT_PORT, "Port to listen on for clients; 0: any free one"
    )
    listener_insecure_loopback: bool = _setting(
        "listener.insecure_loopback",
        default=False,
        text="Serve clients on this very machine without TLS, SIP password included. For trials only",
    )
    listener_heartbeat_s: float = _setting(
        "listener.heartbeat_s",
        10.0,
        "Seconds of silence after which client and server ask for a sign of life",
    )
    listener_max_connections: int = _setting("listener.max_connections", 5000, "Connections at most")
    listener_max_connections_per_address: int = _setting(
        "listener.max_connections_per_address", 500, "Connections of one address at most (IPv6: of one /64)"
    )
    listener_line_processes: int = _setting(
        "listener.line_processes", 0, "Processes that keep the clients' lines; 0: the server's own"
    )
    tls_certificate: Path | None = _setting(
        "tls.certificate", None, "The server's certificate with its chain (PEM)"
    )
    tls_key: Path | None = _setting("tls.key", None, "The certificate's private key (PEM)")
    http_host: str = _setting("http.host", "127.0.0.1", "Loopback address for /health and /metrics")
    http_port: int = _setting("http.port", 8445, "Port for /health and /metrics; 0: any free one; -1: off")
    store_url: str = _setting(
        "store.url",
        "sqlite:////var/lib/wwphone-server/store.sqlite",
        "The database: sqlite:////file or postgresql://user:password@host/database",
        secret=True,
    )
    sign_in_limit: int = _setting("sign_in.limit", 5, "Refused passwords that block an address")
    sign_in_window_s: float = _setting(
        "sign_in.window_s", 600.0, "Seconds for which a refused password counts"
    )
    sign_in_session_days: float = _setting(
        "sign_in.session_days",
        30.0,
        "Days without a connection after which a client must give its password again",
    )
    presence_grace_s: float = _setting(
        "presence.grace_s", 6.0, "Seconds a client may be gone before its user is shown as offline"
    )
    presence_reach_telephone_service: str = _rings(PresenceStatus.TELEPHONE_SERVICE)
    presence_reach_available: str = _rings(PresenceStatus.AVAILABLE)
    presence_reach_be_right_back: str = _rings(PresenceStatus.BE_RIGHT_BACK)
    presence_reach_direct_only: str = _rings(PresenceStatus.DIRECT_ONLY)
    presence_reach_internal_only: str = _rings(PresenceStatus.INTERNAL_ONLY)
    presence_reach_unavailable: str = _rings(PresenceStatus.UNAVAILABLE)
    numbers_country: str = _setting(
        "numbers.country",
        "",
        "Country whose numbers are written without a country code (ISO 3166-1, as CH); empty: none",
    )
    pbx_ami_host: str = _setting(
        "pbx.ami_host", "127.0.0.1", "Where Asterisk's manager interface (AMI) listens"
    )
    pbx_ami_port: int = _setting("pbx.ami_port", 5038, "Its port")
    pbx_ami_user: str = _setting("pbx.ami_user", "wwphone", "The server's user there (manager.conf)")
    pbx_ami_secret: str = _setting("pbx.ami_secret", "", "The secret of that user", secret=True)
    pbx_configuration_folder: Path = _setting(
        "pbx.configuration_folder",
        Path("/etc/asterisk/wwphone"),
        "Folder the generated part of Asterisk's configuration is written to",
    )
    pbx_file_mode: str = _setting(
        "pbx.file_mode",
        "600",
        "Rights of the generated files; 640 where Asterisk is another user of our group",
    )
    pbx_language: str = _setting("pbx.language", "en", "Language of the PBX's announcements")
    pbx_realm: str = _setting("pbx.realm", "wwphone", "Asterisk's default_realm")
    pbx_digests: str = _setting(
        "pbx.digests",
        "md5",
        "How SIP passwords are asked for; md5,sha-256 where no phone gives up at a question it does not know (RFC 8760)",
    )
    pbx_tls_transport: str = _setting(
        "pbx.tls_transport", "transport-tls", "Name of Asterisk's TLS transport (pjsip.conf)"
    )
    pbx_media_address: str = _setting(
        "pbx.media_address", "", "Address sound is sent from and received at; empty: the system's choice"
    )
    pbx_probe_period_s: float = _setting(
        "pbx.probe_period_s", 30.0, "Seconds between two questions to each device for a sign of life"
    )
    pbx_ring_timeout_s: float = _setting(
        "pbx.ring_timeout_s", 30.0, "Seconds a user's devices ring before nobody answers"
    )
    pbx_parking_time_s: float = _setting(
        "pbx.parking_time_s", 120.0, "Seconds a parked call waits until it rings again at whoever parked it"
    )
    pbx_trunk_prefix: str = _setting(
        "pbx.trunk_prefix", "", "Digits people may dial in front of numbers outside, as 0 or 9; empty: none"
    )
    pbx_call_records: Path = _setting(
        "pbx.call_records",
        Path("/var/log/asterisk/cel-custom/wwphone.csv"),
        "Asterisk's record of calls (cel_custom.conf), which the people's own records are made from",
    )
    history_keep_days: int = _setting(
        "history.keep_days", 0, "Days after which the record of a call is deleted; 0: never"
    )
    recording_spool: Path = _setting(
        "recording.spool", DEFAULT_SPOOL, "Folder Asterisk writes running recordings to, and the server reads"
    )
    recording_folder: Path = _setting(
        "recording.folder", DEFAULT_FOLDER, "Folder recordings are kept in, encrypted"
    )
    recording_keep_days: int = _setting(
        "recording.keep_days", 0, "Days after which a recording is deleted; 0: never"
    )
    recording_undo_days: int = _setting(
        "recording.undo_days", 30, "Days for which a deleted recording can be taken back"
    )
    recording_tone_every_s: int = _setting(
        "recording.tone_every_s", 0, "Seconds between the tones a recorded call is announced with; 0: none"
    )
    recording_least_free_mb: int = _setting(
        "recording.least_free_mb", 500, "MiB that stay free on the disk: with less nothing is recorded"
    )
    sip_host: str = _setting("sip.host", "127.0.0.1", "Name or address clients reach the PBX at by SIP")
    sip_udp_port: int = _setting("sip.udp_port", 5060, "Its port for SIP over UDP and TCP")
    sip_tls_port: int = _setting("sip.tls_port", 5061, "Its port for SIP over TLS")
    sip_transport: Transport = _setting(
        "sip.transport",
        Transport.TLS,
        "How clients register: tls, tcp or udp; a user may be excepted from TLS",
    )
    sip_certificate_authority: Path | None = _setting(
        "sip.certificate_authority",
        None,
        "Authority (PEM) that signed the PBX's certificate; none: the clients' own authorities",
    )
    mail_host: str = _setting("mail.host", "", "Mail server that takes our e-mails; empty: none are sent")
    mail_port: int = _setting("mail.port", 587, "Its port: 587 with starttls, 465 with tls")
    mail_encryption: MailEncryption = _setting(
        "mail.encryption", MailEncryption.STARTTLS, "starttls, tls; or none on this very machine"
    )
    mail_user: str = _setting("mail.user", "", "Who signs in there; empty: nobody has to")
    mail_password: str = _setting(
        "mail.password",
        "",
        "That user's password; from the environment, or from a file of its own",
        secret=True,
    )
    mail_from_address: str = _setting("mail.from_address", "", "Address that our e-mails come from")
    mail_from_name: str = _setting("mail.from_name", "wwphone", "Name before it")
    mail_certificate_authority: Path | None = _setting(
        "mail.certificate_authority",
        None,
        "Authority (PEM) that signed its certificate; none: those of the system",
    )
    mail_time_limit_s: float = _setting("mail.time_limit_s", 30.0, "Seconds it may take for each step")
    answers_host: str = _setting(
        "answers.host", "", "Mail server (IMAP) whose mailbox answers to invitations come to; empty: none"
    )
    answers_port: int = _setting("answers.port", 993, "Its port: 993 with tls, 143 with starttls")
    answers_encryption: MailEncryption = _setting("answers.encryption", MailEncryption.TLS, "tls or starttls")
    answers_user: str = _setting("answers.user", "", "Who signs in there")
    answers_password: str = _setting(
        "answers.password",
        "",
        "That user's password; from the environment, or from a file of its own",
        secret=True,
    )
    answers_address: str = _setting(
        "answers.address", "", "That mailbox's address: invitations name it, so calendars answer there"
    )
    answers_folder: str = _setting("answers.folder", "INBOX", "Its folder that is read")
    answers_certificate_authority: Path | None = _setting(
        "answers.certificate_authority",
        None,
        "Authority (PEM) that signed its certificate; none: those of the system",
    )
    answers_time_limit_s: float = _setting("answers.time_limit_s", 30.0, "Seconds it may take for each step")
    conferences_number: str = _setting(
        "conferences.number",
        "",
        "What is dialled from outside to enter a conference by its PIN (E.164); empty: inside alone, by 902",
    )
    log_level: str = _setting("log.level", "info", "debug, info, warning or error")
    sources: tuple[SourceSettings, ...] = ()
    """What is searched beside the phone book; they have a table of their own each."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def encrypted(self) -> bool:
        """Whether clients are served over TLS."""
        return self.tls_certificate is not None

    def must_be_servable(self) -> None:
        """Raise SettingsError when clients could not be served safely."""
        if not self.encrypted and not self.listener_insecure_loopback:
            raise SettingsError(
                "tls.certificate and tls.key are missing: `wwphone-server certificate` makes them"
            )

    @property
    def generated_file_mode(self) -> int:
        """`pbx.file_mode` as a number."""
        return int(self.pbx_file_mode, 8)

    @property
    def reach(self) -> Mapping[PresenceStatus, frozenset[CallKind]]:
        """Which kinds of call ring in which state."""
        return {status: _kinds(self, status) for status in PresenceStatus if status.selectable}

    @property
    def recording(self) -> RecordingSettings:
        """The table `[recording]`."""
        return RecordingSettings(
            self.recording_spool,
            self.recording_folder,
            self.recording_keep_days,
            self.recording_undo_days,
            self.recording_tone_every_s,
            self.recording_least_free_mb,
        )

    def authority_of_sip(self) -> str | None:
        """The PEM text handed to clients. Raises SettingsError."""
        if self.sip_certificate_authority is None:
            return None
        try:
            return self.sip_certificate_authority.read_text("ascii")
        except (OSError, UnicodeError) as error:
            raise SettingsError(f"sip.certificate_authority cannot be read: {error}") from error


def declared_settings() -> tuple[Field[Any], ...]:
    """The settings that have one name and one value, in the order of their declaration."""
    return tuple(one for one in fields(ServerSettings) if "key" in one.metadata)


def _check(settings: ServerSettings) -> None:
    for one in declared_settings():
        value = getattr(settings, one.name)
        key = one.metadata["key"]
        lowest = -1 if key == "http.port" else 0
        if key.endswith((".port", "_port")) and not lowest <= value <= 65_535:
            raise SettingsError(f"{key} is no port number")
        if key in _MAY_BE_NOUGHT:
            if not 0 <= value < 100_000:
                raise SettingsError(f"{key} is 0 or a number of {_MAY_BE_NOUGHT[key]}")
        elif key.endswith(("_s", "_days", "limit", "connections", "per_address")) and not 0 < value < 1e9:
            raise SettingsError(f"{key} is greater than 0")
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise SettingsError("tls.certificate and tls.key belong together")
    if not _is_loopback(settings.http_host):
        raise SettingsError(
            "http.host is a loopback address: /health and /metrics are for this machine alone"
        )
    if settings.listener_insecure_loopback and not _is_loopback(settings.listener_host):
        raise SettingsError("without TLS (listener.insecure_loopback) the server listens on loopback only")
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise SettingsError("log.level is debug, info, warning or error")
    for status in settings.reach:
        if not getattr(settings, f"presence_reach_{status.value}").strip():
            raise SettingsError(f"presence.reach_{status.value} is empty; {_NO_KIND} keeps every call away")
    _check_words(settings)
    _check_mail(settings)


def _check_mail(settings: ServerSettings) -> None:
    _check_answers(settings)
    if not settings.mail_host:
        return
    if not _ADDRESS.fullmatch(settings.mail_from_address):
        raise SettingsError("mail.from_address is an e-mail address such as phone@example.net")
    if not settings.mail_port:
        raise SettingsError("mail.port is no port number")
    if settings.mail_encryption is MailEncryption.NONE and not _is_loopback(settings.mail_host):
        raise SettingsError("mail.encryption is none for a mail server on this very machine only")
    if settings.mail_user and not settings.mail_password:
        raise SettingsError("mail.password is missing: set WWPHONE_MAIL_PASSWORD, or mail.password_file")
    if settings.mail_time_limit_s > 300:
        raise SettingsError("mail.time_limit_s is 300 at most")


def _check_answers(settings: ServerSettings) -> None:
    if not settings.answers_host:
        return
    if not settings.mail_host:
        raise SettingsError("answers.host needs mail.host: without it no invitations are sent")
    if not _ADDRESS.fullmatch(settings.answers_address):
        raise SettingsError("answers.address is an e-mail address such as phone@example.net")
    if not settings.answers_port:
        raise SettingsError("answers.port is no port number")
    if settings.answers_encryption is MailEncryption.NONE:
        raise SettingsError("answers.encryption is tls or starttls: the password goes over it")
    if not settings.answers_user or not settings.answers_folder:
        raise SettingsError("answers.user and answers.folder are needed to read answers")
    if not settings.answers_password:
        raise SettingsError(
            "answers.password is missing: set WWPHONE_ANSWERS_PASSWORD, or answers.password_file"
        )
    if settings.answers_time_limit_s > 300:
        raise SettingsError("answers.time_limit_s is 300 at most")


def _check_words(settings: ServerSettings) -> None:
    _check_line_processes(settings.listener_line_processes)
    if not _COUNTRY.fullmatch(settings.numbers_country):
        raise SettingsError("numbers.country is two capital letters (ISO 3166-1), such as CH")
    if not _TRUNK_PREFIX.fullmatch(settings.pbx_trunk_prefix):
        raise SettingsError("pbx.trunk_prefix is one to four digits, such as 0 or 9")
    if settings.pbx_trunk_prefix and not settings.numbers_country:
        raise SettingsError("pbx.trunk_prefix needs numbers.country: whose numbers it stands in front of")
    if not _OUTSIDE_NUMBER.fullmatch(settings.conferences_number):
        raise SettingsError("conferences.number is a number of the world (E.164), such as +41445550180")
    if settings.pbx_digests not in ("md5", "md5,sha-256"):
        raise SettingsError("pbx.digests is md5,sha-256 or md5")
    if settings.pbx_file_mode not in ("600", "640"):
        raise SettingsError("pbx.file_mode is 600 or 640: the files hold what SIP passwords are checked with")


def _check_line_processes(count: int) -> None:
    if not 0 <= count <= _MOST_LINE_PROCESSES:
        raise SettingsError(f"listener.line_processes is a number from 0 to {_MOST_LINE_PROCESSES}")
    if count and sys.platform == "win32":
        raise SettingsError("listener.line_processes is 0: this system cannot hand sockets on")


def _kinds(settings: ServerSettings, status: PresenceStatus) -> frozenset[CallKind]:
    """Read one line of the matrix. Raises SettingsError."""
    text: str = getattr(settings, f"presence_reach_{status.value}")
    words = text.replace(",", " ").split()
    try:
        return frozenset[CallKind]() if words == [_NO_KIND] else frozenset(CallKind(word) for word in words)
    except ValueError:
        message = f"presence.reach_{status.value} holds words out of {_KINDS}, or {_NO_KIND}"
        raise SettingsError(message) from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
