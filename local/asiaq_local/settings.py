"""Addresses, names and folders of a box."""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

REGION = "us-west-2"
ACCOUNT_ID = "123456789012"
ACCESS_KEY_ID = "AKIAASIAQLOCALBOX000"
SECRET_ACCESS_KEY = "asiaq/local/box/has/no/secret/0000000000"

# Link-local services that every host of a box reaches, whatever its groups and routes say, as in EC2.
METADATA_ADDRESS = "169.254.169.254"
DNS_ADDRESS = "169.254.169.253"
API_ADDRESS = "169.254.169.250"
HOST_ENDPOINT = f"http://{API_ADDRESS}"
LINK_LOCAL_ADDRESSES = (METADATA_ADDRESS, DNS_ADDRESS, API_ADDRESS)

# Public addresses of hosts come from TEST-NET-2, TEST-NET-3 (RFC 5737) and, when these are all
# taken, the network for benchmarks (RFC 2544): nobody owns them.
PUBLIC_NETWORKS = ("198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")
# What is on the box's "internet" besides hosts, TEST-NET-1 (RFC 5737): this machine as hosts see it,
# the way to Debian's packages, and the service that says which address asks.
OPERATOR_ADDRESS = "192.0.2.1"
PACKAGES_ADDRESS = "192.0.2.10"
CHECKIP_ADDRESS = "192.0.2.20"
INTERNET_ADDRESSES = (OPERATOR_ADDRESS, PACKAGES_ADDRESS, CHECKIP_ADDRESS)
CHECKIP_NAME = "checkip.amazonaws.com"
PACKAGES_PORT = 3128
PACKAGES_PROXY = f"http://{PACKAGES_ADDRESS}:{PACKAGES_PORT}"
# Links between the box's "internet" and its VPCs, and between peered VPCs, RFC 6598 space.
UPLINK_NETWORK = "100.64.0.0/16"
PEERING_NETWORK = "100.65.0.0/16"

DEBIAN_RELEASE = "bookworm"
BASE_IMAGE_ID = "ami-0de61a0000000012"
BASE_IMAGE_NAME = "debian-12-amd64-20260101-0001"
BASE_IMAGE_OWNER = "136693071363"
BASE_IMAGE_PARAMETER = "/aws/service/debian/release/12/latest/amd64"
ROOT_DEVICE = "/dev/xvda"
ROOT_VOLUME_GIGABYTES = 8

DEFAULT_NAME = "asiaq"
SEEDED_ROLE = "instance_disco_common"


class BoxError(Exception):
    """A reason, in one sentence, why the box cannot do what was asked."""


@dataclass(frozen=True)
class Box:
    """Where everything of the box called `name` lives."""

    name: str
    state: Path

    @property
    def description(self) -> Path:
        """What `up` found and chose: process id, ports, kind; absent when the box is down."""
        return self.state / "box.json"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def ssh_config(self) -> Path:
        return self.state / "ssh_config"

    @property
    def hosts(self) -> Path:
        return self.state / "hosts"

    @property
    def layers(self) -> Path:
        return self.state / "layers"

    @property
    def volumes(self) -> Path:
        return self.state / "volumes"

    @property
    def server_lock(self) -> Path:
        """Held by the server for as long as it lives."""
        return self.state.with_name(self.state.name + ".server-lock")

    @property
    def command_lock(self) -> Path:
        """Held by the one `up`, `down` or `reset` that is at work."""
        return self.state.with_name(self.state.name + ".command-lock")

    @property
    def namespace_prefix(self) -> str:
        """All network namespaces of this box, and of no other, start like this."""
        return f"asiaq.{self.name}."

    @property
    def internet_namespace(self) -> str:
        return self.namespace_prefix + "internet"

    def vpc_namespace(self, vpc_id: str) -> str:
        return self.namespace_prefix + vpc_id

    def host_namespace(self, instance_id: str) -> str:
        return self.namespace_prefix + instance_id

    @property
    def preferred_port(self) -> int:
        """The same from one `up` to the next, so that a shell's environment stays good."""
        return 20000 + zlib.crc32(self.name.encode()) % 6000 * 2


def state_root() -> Path:
    """The folder that holds one folder per box."""
    override = os.environ.get("ASIAQ_BOX_STATE")
    if override:
        return Path(override).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/asiaq-box")
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local/state")
    return Path(base) / "asiaq-box"


def cache_root() -> Path:
    """Base images and downloaded packages, shared by all boxes of the machine."""
    override = os.environ.get("ASIAQ_BOX_CACHE")
    if override:
        return Path(override).resolve()
    return Path("/var/cache/asiaq-box")


def find_box(name: str) -> Box:
    """The box `name`; also finds a box of root's when asked by another account."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?", name):
        raise BoxError(
            f"'{name}' cannot be the name of a box: use up to 24 lower-case letters, digits and dashes."
        )
    own = Box(name, state_root() / name)
    system = Box(name, Path("/var/lib/asiaq-box") / name)
    if not own.description.exists() and "ASIAQ_BOX_STATE" not in os.environ:
        try:
            if system.description.exists():
                return system
        except PermissionError:
            pass
    return own
