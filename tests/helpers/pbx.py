"""A real Asterisk for a test: fetched once for all runs, started for one, gone afterwards."""

from __future__ import annotations

import functools
import os
import secrets
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.private_asterisk import AsteriskPaths, ManagerAccount, PrivateAsterisk, TlsFiles
from tests.helpers.certificates import CertificateAuthority
from tests.helpers.ports import asterisk_ports
from tests.helpers.waiting import SECONDS

FETCH = Path(__file__).resolve().parents[2] / "packaging" / "asterisk" / "fetch.py"
FETCH_TIMEOUT_S = 600 * SECONDS
BOOT_TIMEOUT_S = 30 * SECONDS


@functools.cache
def asterisk_ready_folder() -> Path:
    """Return the folder named by ``WWPHONE_ASTERISK``, else the one packaging/asterisk/fetch.py makes or finds.

    Raises AssertionError with what fetch.py said when it fails.
    """
    named = os.environ.get("WWPHONE_ASTERISK")
    if named:
        return Path(named)
    command = [sys.executable, str(FETCH)]
    if "WWPHONE_BUILD_CACHE" in os.environ:
        command += ["--cache", str(Path(os.environ["WWPHONE_BUILD_CACHE"]) / "asterisk")]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=FETCH_TIMEOUT_S,
    )
    assert done.returncode == 0, f"no Asterisk for the tests:\n{done.stderr}"
    return Path(done.stdout.splitlines()[-1])


class ThrowawayPbx:
    """An Asterisk with ports, secret and certificate of its own in one folder; as a context manager it also runs.

    ``pbx.asterisk`` is the :class:`PrivateAsterisk` with ports, folders and console; clients trust
    ``pbx.authority.ca_file``. Without users: put files into ``pbx.asterisk.configuration_dir`` before or, with a
    reload, after the start. Its start may be called from any thread.
    """

    def __init__(self, folder: Path) -> None:
        """Make everything ready in ``folder``; nothing runs yet."""
        self.authority = CertificateAuthority(folder / "ca")
        certificate = self.authority.good()
        self.asterisk = PrivateAsterisk(
            AsteriskPaths(asterisk_ready_folder(), folder / "pbx"),
            asterisk_ports(),
            ManagerAccount("wwphone", secrets.token_urlsafe(16)),
            TlsFiles(certificate.certificate_file, certificate.key_file),
        )
        self.asterisk.prepare()

    def __enter__(self) -> Self:
        self.asterisk.start(BOOT_TIMEOUT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.asterisk.stop()
