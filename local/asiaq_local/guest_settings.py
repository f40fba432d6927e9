"""What the box writes into a host's file system before each boot."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from .apt_settings import AptSettings
from .settings import DNS_ADDRESS, HOST_ENDPOINT, PACKAGES_PROXY


@dataclass(frozen=True)
class GuestSettings:
    """What a host is told about itself and its surroundings."""

    hostname: str
    domain: str
    address: str
    region: str
    apt: AptSettings


def write_guest_settings(root: Path, settings: GuestSettings, new_instance: bool) -> None:
    """Writes the files; a new instance also gets a machine id and its name."""
    environment = {
        "AWS_ENDPOINT_URL": HOST_ENDPOINT,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
    }
    if new_instance:
        _write(root / "etc/machine-id", uuid.uuid4().hex + "\n", mode=0o444)
        _write(root / "etc/hostname", settings.hostname + "\n")
        # Without its own name here, sudo would wait for DNS.
        _write(
            root / "etc/hosts",
            "127.0.0.1 localhost\n"
            f"{settings.address} {settings.hostname}.{settings.domain} {settings.hostname}\n",
        )
    _write(root / "etc/resolv.conf", f"nameserver {DNS_ADDRESS}\nsearch {settings.domain}\n")
    _write(
        root / "etc/apt/apt.conf.d/90box",
        "".join(
            line + "\n"
            for line in (
                f'Acquire::http::Proxy "{PACKAGES_PROXY}";',
                'Acquire::Languages "none";',
                'Dpkg::Options { "--force-unsafe-io"; };',
                *settings.apt.relaxed_checks(),
            )
        ),
    )
    _merge_environment(root / "etc/environment", environment)
    assignments = " ".join(f"{name}={value}" for name, value in environment.items())
    _write(
        root / "etc/systemd/system.conf.d/20-box-environment.conf",
        f"[Manager]\nDefaultEnvironment={assignments}\n",
    )


def _merge_environment(path: Path, environment: dict[str, str]) -> None:
    """Sets variables in /etc/environment, keeping the lines that an image brought along."""
    lines = path.read_text().splitlines() if path.is_file() else []
    kept = [line for line in lines if line.split("=")[0] not in environment]
    kept += [f"{name}={value}" for name, value in environment.items()]
    _write(path, "\n".join(kept) + "\n")


def _write(path: Path, content: str, mode: int = 0o644) -> None:
    # Replaced, not followed: an image may have a symbolic link here that leads out of its tree.
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".box-new")
    new.write_text(content)
    os.chmod(new, mode)
    new.replace(path)
