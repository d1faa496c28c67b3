"""A private LDAP directory for the tests: Debian's slapd on loopback, with its own configuration and data folder."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS

BASE = "dc=customers,dc=example"
USER = f"cn=phone,{BASE}"
PASSWORD = "Schlüssel zum Verzeichnis"
_MODULES = "/usr/lib/ldap"
_SCHEMAS = ("core", "cosine", "inetorgperson")


class SlapdServer:
    """One slapd: `ldap://` with StartTLS on one port, `ldaps://` on another; nobody reads without the password."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wwphone-ldap-"))
        authority = CertificateAuthority(self._folder / "tls")
        self._certificate = authority.good()
        self.ca_file = authority.ca_file
        self.port, self.tls_port = free_port(), free_port()
        self._configuration = self._folder / "slapd.conf"
        self._process = self._new_process()

    def start(self, people: Mapping[str, Mapping[str, str | bytes]] | None = None) -> Self:
        """Fill the directory when there is none, start and wait until it listens."""
        if not self._configuration.exists():
            self._configuration.write_text(self._settings())
            (self._folder / "data").mkdir()
            self._fill(people or {})
        self._process = self._new_process().start()
        self._process.wait_until_ready(self._listens, "slapd to listen", 20 * SECONDS)
        return self

    def kill(self) -> None:
        """End it as a crash would; what it holds stays."""
        self._process.kill()

    def remove(self) -> None:
        """End it and delete everything."""
        self._process.stop()
        shutil.rmtree(self._folder)

    def _new_process(self) -> ChildProcess:
        urls = f"ldap://{LOOPBACK}:{self.port}/ ldaps://{LOOPBACK}:{self.tls_port}/"
        command: list[str | Path] = [_program("slapd"), "-d", "0", "-f", self._configuration, "-h", urls]
        return ChildProcess("slapd", command, self._folder / "slapd.log", folder=self._folder)

    def _listens(self) -> bool:
        return all(_accepts(port) for port in (self.port, self.tls_port))

    def _settings(self) -> str:
        schemas = "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in _SCHEMAS)
        return (
            f"{schemas}pidfile {self._folder}/slapd.pid\nmodulepath {_MODULES}\nmoduleload back_mdb\n"
            f"TLSCACertificateFile {self.ca_file}\nTLSCertificateFile {self._certificate.certificate_file}\n"
            f"TLSCertificateKeyFile {self._certificate.key_file}\n"
            # A password before TLS is refused, as a careful administrator has it.
            "security simple_bind=128\nsizelimit 50\n"
            f'database mdb\nmaxsize 10485760\nsuffix "{BASE}"\nrootdn "{USER}"\nrootpw "{PASSWORD}"\n'
            f"directory {self._folder}/data\naccess to * by users read by anonymous auth\n"
        )

    def _fill(self, people: Mapping[str, Mapping[str, str | bytes]]) -> None:
        entries = [f"dn: {BASE}\nobjectClass: domain\ndc: customers\n"]
        for name, attributes in people.items():
            lines = [f"dn: uid={name},{BASE}", "objectClass: inetOrgPerson", f"uid: {name}"]
            lines += (_line(key, value) for key, value in attributes.items())
            entries.append("\n".join(lines) + "\n")
        done = subprocess.run(
            [_program("slapadd"), "-q", "-f", self._configuration],
            input="\n".join(entries).encode(), capture_output=True, check=False, timeout=20 * SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def _line(key: str, value: str | bytes) -> str:
    """One line of LDIF, encoded where it has to be (RFC 2849)."""
    raw = value if isinstance(value, bytes) else value.encode()
    return f"{key}:: {base64.b64encode(raw).decode()}"


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _program(name: str) -> str:
    """Find a program of OpenLDAP: it lies in /usr/sbin, which is not in everybody's PATH."""
    found = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert found is not None, f"{name} is missing: install Debian's package slapd"
    return found
