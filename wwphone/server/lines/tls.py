"""The server's end of TLS."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CertificateFiles:
    """Where the server's certificate (with its chain) and its private key lie, in PEM."""

    certificate: Path
    key: Path


class ServerTls:
    """A context that can take a renewed certificate without a restart."""

    def __init__(self, files: CertificateFiles) -> None:
        """Load the files. Raises OSError (ssl.SSLError is one) when they cannot be read or do not belong together."""
        self._files = files
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.reload()

    def reload(self) -> None:
        """Use the files as they are now for new connections. Raises OSError, and then the former ones stay in use."""
        # A trial first: a failing load would leave the certificate without its key in the context that serves.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._files.certificate, self._files.key)
        self.context.load_cert_chain(self._files.certificate, self._files.key)
