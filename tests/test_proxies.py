"""The register behind nginx and PgBouncer, as docs/operations.md sets them up."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager, suppress
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest
from django.db import connection

from register.models import Token
from tests.databases import ROOT, address_of
from tests.test_operations import PAGE
from tests.test_processes import free_ports, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HOST = "register.example.org"
PRODUCTION = {
    "SECRET_KEY": "a-long-random-string-of-more-than-fifty-characters-0123456789",
    "ALLOWED_HOSTS": HOST,
    "BEHIND_TLS_PROXY": "1",
    "TRUSTED_PROXIES": "1",
    "DEBUG": "",
}
GUNICORN = ("--workers=1", "--threads=4", "--no-control-socket")
HALF_A_FORM = (
    f"POST /admin/login/ HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nCookie: csrftoken={'x' * 32}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 90000\r\n\r\nx"
).encode()
MAIN = """
daemon off;
user root;
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


def need(*tools):
    if missing := [tool for tool in tools if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin") is None]:
        pytest.skip(f"{', '.join(missing)} is not on the PATH.")


@contextmanager
def running(*command, port, log, **environment):
    with open(log, "w") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            wait_until(lambda: process.poll() is not None or is_open(port))
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.terminate()
            process.wait(30)


def is_open(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def make_certificate(folder):
    files = {"-keyout": folder / "key", "-out": folder / "certificate"}
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*command, *(str(part) for pair in files.items() for part in pair)], check=True, capture_output=True)


def write_configuration(folder, application, plain, secure):
    """Write the page's configuration with the addresses of this test, and return its file."""
    (servers,) = re.findall(r"```nginx\n(.*?)```", PAGE, flags=re.S)
    for written, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{application}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("/etc/ssl/certs/register.pem", f"{folder}/certificate"),
        ("/etc/ssl/private/register.key", f"{folder}/key"),
    ):
        assert written in servers
        servers = servers.replace(written, here)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, servers=servers))
    return folder / "nginx.conf"


@pytest.fixture
def nginx(cast, tmp_path):
    """The port of an nginx with the register behind it, and the register's log."""
    need("nginx", "openssl")
    application, plain, secure = free_ports(3)
    make_certificate(tmp_path)
    configuration = write_configuration(tmp_path, application, plain, secure)
    mine = {**PRODUCTION, "DATABASE_URL": get_address()}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput"],
        cwd=ROOT,
        env={**os.environ, **mine},
        check=True,
        capture_output=True,
    )
    server = (sys.executable, "-m", "gunicorn", "project.wsgi", *GUNICORN, f"--bind=127.0.0.1:{application}")
    with (
        running(*server, port=application, log=tmp_path / "log", **mine),
        running(
            shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-c", str(configuration), "-e", str(tmp_path / "errors"),
            port=secure, log=tmp_path / "nginx",
        ),
    ):  # fmt: skip
        yield secure, tmp_path / "log"


def get_address():
    name = connection.settings_dict["NAME"]
    return address_of(name) if connection.vendor == "postgresql" else f"sqlite:///{name}"


def ask(port, method, path, body=None, **headers):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    asked.request(method, path, body, {"Host": HOST, **headers})
    answer = asked.getresponse()
    answer.content = answer.read()
    return answer


def test_half_sent_requests_keep_nobody_waiting(nginx):
    port, _ = nginx
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    half = [context.wrap_socket(socket.create_connection(("127.0.0.1", port))) for _ in range(20)]
    for number, sent in enumerate(half):
        sent.sendall(HALF_A_FORM if number % 2 else HALF_A_FORM[:90])
    assert ask(port, "GET", "/admin/login/").status == 200
    for sent in half:
        sent.close()


def test_a_file_of_ten_megabytes_passes_and_a_larger_one_is_refused(nginx):
    port, _ = nginx
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(port, "POST", "/admin/login/", b"x" * 10_000_000, **form).status != 413
    assert ask(port, "POST", "/admin/login/", b"x" * 12_000_000, **form).status == 413


def test_the_client_is_who_the_proxy_says_and_not_who_the_client_says(nginx):
    port, log = nginx
    ask(port, "GET", "/api/v1/topics/", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"})
    assert "nobody nothing 127.0.0.1 GET /api/v1/topics/ 401" in log.read_text()


def test_json_keeps_its_strong_etag_and_pages_are_compressed(nginx, cast):
    port, _ = nginx
    _, token = Token.objects.create(user=cast.feed)
    compressed = {"Accept-Encoding": "gzip"}
    topics = ask(port, "GET", "/api/v1/topics/", Authorization=f"Bearer {token}", **compressed)
    assert (topics.status, topics.getheader("Content-Encoding")) == (200, None)
    assert topics.getheader("ETag").startswith('"')
    assert ask(port, "GET", "/admin/login/", **compressed).getheader("Content-Encoding") == "gzip"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PgBouncer is for PostgreSQL.")
def test_pgbouncer_pools_by_session(cast, tmp_path):
    need("pgbouncer")
    (port,) = free_ports(1)
    server = urlsplit(get_address())
    tmp_path.chmod(0o755)
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host={server.hostname} port={server.port or 5432} user={server.username}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\npool_mode = session\n"
        f"ignore_startup_parameters = options\nuser = nobody\n"
    )
    command = ("pgbouncer", str(settings)) if os.geteuid() else ("pgbouncer", "-u", "nobody", str(settings))
    pooled = {"DEBUG": "1", "DATABASE_URL": f"postgres://{server.username}@127.0.0.1:{port}{server.path}"}
    with running(*command, port=port, log=tmp_path / "pgbouncer", PATH=f"{os.environ['PATH']}:/usr/sbin"):
        for arguments in (("check", "--database", "default"), ("load_demo",), ("verify_ledger",)):
            done = subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env={**os.environ, **pooled},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
