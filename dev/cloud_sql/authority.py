"""The certificate authority of one instance: it signs the endpoint's certificate and those of its clients.

Every key lives in memory, but for the moment in which OpenSSL reads the endpoint's from a private folder.
"""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_YEARS_OF_THE_AUTHORITY = timedelta(days=3650)
_DAY = timedelta(days=1)
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Authority:
    """One authority, made new: what another one has signed is worth nothing here, be the names the same.

    >>> Authority("one").certificate.issuer == Authority("one").certificate.issuer
    True
    """

    def __init__(self, name: str) -> None:
        self._name = _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        end = datetime.now(UTC) + _YEARS_OF_THE_AUTHORITY
        self.certificate = self._sign(self._name, self._key.public_key(), not_after=end, authority=True)

    @property
    def pem(self) -> str:
        """The authority's own certificate, as clients are given it."""
        return pem(self.certificate)

    def for_client(self, public_key: str, *, not_after: datetime) -> x509.Certificate:
        """A certificate of somebody who holds the private half of this RSA key (PEM)."""
        key = serialization.load_pem_public_key(public_key.encode())
        assert isinstance(key, rsa.RSAPublicKey), "the connector makes RSA keys"
        return self._sign(_name("client"), key, not_after=not_after)

    def server_context(self, name: str) -> ssl.SSLContext:
        """TLS 1.3 under a certificate with this common name, for clients with a certificate of ours and nobody else."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_name(name), key.public_key(), not_after=datetime.now(UTC) + _DAY)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.pem)
        form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        with tempfile.TemporaryDirectory(prefix="gavel-cloud-sql-") as folder:
            file = Path(folder) / "both.pem"
            file.touch(mode=0o600)
            file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, bare) + pem(certificate).encode())
            context.load_cert_chain(file)
        return context

    def _sign(
        self, subject: x509.Name, key: _PublicKey, *, not_after: datetime, authority: bool = False
    ) -> x509.Certificate:
        """A certificate whose time begins long before now, so that its end may lie in the past."""
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - _DAY)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def pem(certificate: x509.Certificate) -> str:
    """The certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
