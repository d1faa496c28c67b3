"""A throwaway certificate authority, and certificates that are right or wrong in one named way."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
OTHER_NAMES = ("pbx.example.net",)
"""What a certificate for quite another server would say (the domain is reserved by RFC 2606)."""

_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class ServerCertificate:
    """Where one certificate lies on disk, in PEM."""

    certificate_file: Path
    """The certificate alone."""
    key_file: Path
    """The private key alone, readable by its owner only."""
    combined_file: Path
    """Key and certificate, for programs that want both in one file; readable by its owner only."""


class CertificateAuthority:
    """Signs certificates; trust it by :attr:`ca_file`."""

    def __init__(self, folder: Path, name: str = "wwphone test CA") -> None:
        """Make a new authority whose files lie in ``folder``; two of the same name do not trust each other."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        now = dt.datetime.now(dt.UTC)
        certificate = _signed(
            _builder(self._name, self._name, self._key, (now - _A_DAY, now + _A_DAY))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_ca_key_usage(), critical=True),
            self._key,
        )
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def good(self, names: tuple[str, ...] = LOOPBACK_NAMES) -> ServerCertificate:
        """Return a certificate nobody can complain about: valid since yesterday until tomorrow."""
        now = dt.datetime.now(dt.UTC)
        return self._issue("good", names, (now - _A_DAY, now + _A_DAY))

    def for_another_host(self) -> ServerCertificate:
        """Return one for quite another server."""
        now = dt.datetime.now(dt.UTC)
        return self._issue("other-host", OTHER_NAMES, (now - _A_DAY, now + _A_DAY))

    def expired(self) -> ServerCertificate:
        """Return one that ended an hour ago."""
        now = dt.datetime.now(dt.UTC)
        return self._issue("expired", LOOPBACK_NAMES, (now - 2 * _A_DAY, now - dt.timedelta(hours=1)))

    def not_yet_valid(self) -> ServerCertificate:
        """Return one that begins in an hour, as a wrong clock makes it."""
        now = dt.datetime.now(dt.UTC)
        return self._issue("not-yet-valid", LOOPBACK_NAMES, (now + dt.timedelta(hours=1), now + _A_DAY))

    def self_signed(self) -> ServerCertificate:
        """Return one that nobody signed but itself; this authority has nothing to do with it but the folder."""
        now = dt.datetime.now(dt.UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(LOOPBACK_NAMES[0])
        builder = _builder(subject, subject, key, (now - _A_DAY, now + _A_DAY))
        return self._write("self-signed", _signed(_for_server(builder, LOOPBACK_NAMES), key), key)

    def _issue(
        self, file_name: str, names: tuple[str, ...], validity: tuple[dt.datetime, dt.datetime]
    ) -> ServerCertificate:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(names[0]), self._name, key, validity)
        return self._write(file_name, _signed(_for_server(builder, names), self._key), key)

    def _write(
        self, file_name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
    ) -> ServerCertificate:
        encoded = certificate.public_bytes(serialization.Encoding.PEM)
        encoded_key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        files = ServerCertificate(
            self._folder / f"{file_name}.crt",
            self._folder / f"{file_name}.key",
            self._folder / f"{file_name}.pem",
        )
        files.certificate_file.write_bytes(encoded)
        for path, content in ((files.key_file, encoded_key), (files.combined_file, encoded_key + encoded)):
            path.touch(mode=0o600)
            path.write_bytes(content)
        return files


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    validity: tuple[dt.datetime, dt.datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _for_server(builder: x509.CertificateBuilder, names: tuple[str, ...]) -> x509.CertificateBuilder:
    return (
        builder.add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return builder.add_extension(authority, critical=False).sign(key, hashes.SHA256())


def _ca_key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
