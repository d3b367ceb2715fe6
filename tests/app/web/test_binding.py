"""Where the server may listen: what would send names and mails in clear is refused before it starts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stammkunde.app.web.binding import LOOPBACK_NAMES, binding, host_name, listening
from stammkunde.config.settings import Web
from stammkunde.core.errors import HomeError, SettingError

NAME = "crm.muster-velo.example"


def pair(folder: Path, name: str) -> tuple[str, str]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(pem))
    (folder / f"{name}.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return f"{name}.pem", f"{name}.key"


def test_by_itself_it_listens_on_this_computer_alone(tmp_path: Path) -> None:
    found = binding(Web(), tmp_path)
    assert (found.host, found.port, found.names) == ("127.0.0.1", 8765, LOOPBACK_NAMES)
    assert found.is_local
    assert found.address(8765) == "http://127.0.0.1:8765"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::7"])  # noqa: S104
def test_beyond_this_computer_plain_http_is_refused_with_the_remedy(
    host: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match="tls_cert and tls_key, or trusted_proxy"):
        binding(Web(host=host, names=(NAME,)), tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
def test_loopback_has_more_than_one_address(host: str, tmp_path: Path) -> None:
    assert binding(Web(host=host), tmp_path).is_local


def test_with_a_certificate_or_a_proxy_it_may_listen_anywhere(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path, "own")
    everywhere = Web(host="0.0.0.0", names=(NAME.title(),))  # noqa: S104
    encrypted = binding(
        Web(host=everywhere.host, names=everywhere.names, tls_cert=certificate, tls_key=key),
        tmp_path,
        443,
    )
    assert encrypted.address(443) == f"https://{NAME}:443"
    proxied = binding(
        Web(host=everywhere.host, names=everywhere.names, trusted_proxy="192.0.2.1"), tmp_path
    )
    assert proxied.address(8765) == f"https://{NAME}"
    assert NAME in encrypted.names & proxied.names


def test_paths_count_from_the_home_and_both_files_must_be_of_one_pair(tmp_path: Path) -> None:
    (certificate, key), (_, other) = pair(tmp_path, "own"), pair(tmp_path, "other")
    assert binding(Web(tls_cert=certificate, tls_key=key), tmp_path).certificate
    for wrong in (other, "nothing.key", certificate):
        with pytest.raises(SettingError, match="of one pair"):
            binding(Web(tls_cert=certificate, tls_key=wrong), tmp_path)


@pytest.mark.parametrize(
    ("web", "words"),
    [
        (Web(tls_cert="cert.pem"), "set both, or none"),
        (Web(tls_key="key.pem"), "set both, or none"),
        (Web(host=""), "is no address of this computer"),
        (Web(host="no such host"), "is no address of this computer"),
        (Web(port=65_536), "lies between 1 and 65535"),
        (Web(port=-1), "lies between 1 and 65535"),
        (Web(trusted_proxy="proxy.example"), "write it as 127.0.0.1"),
        (Web(trusted_proxy="*"), "write it as 127.0.0.1"),
        (Web(names=(f"https://{NAME}",)), "is no bare name"),
        (Web(names=(f"{NAME}:8443",)), "is no bare name"),
        (Web(names=("",)), "is no bare name"),
        (Web(host="0.0.0.0", trusted_proxy="192.0.2.1"), "“names” is missing"),  # noqa: S104
    ],
)
def test_what_cannot_be_is_named_with_what_it_should_be(
    web: Web, words: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=words):
        binding(web, tmp_path)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8765", "localhost"),
        ("127.0.0.1:8765", "127.0.0.1"),
        ("[::1]:8765", "::1"),
        ("[::1]", "::1"),
        ("crm.example.:443", "crm.example"),
        ("localhost:80@evil.example", "localhost:80@evil.example"),
        ("[::1].evil.example", "[::1].evil.example"),
        ("evil.example#localhost", "evil.example#localhost"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with listening(binding(Web(port=0), tmp_path)) as first:
        port = first.getsockname()[1]
        with pytest.raises(HomeError, match=f"Port {port} of 127.0.0.1"):
            listening(binding(Web(), tmp_path, port))
