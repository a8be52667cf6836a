"""Certificates made on the spot, and given ones, in a TLS handshake."""

from __future__ import annotations

import builtins
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mpgraph.errors import MediaError, UnavailableError
from mpgraph.web.certificate import given_certificate, own_certificate


def certificate_of(context: ssl.SSLContext) -> x509.Certificate:
    """What a client receives that does not insist on an authority."""
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=lambda: context.wrap_socket(ours, server_side=True).close())
    thread.start()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    with client.wrap_socket(theirs) as connection:
        found = connection.getpeercert(binary_form=True)
    thread.join(10)
    assert found is not None
    return x509.load_der_x509_certificate(found)


def test_own_certificate_is_for_the_names_and_for_a_short_time() -> None:
    found = certificate_of(own_certificate(["192.168.1.5", "localhost"]))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.5"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days < 60


def test_each_certificate_has_a_key_of_its_own() -> None:
    first, second = (certificate_of(own_certificate(["localhost"])) for _ in range(2))
    assert first.public_key() != second.public_key()


def test_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[..., Any] = builtins.__import__

    def fail(name: str, *arguments: Any, **settings: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return original(name, *arguments, **settings)

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(UnavailableError, match="cryptography") as caught:
        own_certificate(["localhost"])
    assert "mpgraph[web]" in caught.value.hint


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key, as mkcert writes them."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "phone.local")])
    made = certificate_of(own_certificate(["localhost"]))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(7)
        .not_valid_before(made.not_valid_before_utc)
        .not_valid_after(made.not_valid_after_utc)
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = tmp_path / "phone.pem", tmp_path / "phone-key.pem"
    files[0].write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    files[1].write_bytes(secret.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return files


def test_given_certificate_is_used(pair: tuple[Path, Path]) -> None:
    assert certificate_of(given_certificate(*pair)).serial_number == 7


def test_unusable_files_are_named(pair: tuple[Path, Path], tmp_path: Path) -> None:
    certificate, key = pair
    with pytest.raises(MediaError, match=r"no file .*missing\.pem"):
        given_certificate(tmp_path / "missing.pem", key)
    with pytest.raises(MediaError, match=r"no file .*missing\.pem"):
        given_certificate(certificate, tmp_path / "missing.pem")
    with pytest.raises(MediaError, match=r"phone\.pem.* not a PEM certificate"):
        given_certificate(certificate, None)
    other = tmp_path / "other.pem"
    other.write_text("no certificate", encoding="utf-8")
    with pytest.raises(MediaError, match=r"other\.pem"):
        given_certificate(other, key)
