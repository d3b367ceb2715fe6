"""A real Dovecot in a folder of its own, started as root or as anybody."""

from __future__ import annotations

import getpass
import grp
import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

from imapclient import IMAPClient

from tests.connectors.imap.certificates import certificate

PROGRAM = shutil.which("dovecot") or next(
    (path for path in ("/usr/sbin/dovecot",) if Path(path).exists()), ""
)
USER, PASSWORD = "anna", "geheim-ä"
NOBODY = (65534, 65534)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Dovecot:
    """One account, `USER`; `maildir` is its mail box. Nobody, as whom it reads mails for root, must get to `folder`."""

    def __init__(self, folder: Path, passdb: str = "", **changes: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.maildir = self.home / "Maildir"
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = certificate(folder, "server")
        self._passdb = passdb
        self._changes = {"cert": str(self.certificate), **changes}
        self._dropped = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.home.mkdir(exist_ok=True)
        self._give(self.home)
        folder.chmod(0o755)

    def start(self) -> None:
        self._write()
        self._process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.terminate()
            try:
                self._process.wait(0.3)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """At once, with all that is open."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def client(self) -> IMAPClient:
        """A person's mail program."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        client = IMAPClient("localhost", self.tls_port, ssl_context=context, timeout=20)
        client.plain_login(USER, PASSWORD)
        return client

    def drop(self, folder: str, *mails: bytes) -> None:
        """Put mails into a folder as a delivery agent does, without the server."""
        place = self.maildir if folder == "INBOX" else self.maildir / f".{folder}"
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True, exist_ok=True)
            self._give(self.maildir, place, place / part)
        for mail in mails:
            wire = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            self._dropped += 1  # a second for each, by which the server numbers them
            name = f"{1_700_000_000 + self._dropped}.M1P1.host,S={len(wire)}:2,"
            (place / "cur" / name).write_bytes(wire)
            self._give(place / "cur" / name)

    def contents(self) -> dict[str, str]:
        """Each mail's file with its flags, by its digest; the server's own indexes aside."""
        return {
            path.relative_to(self.maildir).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.maildir.rglob("*"))
            if path.is_file() and path.parent.name in ("cur", "new", "tmp")
        }

    def _give(self, *paths: Path) -> None:
        """Dovecot opens no mail box of root's: the user's is nobody's."""
        if os.getuid() == 0:
            for path in paths:
                os.chown(path, *NOBODY)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                return line.recv(4) == b"* OK"
        except OSError:
            return False

    def _write(self) -> None:
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        me = getpass.getuser()
        group = grp.getgrgid(os.getgid()).gr_name
        rootless = (
            f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}\n"
            "service anvil {\n chroot =\n}\nservice stats {\n chroot =\n}\n"
        )
        users = self.folder / "users"
        users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        passdb = self._passdb or f"passdb {{\n driver = passwd-file\n args = {users}\n}}"
        root = os.getuid() == 0
        uid, gid = NOBODY if root else (os.getuid(), os.getgid())
        changes = self._changes
        (self.folder / "dovecot.conf").write_text(
            f"""
base_dir = {run}
state_dir = {run}
log_path = {self.folder / "log"}
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{changes["cert"]}
ssl_key = <{Path(changes["cert"]).with_suffix(".key")}
disable_plaintext_auth = no
auth_mechanisms = {changes.get("mechanisms", "plain login")}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
{"" if root else rootless}
service imap-login {{
  {"" if root else "chroot ="}
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={self.home}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
}}
{changes.get("more", "")}
""",
            encoding="utf-8",
        )
