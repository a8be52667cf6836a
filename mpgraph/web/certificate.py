"""A certificate made on the spot, for the camera of phones in the same network: browsers ask for https.

Browsers warn, since nobody vouches for it; once the warning is dismissed the camera works. Service workers
are refused all the same: installing the page needs a certificate of an authority that the phone trusts.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpgraph.errors import MediaError, UnavailableError

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

_DAYS = 30


def own_certificate(names: Sequence[str]) -> ssl.SSLContext:
    """Return a TLS context with a new certificate and key; neither is left on the disk.

    names: host names and IP addresses that it is for.

    Raises:
        UnavailableError: the package cryptography is not installed.
    """
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
    except ImportError:
        raise UnavailableError(
            "https needs the package cryptography, which is not installed.",
            hint='Install it with: pip install "mpgraph[web]"; or give --cert and --key.',
        ) from None
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mpgraph web")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # Clocks of phones may be slow.
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # The ssl module reads files only; this folder is readable by its owner alone.
    with tempfile.TemporaryDirectory(prefix="mpgraph-") as folder:
        file = Path(folder) / "certificate.pem"
        file.write_bytes(secret + certificate.public_bytes(pem))
        return given_certificate(file, None)


def given_certificate(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Return a TLS context with a certificate and key (None: in the same file), both PEM.

    Raises:
        MediaError: a file is missing, is not PEM, or the key is not the certificate's.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except FileNotFoundError:
        missing = certificate if key is None or not certificate.exists() else key
        raise MediaError(f'there is no file "{missing}"') from None
    except ssl.SSLError as error:
        files = f'"{certificate}"' if key is None else f'"{certificate}" and "{key}"'
        reason = error.reason or str(error)
        raise MediaError(
            f"{files} are not a PEM certificate and its key without a password ({reason})"
        ) from None
    except OSError as error:
        raise MediaError(f'cannot read "{certificate}": {error.strerror}') from None
    return context


def _general_name(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
