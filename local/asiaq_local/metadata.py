"""Instance metadata (IMDSv2) on 169.254.169.254 of every VPC; it knows by its address which host asks."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

from moto.ec2.models.instances import Instance
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from .cloud import Cloud, internal_domain

log = logging.getLogger("metadata")

_CREDENTIAL_LIFE = timedelta(hours=6)
_RENEW_BEFORE = timedelta(minutes=15)
_MAX_TOKEN_SECONDS = 21600


class Metadata:
    """What instances are told about themselves. Thread-safe."""

    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self._tokens: dict[str, tuple[str, float]] = {}
        self._credentials: dict[tuple[str, str], tuple[datetime, dict[str, str]]] = {}
        self._lock = threading.Lock()

    def new_token(self, instance_id: str, seconds: int) -> str:
        """A token that only this instance can use."""
        token = secrets.token_urlsafe(40)
        with self._lock:
            now = time.monotonic()
            self._tokens = {key: value for key, value in self._tokens.items() if value[1] > now}
            self._tokens[token] = (instance_id, now + seconds)
        return token

    def token_is_good(self, token: str, instance_id: str) -> bool:
        """Whether the token was given to this instance and has not expired."""
        with self._lock:
            owner, expiry = self._tokens.get(token, ("", 0.0))
        return owner == instance_id and expiry > time.monotonic()

    def find(self, vpc_id: str, address: str) -> Instance | None:
        """The instance that asks."""
        return self._cloud.by_address(vpc_id, address)

    def document(self, instance: Instance, path: str) -> str | bytes | None:
        """The body for a path below /latest, None if there is none."""
        with self._cloud.lock:
            if path == "user-data":
                return base64.b64decode(str(instance.user_data)) if instance.user_data else None
            if path == "dynamic/instance-identity/document":
                return json.dumps(self._identity(instance), indent=2)
            tree: dict[str, Any] = {
                "meta-data": self._meta_data(instance),
                "dynamic": {"instance-identity": {"document": ""}},
                "user-data": "",
            }
            return _walk(tree, [part for part in path.split("/") if part])

    def _identity(self, instance: Instance) -> dict[str, Any]:
        backend = instance.ec2_backend
        return {
            "accountId": backend.account_id,
            "architecture": "x86_64",
            "availabilityZone": instance.availability_zone,
            "imageId": instance.image_id,
            "instanceId": instance.id,
            "instanceType": instance.instance_type,
            "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "privateIp": instance.private_ip,
            "region": backend.region_name,
            "version": "2017-09-30",
        }

    def _meta_data(self, instance: Instance) -> dict[str, Any]:
        backend = instance.ec2_backend
        region = backend.region_name
        name = "ip-" + (instance.private_ip or "").replace(".", "-") + "." + internal_domain(region)
        zone = instance.availability_zone or ""
        tree: dict[str, Any] = {
            "ami-id": instance.image_id,
            "ami-launch-index": str(instance.ami_launch_index),
            "block-device-mapping": {
                "ami": instance.root_device_name,
                "root": instance.root_device_name,
            },
            "hostname": name,
            "instance-action": "none",
            "instance-id": instance.id,
            "instance-life-cycle": instance.lifecycle or "on-demand",
            "instance-type": instance.instance_type,
            "local-hostname": name,
            "local-ipv4": instance.private_ip,
            "mac": instance.nics[0].mac_address,
            "network": {"interfaces": {"macs": self._interfaces(instance)}},
            "placement": {
                "availability-zone": zone,
                "availability-zone-id": self._zone_id(instance),
                "region": region,
            },
            "profile": "default-hvm",
            "reservation-id": next(
                (key for key, value in backend.reservations.items() if instance in value.instances),
                "",
            ),
            "security-groups": "\n".join(group.name for group in instance.security_groups),
            "services": {"domain": "amazonaws.com", "partition": get_partition(region)},
        }
        if instance.public_ip:
            tree["public-ipv4"] = instance.public_ip
            tree["public-hostname"] = instance.public_dns_name
        if instance.key_name:
            key = backend.describe_key_pairs(key_names=[instance.key_name])
            tree["public-keys"] = {"0": {"openssh-key": _openssh_key(key[0], instance.key_name)}}
        if instance.metadata_options.instance_metadata_tags == "enabled":
            tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
            tree["tags"] = {"instance": tags}
        role = self._role(instance)
        if role:
            profile, role_name, role_arn = role
            tree["iam"] = {
                "info": json.dumps(
                    {
                        "Code": "Success",
                        "LastUpdated": _stamp(datetime.now(UTC)),
                        "InstanceProfileArn": profile.arn,
                        "InstanceProfileId": profile.id,
                    },
                    indent=2,
                ),
                "security-credentials": {
                    role_name: json.dumps(self._role_credentials(instance, role_arn), indent=2)
                },
            }
        return tree

    @staticmethod
    def _zone_id(instance: Instance) -> str:
        subnet = instance.nics[0].subnet
        return str(subnet.availability_zone_id)

    @staticmethod
    def _interfaces(instance: Instance) -> dict[str, Any]:
        return {
            eni.mac_address + "/": {
                "device-number": str(index),
                "interface-id": eni.id,
                "local-ipv4s": eni.private_ip_address,
                "mac": eni.mac_address,
                "owner-id": eni.owner_id,
                "security-group-ids": "\n".join(group.id for group in eni.group_set),
                "subnet-id": eni.subnet.id,
                "subnet-ipv4-cidr-block": str(eni.subnet.cidr),
                "vpc-id": eni.subnet.vpc_id,
                "vpc-ipv4-cidr-block": instance.ec2_backend.vpcs[eni.subnet.vpc_id].cidr_block,
                **({"public-ipv4s": eni.public_ip} if eni.public_ip else {}),
            }
            for index, eni in instance.nics.items()
        }

    @staticmethod
    def _role(instance: Instance) -> tuple[Any, str, str] | None:
        association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
        if association is None:
            return None
        profile = association.iam_instance_profile
        roles = profile.roles
        return (profile, roles[0].name, roles[0].arn) if roles else None

    def _role_credentials(self, instance: Instance, role_arn: str) -> dict[str, str]:
        now = datetime.now(UTC)
        key = (instance.id, role_arn)
        expiry, credentials = self._credentials.get(key, (now, {}))
        if expiry - _RENEW_BEFORE > now:
            return credentials
        backend = instance.ec2_backend
        sts = sts_backends[backend.account_id][get_partition(backend.region_name)]
        role = sts.assume_role(
            region_name=backend.region_name,
            role_session_name=instance.id,
            role_arn=role_arn,
            policy="",
            duration=int(_CREDENTIAL_LIFE.total_seconds()),
            external_id="",
        )
        expiry = now + _CREDENTIAL_LIFE
        credentials = {
            "Code": "Success",
            "LastUpdated": _stamp(now),
            "Type": "AWS-HMAC",
            "AccessKeyId": role.access_key_id,
            "SecretAccessKey": role.secret_access_key,
            "Token": role.session_token,
            "Expiration": _stamp(expiry),
        }
        self._credentials[key] = (expiry, credentials)
        return credentials


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _openssh_key(key: Any, name: str) -> str:
    material = key.material_public
    text = material.decode() if isinstance(material, bytes) else str(material)
    parts = text.split()
    return " ".join(parts[:2] + [name]) + "\n" if len(parts) >= 2 else text


def _walk(node: Any, parts: list[str]) -> str | None:
    """The text of a leaf, or the listing of a folder, as the real service writes it."""
    for part in parts:
        if not isinstance(node, dict):
            return None
        node = node[part] if part in node else node.get(part + "/")
        if node is None:
            return None
    if not isinstance(node, dict):
        return str(node)
    lines = []
    for name, child in node.items():
        folder = isinstance(child, dict) and not name.endswith("/")
        lines.append(name + "/" if folder else name)
    return "\n".join(lines)


class MetadataHandler(BaseHTTPRequestHandler):
    """Answers hosts of one VPC."""

    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"
    sys_version = ""
    metadata: Metadata
    vpc_id: str

    def _caller(self) -> Instance | None:
        instance = self.metadata.find(self.vpc_id, self.client_address[0])
        if instance is None:
            self._reply(404, "no instance has this address\n")
        elif instance.metadata_options.http_endpoint == "disabled":
            self._reply(403, "")
            return None
        return instance

    def do_PUT(self) -> None:
        """Hands out session tokens."""
        instance = self._caller()
        if instance is None:
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/latest/api/token":
            self._reply(404, "")
        elif self.headers.get("X-Forwarded-For"):
            self._reply(403, "")
        else:
            text = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if not text.isdigit() or not 1 <= int(text) <= _MAX_TOKEN_SECONDS:
                self._reply(400, "")
                return
            token = self.metadata.new_token(instance.id, int(text))
            self._reply(200, token, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": text})

    def do_GET(self) -> None:
        """Hands out metadata and user data."""
        instance = self._caller()
        if instance is None:
            return
        token = self.headers.get("X-aws-ec2-metadata-token")
        optional = instance.metadata_options.http_tokens == "optional"
        if not (optional and token is None) and not self.metadata.token_is_good(
            token or "", instance.id
        ):
            self._reply(401, "")
            return
        path = self.path.partition("?")[0]
        version, _, rest = path.strip("/").partition("/")
        if not version:
            self._reply(200, "latest")
            return
        body = None
        if version == "latest" or version[:4].isdigit():
            body = self.metadata.document(instance, rest)
        if body is None:
            self._reply(404, "not found\n")
        else:
            self._reply(200, body)

    do_HEAD = do_GET

    def _reply(self, status: int, body: str | bytes, headers: dict[str, str] | None = None) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


def handler_for(metadata: Metadata, vpc_id: str) -> type[MetadataHandler]:
    """A request handler class bound to one VPC."""
    return type(
        "BoundMetadataHandler", (MetadataHandler,), {"metadata": metadata, "vpc_id": vpc_id}
    )
