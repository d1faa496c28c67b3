"""A private CardDAV server for the tests: Radicale on loopback over TLS, with a folder of its own."""

from __future__ import annotations

import base64
import shutil
import ssl
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.processes import ChildProcess
from tests.helpers.slapd import _accepts
from tests.helpers.waiting import SECONDS

USER = "phone"
PASSWORD = "Schlüssel zum Adressbuch"
_BOOK = (
    '<?xml version="1.0"?><D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:set><D:prop>'
    "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype></D:prop></D:set></D:mkcol>"
)


class RadicaleServer:
    """One Radicale with one address book."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wwphone-dav-"))
        authority = CertificateAuthority(self._folder / "tls")
        self._certificate = authority.good()
        self.ca_file = authority.ca_file
        self.port = free_port()
        self.url = f"https://{LOOPBACK}:{self.port}/{USER}/customers/"
        self._process = self._new_process()

    def start(self, cards: Mapping[str, str] | None = None) -> Self:
        """Start it, wait until it listens; make the address book with these cards, by name, when there is none."""
        configuration = self._folder / "radicale.ini"
        fresh = not configuration.exists()
        if fresh:
            configuration.write_text(self._settings())
            (self._folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        self._process = self._new_process().start()
        self._process.wait_until_ready(lambda: _accepts(self.port), "Radicale to listen", 30 * SECONDS)
        if fresh:
            self._send("MKCOL", "", _BOOK)
            for name, card in (cards or {}).items():
                self.put(name, card)
        return self

    def make_calendar(self) -> None:
        """A calendar beside the address book."""
        self._ask("MKCALENDAR", "../calendar/", "")

    def put_event(self, uid: str, text: str) -> None:
        """Write an event as a calendar program does."""
        self._ask("PUT", f"../calendar/{uid}.ics", text, "text/calendar")

    def delete_event(self, uid: str) -> None:
        """Delete an event."""
        self._ask("DELETE", f"../calendar/{uid}.ics", "")

    def events(self, start: str, end: str) -> str:
        """The answer (XML) to what is in the calendar between two times (RFC 4791, section 7.8), each time by itself."""
        return self._ask(
            "REPORT",
            "../calendar/",
            '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data>'
            f'<C:expand start="{start}" end="{end}"/></C:calendar-data></D:prop><C:filter><C:comp-filter name="VCALENDAR">'
            f'<C:comp-filter name="VEVENT"><C:time-range start="{start}" end="{end}"/></C:comp-filter></C:comp-filter>'
            "</C:filter></C:calendar-query>",
        )

    def put(self, name: str, card: str) -> None:
        """Write a card as an address book program does."""
        self._send("PUT", f"{name}.vcf", card)

    def delete(self, name: str) -> None:
        """Delete a card."""
        self._send("DELETE", f"{name}.vcf", "")

    def kill(self) -> None:
        """End it as a crash would; the cards stay."""
        self._process.kill()

    def remove(self) -> None:
        """End it and delete everything."""
        self._process.stop()
        shutil.rmtree(self._folder)

    def _new_process(self) -> ChildProcess:
        command = [sys.executable, "-m", "radicale", "--config", str(self._folder / "radicale.ini")]
        return ChildProcess("Radicale", command, self._folder / "radicale.log", folder=self._folder)

    def _settings(self) -> str:
        return (
            f"[server]\nhosts = {LOOPBACK}:{self.port}\nssl = True\n"
            f"certificate = {self._certificate.certificate_file}\nkey = {self._certificate.key_file}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {self._folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {self._folder}/cards\n"
            "[logging]\nlevel = warning\n"
        )

    def _send(self, method: str, name: str, body: str) -> None:
        self._ask(method, name, body, "text/vcard" if name else "text/xml")

    def _ask(self, method: str, name: str, body: str, kind: str = "text/xml") -> str:
        word = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": kind}
        request = urllib.request.Request(
            urllib.parse.urljoin(self.url, name), body.encode() or None, headers, method=method
        )
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with urllib.request.urlopen(request, timeout=20 * SECONDS, context=context) as answer:
            assert answer.status < 300
            return str(answer.read().decode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
