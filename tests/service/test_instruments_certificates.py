"""The certificates are right or wrong in the eyes of OpenSSL, over a real handshake."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.ports import LOOPBACK
from tests.helpers.waiting import SECONDS


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path)


def test_a_good_certificate_is_accepted_for_address_and_name(authority: CertificateAuthority) -> None:
    certificate = authority.good()

    assert _handshake(certificate, authority.ca_file, "127.0.0.1") in ("TLSv1.2", "TLSv1.3")
    assert _handshake(certificate, authority.ca_file, "localhost") in ("TLSv1.2", "TLSv1.3")


def test_a_certificate_is_made_for_the_names_asked_for(authority: CertificateAuthority) -> None:
    certificate = authority.good(("sip.example.com",))

    assert _handshake(certificate, authority.ca_file, "sip.example.com")
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _handshake(certificate, authority.ca_file, "127.0.0.1")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (CertificateAuthority.for_another_host, "IP address mismatch"),
        (CertificateAuthority.expired, "certificate has expired"),
        (CertificateAuthority.not_yet_valid, "certificate is not yet valid"),
        (CertificateAuthority.self_signed, "self[- ]signed certificate"),
    ],
)
def test_a_wrong_certificate_is_refused_for_its_one_reason(
    authority: CertificateAuthority, make: Callable[[CertificateAuthority], ServerCertificate], reason: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        _handshake(make(authority), authority.ca_file, "127.0.0.1")


def test_another_authority_of_the_same_name_is_not_trusted(
    authority: CertificateAuthority, tmp_path: Path
) -> None:
    stranger = CertificateAuthority(tmp_path / "stranger")

    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(authority.good(), stranger.ca_file, "127.0.0.1")


def test_keys_are_for_their_owner_alone(authority: CertificateAuthority) -> None:
    certificate = authority.good()

    assert certificate.key_file.stat().st_mode & 0o077 == 0
    assert certificate.combined_file.stat().st_mode & 0o077 == 0


def test_the_combined_file_serves_alone(authority: CertificateAuthority) -> None:
    good = authority.good()
    combined = ServerCertificate(good.combined_file, good.combined_file, good.combined_file)

    assert _handshake(combined, authority.ca_file, "127.0.0.1")


def _handshake(certificate: ServerCertificate, ca_file: Path, host: str) -> str | None:
    """Return the TLS version of a connection to a server with this certificate, as a strict client sees it."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificate.certificate_file, certificate.key_file)
    client_context = ssl.create_default_context(cafile=ca_file)
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server((LOOPBACK, 0)) as listener:
        listener.settimeout(10 * SECONDS)
        server = threading.Thread(target=_serve_once, args=(listener, server_context))
        server.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=10 * SECONDS) as plain,
                client_context.wrap_socket(plain, server_hostname=host) as secure,
            ):
                return secure.version()
        finally:
            server.join()


def _serve_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    plain, _ = listener.accept()
    plain.settimeout(10 * SECONDS)
    try:
        with context.wrap_socket(plain, server_side=True) as secure:
            secure.recv(1)
    except OSError:
        # The client refused the certificate, which is what it is asked about, or closed without a word.
        plain.close()
