"""The private authority and the look at certificates, with OpenSSL as the judge."""

from __future__ import annotations

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority
from wwphone.server.certificates import CertificateError, CertificateReport, check_key, examine, issue

NOW = datetime.now(UTC)


def handshake(server_files: tuple[Path, Path], authority: Path, host: str) -> str:
    """Let OpenSSL's two ends meet in memory and return the TLS version; ssl.SSLError when they do not agree."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*server_files)
    asking = ssl.create_default_context(cafile=str(authority))
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    client = asking.wrap_bio(to_client, to_server, server_hostname=host)
    for _ in range(6):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    version = client.version()
    assert version is not None
    return version


def test_clients_that_trust_the_authority_accept_the_certificate(tmp_path: Path) -> None:
    files = issue(tmp_path / "tls", ["pbx.example.net", "127.0.0.1", "::1", "bücher.example.net"])
    for host in ("pbx.example.net", "127.0.0.1", "::1"):
        assert handshake((files.certificate, files.key), files.authority, host) == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake((files.certificate, files.key), files.authority, "other.example.net")


def test_another_authority_does_not_vouch_for_it(tmp_path: Path) -> None:
    files, others = issue(tmp_path / "a", ["localhost"]), issue(tmp_path / "b", ["localhost"])
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake((files.certificate, files.key), others.authority, "localhost")


def test_a_renewal_keeps_the_authority(tmp_path: Path) -> None:
    first = issue(tmp_path, ["localhost"])
    authority, certificate = first.authority.read_bytes(), first.certificate.read_bytes()
    second = issue(tmp_path, ["localhost"], days=5)
    assert second.authority.read_bytes() == authority
    assert second.certificate.read_bytes() != certificate
    assert examine(second.certificate).days_left(NOW) in (4, 5)
    assert handshake((second.certificate, second.key), first.authority, "localhost")


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    issue(tmp_path / "tls", ["localhost"])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
    assert modes == {"ca.key": 0o600, "server.key": 0o600, "ca.pem": 0o644, "server.pem": 0o644}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_what_cannot_be_certified_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name or address"):
        issue(tmp_path, [])
    with pytest.raises(ValueError):  # noqa: PT011 - the codec's own words
        issue(tmp_path, ["x" * 70 + ".example.net"])


def test_a_foreign_authority_key_is_refused(tmp_path: Path) -> None:
    issue(tmp_path, ["localhost"])
    (tmp_path / "ca.key").write_text("no key")
    with pytest.raises(CertificateError, match=r"ca\.key"):
        issue(tmp_path, ["localhost"])


def test_a_certificate_tells_its_names_and_its_end(tmp_path: Path) -> None:
    report = examine(issue(tmp_path, ["PBX.example.net", "192.0.2.1"], days=30).certificate)
    assert report.names == ("pbx.example.net", "192.0.2.1")
    assert report.not_before <= NOW
    assert report.days_left(NOW) in (29, 30)
    assert report.days_left(NOW + timedelta(days=31)) < 0


@pytest.mark.parametrize(
    ("names", "host", "covered"),
    [
        (("pbx.example.net",), "PBX.example.net.", True),
        (("pbx.example.net",), "example.net", False),
        (("*.example.net",), "pbx.example.net", True),
        (("*.example.net",), "a.pbx.example.net", False),
        (("*.example.net",), "example.net", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("::1",), "0:0:0:0:0:0:0:1", True),
        ((), "localhost", False),
    ],
)
def test_names_cover_hosts_as_clients_see_it(names: tuple[str, ...], host: str, covered: bool) -> None:
    assert CertificateReport(names, NOW, NOW).covers(host) is covered


def test_a_key_must_belong_to_its_certificate_and_be_private(tmp_path: Path) -> None:
    files, others = issue(tmp_path / "a", ["localhost"]), issue(tmp_path / "b", ["localhost"])
    check_key(files.certificate, files.key)
    with pytest.raises(CertificateError, match="does not belong"):
        check_key(files.certificate, others.key)
    files.key.chmod(0o644)
    with pytest.raises(CertificateError, match="readable by everybody"):
        check_key(files.certificate, files.key)


@pytest.mark.parametrize(
    "content", [None, b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CertificateError, match=r"x\.pem"):
        examine(file)
    with pytest.raises(CertificateError, match=r"x\.pem"):
        check_key(issue(tmp_path / "good", ["localhost"]).certificate, file)


def test_certificates_made_elsewhere_are_read_too(tmp_path: Path) -> None:
    other = CertificateAuthority(tmp_path).good()
    assert examine(other.certificate_file).covers(str(ipaddress.ip_address("127.0.0.1")))
    check_key(other.certificate_file, other.key_file)
