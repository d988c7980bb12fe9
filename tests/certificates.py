"""Certificates for servers of this machine, made by an authority of the test's own; nothing of them leaves the test's folder."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `path` is its own one, for whoever trusts it."""

    path: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, folder: Path) -> Authority:
        """Create one whose files are in a folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(
            key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = _builder("authority of a test", "authority of a test", key, valid_for=DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
        path = folder / "authority.pem"
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        return cls(path, key, certificate)

    def serves(self, name: str, *, address: str = HERE, valid_for: timedelta = DAY) -> ssl.SSLContext:
        """Return what a server needs to show a certificate of this authority for an address, over since long if `valid_for` is negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, "authority of a test", key, valid_for=valid_for)
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        certificate = builder.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        path = self.path.with_name(f"{name}.pem")
        own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(own + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, *, valid_for: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * DAY)
        .not_valid_after(now + valid_for)
    )
