"""nginx as an older kind of web server: passwords, keys by a map, redirects, and a gateway that loses credentials."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.parts.process import answers, free_port, program, running

CONFIG = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/plain;
  map $http_x_api_key $known {{
    default 0;
    "{key}" 1;
  }}
  server {{
    listen 127.0.0.1:{port};
    location = /health {{ return 200 "up"; }}
    location /basic/ {{
      auth_basic "orders";
      auth_basic_user_file {folder}/passwords;
      try_files /nothing @yes;
    }}
    location @yes {{ return 200 "yes"; }}
    location /key/ {{
      if ($http_x_api_key = "") {{ return 401 '{{"message":"No API key found in request"}}'; }}
      if ($known = 0) {{ return 401 '{{"message":"Invalid API key"}}'; }}
      return 200 "yes";
    }}
    location /moved/ {{ return 302 http://127.0.0.1:{other}/basic/; }}
    location /behind/ {{ proxy_pass {upstream}/; }}
    location /loses/ {{
      proxy_set_header Authorization "";
      proxy_pass {upstream}/;
    }}
  }}
  server {{
    listen 127.0.0.1:{other};
    location /basic/ {{
      auth_basic "moved";
      auth_basic_user_file {folder}/passwords;
      try_files /nothing @yes;
    }}
    location @yes {{ return 200 "yes"; }}
  }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Nginx:
    """A running nginx.

    Paths: `/basic/` wants a password, `/key/` wants X-API-Key, `/moved/` redirects to `other`/basic/, `/behind/` passes
    on to the upstream, `/loses/` passes on without Authorization.

    Attributes:
        address: Without a path.
        other: The second origin.
        user: Whom `/basic/` knows.
        password: Made anew for each run.
        key: What `/key/` knows; letter case is ignored, as by every `map`.
    """

    address: str
    other: str
    user: str = "reader"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    def basic(self, password: str | None = None, *, user: str | None = None, path: str = "/basic/") -> tuple[str, ...]:
        """The curl command with a user and a password: the right ones unless told otherwise."""
        return (
            "curl",
            self.address + path,
            "-u",
            f"{user or self.user}:{self.password if password is None else password}",
        )

    def keyed(self, key: str | None = None, *, name: str = "X-API-Key") -> tuple[str, ...]:
        """The curl command with an API key: the right one unless told otherwise."""
        return ("curl", f"{self.address}/key/", "-H", f"{name}: {self.key if key is None else key}")

    def bare(self, path: str) -> tuple[str, ...]:
        """The curl command without a credential."""
        return ("curl", self.address + path)


@contextlib.contextmanager
def start_nginx(folder: Path, *, upstream: str) -> Iterator[Nginx]:
    """An nginx in front of an API; raises MissingPartError or NotStartedError.

    Args:
        folder: A folder of its own.
        upstream: The API's address without a path.
    """
    path = program("nginx")
    port, other = free_port(), free_port()
    nginx = Nginx(address=f"http://127.0.0.1:{port}", other=f"http://127.0.0.1:{other}")
    folder.mkdir(parents=True, exist_ok=True)
    hashed = base64.b64encode(hashlib.sha1(nginx.password.encode()).digest()).decode()  # a format nginx reads
    (folder / "passwords").write_text(f"{nginx.user}:{{SHA}}{hashed}\n")
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=folder, user=user, port=port, other=other, key=nginx.key, upstream=upstream),
        encoding="ascii",
    )
    command = [path, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with running("nginx", command, folder=folder, ready=answers(f"{nginx.address}/health")):
        yield nginx
