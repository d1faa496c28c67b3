"""X.509 certificates: a private authority with a server's certificate for small set-ups, and a look at any certificate."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""What clients on every system accept (CA/Browser Forum baseline until 2026; private authorities are free to go beyond)."""

_CLOCK_SKEW = timedelta(hours=1)


class CertificateError(Exception):
    """A certificate or key cannot be read or does not serve its purpose; the text says why."""


@dataclass(frozen=True)
class IssuedFiles:
    """What `issue` wrote, all PEM; the keys are readable by their owner alone."""

    authority: Path
    """Give this to the clients."""
    certificate: Path
    key: Path


@dataclass(frozen=True)
class CertificateReport:
    """What a certificate says."""

    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime

    def days_left(self, now: datetime) -> int:
        """Whole days until it ends; negative when it has."""
        return (self.not_after - now).days

    def covers(self, host: str) -> bool:
        """Whether a client that connects to `host` accepts the name (RFC 6125: one wildcard, leftmost label)."""
        wanted = _canonical(host)
        _, _, parent = wanted.partition(".")
        return any(name == wanted or (name.startswith("*.") and name[2:] == parent) for name in self.names)


def examine(file: Path) -> CertificateReport:
    """Read the first certificate of a PEM file. Raises CertificateError."""
    certificate = _read_certificate(file)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found: tuple[str, ...] = ()
    else:
        hosts = names.get_values_for_type(x509.DNSName)
        addresses = names.get_values_for_type(x509.IPAddress)
        found = tuple(_canonical(str(name)) for name in (*hosts, *addresses))
    return CertificateReport(found, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def check_key(certificate: Path, key: Path) -> None:
    """Raise CertificateError unless the key belongs to the certificate and only its owner and group can read it."""
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = serialization.Encoding.PEM
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        mode = key.stat().st_mode
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError(f"the key {key} cannot be read: {error}") from error
    theirs = _read_certificate(certificate).public_key().public_bytes(pem, public)
    if private.public_key().public_bytes(pem, public) != theirs:
        raise CertificateError(f"the key {key} does not belong to the certificate {certificate}")
    if os.name == "posix" and mode & 0o007:
        raise CertificateError(f"the key {key} is readable by everybody: chmod o= {key}")


def issue(folder: Path, hosts: Sequence[str], days: int = SERVER_DAYS) -> IssuedFiles:
    """Make a server certificate for these names and addresses, and its authority when the folder has none yet.

    `ca.pem` and `ca.key` stay when they are there, so that clients go on trusting; `server.pem` and `server.key` are made
    anew. Raises CertificateError, ValueError when a host is neither name nor address, OSError from the disk.
    """
    if not hosts:
        raise ValueError("a certificate needs the name or address of its server")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = IssuedFiles(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority_key_file = folder / "ca.key"
    if not files.authority.exists() or not authority_key_file.exists():
        _make_authority(files.authority, authority_key_file)
    authority = _read_certificate(files.authority)
    authority_key = _read_authority_key(authority_key_file)
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
    server_only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    builder = (
        _builder(hosts[0], authority.subject, key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(server_only, critical=False)
        .add_extension(names, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
    )
    certificate = builder.sign(authority_key, hashes.SHA256())
    _write_key(files.key, key)
    _write(files.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return files


def _make_authority(file: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wwphone private authority")])
    builder = (
        _builder("wwphone private authority", name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    _write_key(key_file, key)
    _write(file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))


def _canonical(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.rstrip(".").lower()


def _read_certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateError(f"the certificate {file} cannot be read: {error}") from error


def _read_authority_key(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateError(f"the key {file} cannot be read: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError(f"the key {file} was not made by this program")
    return key


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(file, text, 0o600)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Replace a file in one step; nobody ever sees half of it, or a key with the wrong rights."""
    temporary = file.with_name(f".{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
