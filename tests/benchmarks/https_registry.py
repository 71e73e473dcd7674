"""A registry that speaks https, in processes of its own: nginx before `python -m dfs_desktop.server`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from download_speed import answers, free_port
from support.network.certificates import Authority

# Both run on the machine of the window, where a real registry does not: the window goes before.
LOW = ["nice", "-n", "10"]
CONFIG = """
user root; worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 0;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream registry {{ server {plain}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};
    location / {{
      proxy_pass http://registry; proxy_set_header Host {plain}; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Accept-Encoding "";
      proxy_buffering off; proxy_request_buffering off;
      proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;
      sub_filter http://{plain} https://127.0.0.1:{port}; sub_filter_once off;
      sub_filter '"{plain}"' '"127.0.0.1:{port}"'; sub_filter '"secure":false' '"secure":true';
      sub_filter_types application/json;
    }}
  }}
}}
"""


@contextlib.contextmanager
def https_registry(data: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Its address and key; this process and its children trust the certificate from now on."""
    authority = Authority(folder / "authority")
    os.environ["SSL_CERT_FILE"] = str(authority.path)
    command = [*LOW, sys.executable, "-m", "dfs_desktop.server", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        port, log = free_port(), str(folder / "nginx.log")
        plain, pem = told["url"].partition("//")[2], authority.certificate.rename(folder / "pem")
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, plain=plain, pem=pem))
        nginx = subprocess.Popen([*LOW, "nginx", "-c", str(config), "-e", log])
        try:
            while not answers(port):
                if nginx.poll() is not None:
                    sys.exit("nginx did not start")
                time.sleep(0.05)
            yield told | {"url": f"https://127.0.0.1:{port}"}
        finally:
            for process in (nginx, server):
                process.terminate()
            nginx.wait()
