"""The caching proxy through which hosts, and the making of the base image, get Debian packages.

Packages and by-hash files never change and are kept for ever; indexes are asked for again with
If-Modified-Since. Anything that is not part of a package archive is refused: hosts have no way out.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import re
import ssl
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .apt_settings import AptSettings, read_apt_settings

log = logging.getLogger("packages")

_ARCHIVE_FILE = re.compile(
    r"/(dists|pool)/|\.(deb|dsc|gpg|asc|xz|gz|bz2)$|/(In)?Release(\.gpg)?$|/Packages$"
)
_IMMUTABLE = re.compile(r"/by-hash/|\.deb$|/pool/")
_BLOCK = 1 << 18


class PackageCache:
    """Files fetched from package archives, one per address. Thread-safe, also between processes."""

    def __init__(self, folder: Path, settings: AptSettings | None = None):
        self.folder = folder
        self.settings = settings or read_apt_settings()
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def _lock(self, key: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def fetch(self, url: str) -> tuple[int, Path | None, str | None]:
        """Returns (HTTP status, the file with the body, its Last-Modified)."""
        key = hashlib.sha256(url.encode()).hexdigest()
        path = self.folder / key[:2] / key
        stamp = path.with_suffix(".modified")
        with self._lock(key):
            known = path.exists()
            if known and _IMMUTABLE.search(url):
                return 200, path, stamp.read_text() if stamp.exists() else None
            modified = stamp.read_text() if known and stamp.exists() else None
            try:
                status, modified = self._download(
                    self.settings.upstream(url), path, stamp, modified
                )
            except OSError as error:
                if known:
                    log.warning("%s: %s; serving what was fetched before", url, error)
                    return 200, path, modified
                raise
            if status == 304:
                return 200, path, modified
            return status, path if status == 200 else None, modified

    def _download(
        self, url: str, path: Path, stamp: Path, modified: str | None
    ) -> tuple[int, str | None]:
        for _ in range(5):
            connection, target = self._connect(url)
            try:
                headers = {"Host": urllib.parse.urlsplit(url).netloc, "User-Agent": "asiaq-box"}
                if modified:
                    headers["If-Modified-Since"] = modified
                connection.request("GET", target, headers=headers)
                response = connection.getresponse()
                location = response.getheader("Location")
                if response.status in (301, 302, 303, 307, 308) and location:
                    response.read()
                    url = urllib.parse.urljoin(url, location)
                    continue
                if response.status == 200:
                    self._store(response, path)
                    modified = response.getheader("Last-Modified")
                    if modified:
                        stamp.write_text(modified)
                    else:
                        stamp.unlink(missing_ok=True)
                else:
                    response.read()
                return response.status, modified
            except http.client.HTTPException as error:
                raise OSError(f"{url}: {error!r}") from error
            finally:
                connection.close()
        raise OSError(f"{url}: too many redirections")

    def _connect(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        parts = urllib.parse.urlsplit(url)
        proxy = self.settings.proxy_for(url)
        target = urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context(
                cafile=self.settings.options.get("Acquire::https::CaInfo") or None
            )
            if proxy:
                via = urllib.parse.urlsplit(proxy)
                secure = http.client.HTTPSConnection(
                    via.hostname or "", via.port or 3128, timeout=60, context=context
                )
                secure.set_tunnel(host, parts.port or 443)
                return secure, target
            return (
                http.client.HTTPSConnection(host, parts.port or 443, timeout=60, context=context),
                target,
            )
        if proxy:
            via = urllib.parse.urlsplit(proxy)
            return http.client.HTTPConnection(via.hostname or "", via.port or 3128, timeout=60), url
        return http.client.HTTPConnection(host, parts.port or 80, timeout=60), target

    @staticmethod
    def _store(response: http.client.HTTPResponse, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".part{os.getpid()}-{threading.get_ident()}")
        try:
            with partial.open("wb") as out:
                while block := response.read(_BLOCK):
                    out.write(block)
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)


class ProxyHandler(BaseHTTPRequestHandler):
    """GET of files of package archives; nothing else."""

    protocol_version = "HTTP/1.1"
    cache: PackageCache

    def do_GET(self) -> None:
        """Serves one file from the cache, fetching it first if need be."""
        parts = urllib.parse.urlsplit(self.path)
        if parts.scheme != "http" or not _ARCHIVE_FILE.search(parts.path):
            self._refuse(403, "the packages proxy of the box serves Debian archives over http only")
            return
        try:
            status, path, modified = self.cache.fetch(self.path)
        except OSError as error:
            log.warning("cannot fetch %s: %s", self.path, error)
            self._refuse(502, f"cannot fetch {self.path}: {error}")
            return
        if path is None:
            self._refuse(status, "the archive does not have this file")
            return
        if modified and modified == self.headers.get("If-Modified-Since"):
            self.send_response(304)
            self.end_headers()
            return
        with path.open("rb") as body:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(body.fileno()).st_size))
            self.send_header("Content-Type", "application/octet-stream")
            if modified:
                self.send_header("Last-Modified", modified)
            self.end_headers()
            self.wfile.flush()
            self.connection.sendfile(body)

    def do_CONNECT(self) -> None:
        """Hosts cannot tunnel out."""
        self._refuse(403, "hosts of the box have no way out; packages come over http")

    def _refuse(self, status: int, reason: str) -> None:
        body = (reason + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def handler_for(cache: PackageCache) -> type[ProxyHandler]:
    """A request handler class bound to one cache."""
    return type("BoundProxyHandler", (ProxyHandler,), {"cache": cache})


class LoopbackProxy:
    """The proxy on a free port of loopback, for as long as the `with` block lasts."""

    def __init__(self, cache: PackageCache):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(cache))
        self._server.daemon_threads = True

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
