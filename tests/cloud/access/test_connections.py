"""The way to AWS: proxies, certificates, redirects to other regions, servers that never answer."""

import datetime
import ipaddress
import signal
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable, Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from program_under_test import ProgramUnderTest

GET = ("disco_creds.py", "--bucket", "b", "get", "--key", "k")


class Server:
    """Answers with what `answer` makes of a request; remembers the request lines."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None) -> None:
        server = self
        self.lines: list[str] = []
        self.asked = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.lines.append(f"{self.requestline} {self.headers.get('Authorization', '')}")
                server.asked.set()
                answer(self)

            do_HEAD = do_CONNECT = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*arguments: object) -> Server:
        servers.append(Server(*arguments))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def good(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5")
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(b"value")


def refused(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(407)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "asiaq test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .sign(key, hashes.SHA256()))
    path = tmp_path / "certificate.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption())
                     + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_bundle_of_certificates_is_named_by_variable_or_profile(asiaq: ProgramUnderTest, serve, certificate, tls):
    endpoint = f"https://{serve(good, tls).host}"
    assert asiaq.ok(*GET, AWS_ENDPOINT_URL=endpoint, AWS_CA_BUNDLE=str(certificate)) == "value\n"
    asiaq.write(".aws/config", f"[default]\nca_bundle = {certificate}\n")
    assert asiaq.ok(*GET, AWS_ENDPOINT_URL=endpoint) == "value\n"


def test_an_unknown_certificate_is_one_line_that_says_what_to_do(asiaq, serve, tls):
    server = serve(good, tls)
    done = asiaq(*GET, AWS_ENDPOINT_URL=f"https://{server.host}")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "certificate" in done.stderr and "AWS_CA_BUNDLE" in done.stderr
    assert server.lines == []


def test_a_bundle_that_does_not_exist_is_named(asiaq):
    done = asiaq(*GET, AWS_CA_BUNDLE="/nonexistent.pem")
    assert done.returncode == 1 and "AWS_CA_BUNDLE names /nonexistent.pem" in done.stderr


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY"])
def test_requests_go_through_the_proxy(asiaq, serve, variable):
    proxy = serve(good)
    assert asiaq.ok(*GET, AWS_ENDPOINT_URL="http://s3.example", **{variable: f"http://{proxy.host}"}) == "value\n"
    assert proxy.lines[0].startswith("HEAD http://s3.example/b ")


def test_tls_goes_through_a_tunnel_of_the_proxy(asiaq, serve):
    proxy = serve(refused)
    environment = {"HTTPS_PROXY": f"http://{proxy.host}", "AWS_ENDPOINT_URL": "", "AWS_MAX_ATTEMPTS": "1"}
    assert asiaq(*GET, **environment).returncode == 1
    # A name of one letter can be no host: the bucket stands in the path.
    assert proxy.lines[0].startswith("CONNECT s3.us-west-2.amazonaws.com:443 ")


def test_no_proxy_is_obeyed(asiaq, serve):
    proxy, service = serve(refused), serve(good)
    assert asiaq.ok(*GET, AWS_ENDPOINT_URL=f"http://{service.host}", http_proxy=f"http://{proxy.host}",
                    NO_PROXY="example.com,127.0.0.1") == "value\n"
    assert proxy.lines == []


def test_a_bucket_of_another_region_is_found(asiaq, serve):
    def of_eu_west_1(handler: BaseHTTPRequestHandler) -> None:
        if "/eu-west-1/s3/" in handler.headers["Authorization"]:
            return good(handler)
        handler.send_response(301)
        handler.send_header("x-amz-bucket-region", "eu-west-1")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server = serve(of_eu_west_1)
    assert asiaq.ok(*GET, AWS_ENDPOINT_URL=f"http://{server.host}") == "value\n"
    assert [line.split()[0] for line in server.lines] == ["HEAD", "HEAD", "GET"], "it is asked for once"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_request_that_nobody_answers(asiaq, serve, number):
    finished = threading.Event()
    server = serve(lambda handler: finished.wait(60))
    process = subprocess.Popen(GET, cwd=asiaq.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**asiaq.environment, "AWS_ENDPOINT_URL": f"http://{server.host}"})
    assert server.asked.wait(30)
    process.send_signal(number)
    # The server would be given up after a minute of silence only, and then asked again.
    process.communicate(timeout=30)
    finished.set()
    assert process.returncode == 1
    assert len(server.lines) == 1
