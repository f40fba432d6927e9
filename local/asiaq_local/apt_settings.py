"""What this machine's own apt knows about reaching Debian: proxies, mirrors, relaxed checks."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .settings import DEBIAN_RELEASE

# Hosts always name these two; the packages proxy asks the machine's own mirror instead, so that
# no image ever carries the name of a mirror of somebody's network.
DEBIAN_HOST = "deb.debian.org"
SECURITY_HOST = "security.debian.org"
ARCHIVE = f"http://{DEBIAN_HOST}/debian"
SECURITY_ARCHIVE = f"http://{DEBIAN_HOST}/debian-security"


@dataclass(frozen=True)
class AptSettings:
    """How to fetch what hosts ask for."""

    # Prefix as a host writes it -> prefix to fetch instead.
    mirrors: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def upstream(self, url: str) -> str:
        """The address from which this machine fetches what a host calls `url`."""
        for prefix, mirror in self.mirrors.items():
            if url.startswith(prefix + "/"):
                return mirror + url[len(prefix) :]
        return url

    def proxy_for(self, url: str) -> str | None:
        """The proxy that apt on this machine would use for `url`; None for a direct connection."""
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
        for name in (f"Acquire::{parts.scheme}::Proxy::{host}", f"Acquire::{parts.scheme}::Proxy"):
            value = self.options.get(name)
            if value:
                return None if value == "DIRECT" else value
        if urllib.request.proxy_bypass_environment(host):
            return None
        return os.environ.get(f"{parts.scheme}_proxy") or None

    def relaxed_checks(self) -> list[str]:
        """Lines for the apt configuration of hosts where this machine's apt ignores dates."""
        names = ("Acquire::Check-Valid-Until", "Acquire::Check-Date")
        return [f'{name} "false";' for name in names if self.options.get(name) == "false"]


def _apt_options() -> dict[str, str]:
    try:
        dump = subprocess.run(
            ["apt-config", "dump"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(re.findall(r'^(\S+) "([^"]*)";$', dump, re.MULTILINE))


def _one_line_sources(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", line.strip())
        if match:
            yield match.group(1), match.group(2)


def _deb822_sources(text: str) -> Iterator[tuple[str, str]]:
    text = re.sub(r"^#.*\n?", "", text, flags=re.MULTILINE)
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        for match in re.finditer(
            r"^([A-Za-z-]+):((?:.*\n?)(?:[ \t]+.*\n?)*)", stanza, re.MULTILINE
        ):
            fields[match.group(1).lower()] = " ".join(match.group(2).split())
        if fields.get("enabled", "yes") == "no" or "deb" not in fields.get("types", "").split():
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield uri, suite


def read_apt_settings(apt_folder: Path = Path("/etc/apt")) -> AptSettings:
    """Reads the sources and options of this machine's apt."""
    mirrors: dict[str, str] = {}
    files = [apt_folder / "sources.list", *sorted((apt_folder / "sources.list.d").glob("*"))]
    for path in files:
        if not path.is_file() or path.suffix not in (".list", ".sources"):
            continue
        text = path.read_text(errors="replace")
        sources = _deb822_sources(text) if path.suffix == ".sources" else _one_line_sources(text)
        for uri, suite in sources:
            uri = uri.rstrip("/")
            if not uri.startswith(("http://", "https://")):
                continue
            if suite == DEBIAN_RELEASE and uri != ARCHIVE:
                mirrors.setdefault(ARCHIVE, uri)
            if suite == f"{DEBIAN_RELEASE}-security" and uri != SECURITY_ARCHIVE:
                mirrors.setdefault(SECURITY_ARCHIVE, uri)
                mirrors.setdefault(f"http://{SECURITY_HOST}/debian-security", uri)
                mirrors.setdefault(f"http://{SECURITY_HOST}", uri)
    return AptSettings(mirrors=mirrors, options=_apt_options())
