"""A private IMAP server for the tests: Debian's Dovecot on loopback over TLS, with a mailbox of its own, as nobody in particular."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import ssl
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.processes import ChildProcess
from tests.helpers.slapd import _accepts
from tests.helpers.waiting import SECONDS
from wwphone.domain.mail import MailEncryption

HOST = "localhost"
USER = "answers"
PASSWORD = "Schlüssel-zum-Postfach"
ADDRESS = "answers@muster.example"


class DovecotServer:
    """One Dovecot with one mailbox: `imaps://` on one port, `imap://` with STARTTLS on another; no password in the clear."""

    def __init__(self, *, rights: str = "") -> None:
        """`rights`: what may be done in the mailbox (RFC 4314); empty: everything."""
        self._folder = Path(tempfile.mkdtemp(prefix="wwphone-imap-"))
        self.authority = CertificateAuthority(self._folder / "tls")
        self._certificate = self.authority.good()
        self.port, self.plain_port = free_port(), free_port()
        self._rights = rights
        self._process = self._new_process()

    def settings(self, **others: Any) -> dict[str, Any]:
        """Fields of ServerSettings that lead here."""
        found = {
            "answers_host": HOST,
            "answers_port": self.port,
            "answers_encryption": MailEncryption.TLS,
            "answers_user": USER,
            "answers_password": PASSWORD,
            "answers_address": ADDRESS,
            "answers_certificate_authority": self.authority.ca_file,
        }
        return found | others

    def start(self) -> Self:
        """Start it and wait until it listens; what is in the mailbox stays."""
        self._write_settings()
        self._process = self._new_process().start()
        self._process.wait_until_ready(self._listens, "Dovecot to listen", 30 * SECONDS)
        return self

    def restrict(self, rights: str) -> None:
        """Allow something else from the next connection on; only one made with rights can."""
        assert self._rights
        (self._folder / "acl").write_text(f"* owner {rights}\n")

    def stop(self) -> None:
        """End it; safe to call twice."""
        self._process.stop()

    def remove(self) -> None:
        """End it and delete everything."""
        self._process.stop()
        shutil.rmtree(self._folder)

    def deliver(self, mail: bytes) -> None:
        """Put a mail into the mailbox, as a mail server does."""
        with self.reader() as box:
            date = imaplib.Time2Internaldate(time.time())
            kind, words = box.append("INBOX", "", date, mail)
            assert kind == "OK", words

    def flags(self) -> list[str]:
        """Of each mail, in their order."""
        with self.reader() as box:
            box.select("INBOX", readonly=True)
            _, found = box.fetch("1:*", "(FLAGS)")
            return [one.decode() for one in found if isinstance(one, bytes)]

    def mails(self) -> list[bytes]:
        """Each mail as it was delivered."""
        with self.reader() as box:
            box.select("INBOX", readonly=True)
            _, found = box.fetch("1:*", "(BODY.PEEK[])")
            return [one[1] for one in found if isinstance(one, tuple)]

    def empty(self) -> None:
        """Delete all mails."""
        with self.reader() as box:
            _, (number,) = box.select("INBOX")
            if number != b"0":
                box.store("1:*", "+FLAGS", "\\Deleted")
                box.expunge()

    def reader(self) -> imaplib.IMAP4_SSL:
        """A connection of the standard library's own client, signed in."""
        context = ssl.create_default_context(cafile=str(self.authority.ca_file))
        box = imaplib.IMAP4_SSL(HOST, self.port, ssl_context=context, timeout=20 * SECONDS)
        box.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        return box

    # ------------------------------------------------------------ inside

    def _new_process(self) -> ChildProcess:
        command: list[str | Path] = [_program(), "-F", "-c", self._folder / "dovecot.conf"]
        return ChildProcess("Dovecot", command, self._folder / "dovecot.log", folder=self._folder)

    def _listens(self) -> bool:
        return all(_accepts(port) for port in (self.port, self.plain_port))

    def _write_settings(self) -> None:
        # Dovecot does nothing as root: then the mailbox is of the system's nobody, and its package's users serve it.
        root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        inside = pwd.getpwnam("dovecot") if root else owner
        login = "dovenull" if root else owner.pw_name
        group = grp.getgrgid(inside.pw_gid).gr_name
        base, mail = self._folder / "run", self._folder / "mail"
        for folder in (base, mail):
            folder.mkdir(exist_ok=True)
        if root:
            self._folder.chmod(0o755)
            shutil.chown(mail, owner.pw_uid, owner.pw_gid)
        (self._folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        rights = ""
        if self._rights:
            self.restrict(self._rights)
            rights = f"mail_plugins = acl\nplugin {{\n  acl = vfile:{self._folder}/acl:cache_secs=0\n}}\n"
        (self._folder / "dovecot.conf").write_text(
            f"base_dir = {base}\nstate_dir = {base}\nlog_path = {self._folder}/dovecot-own.log\n"
            f"protocols = imap\nlisten = {LOOPBACK}\nimap_idle_notify_interval = 1 min\n"
            f"default_internal_user = {inside.pw_name}\ndefault_internal_group = {group}\ndefault_login_user = {login}\n"
            "ssl = required\nssl_min_protocol = TLSv1.2\ndisable_plaintext_auth = yes\n"
            f"ssl_cert = <{self._certificate.certificate_file}\nssl_key = <{self._certificate.key_file}\n"
            "auth_mechanisms = plain\n"
            f"passdb {{\n  driver = passwd-file\n  args = {self._folder}/users\n}}\n"
            f"userdb {{\n  driver = static\n  args = uid={owner.pw_uid} gid={owner.pw_gid} home={mail}\n}}\n"
            f"mail_location = maildir:{mail}/box\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n"
            f"{rights}"
            "service imap-login {\n  chroot =\n"
            f"  inet_listener imap {{\n    port = {self.plain_port}\n  }}\n"
            f"  inet_listener imaps {{\n    port = {self.port}\n    ssl = yes\n  }}\n}}\n"
            "service anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n"
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def _program() -> str:
    """It lies in /usr/sbin, which is not in everybody's PATH."""
    found = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert found is not None, "dovecot is missing: install Debian's package dovecot-imapd"
    return found
