"""Whom TLS trusts: the account's own authority, else the system's."""

from __future__ import annotations

import ssl
from pathlib import Path

_WELL_KNOWN = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS
)


def system_authorities() -> str:
    """Return the system's trusted authorities as PEM; empty when there are none.

    Asked through Python, because the OpenSSL inside PJSIP may have been built for another system's paths.
    """
    context = ssl.create_default_context()
    certificates = context.get_ca_certs(binary_form=True)
    if certificates:
        return "".join(ssl.DER_cert_to_PEM_cert(certificate) for certificate in certificates)
    known = next((Path(path) for path in _WELL_KNOWN if Path(path).is_file()), None)
    return known.read_text("ascii", errors="replace") if known else ""
