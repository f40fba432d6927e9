"""The one process of a running box: the AWS endpoint, the hosts' supervisor and the small servers."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# moto reads these when it is imported.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
os.environ["MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION"] = "true"
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from . import (
    autoscaling,
    ec2_addresses,
    ec2_dhcp,
    ec2_endpoints,
    ec2_gateways,
    ec2_groups,
    ec2_images,
    ec2_instances,
    ec2_interfaces,
    ec2_launch,
    ec2_peerings,
    ec2_routes,
    ec2_security_groups,
    ec2_volumes,
    ec2_vpcs,
    elasticache_groups,
    iam_users,
    names,
    namespaces,
    packages_proxy,
    rds_instances,
)
from . import metadata as imds
from .account import find_key, seed_account
from .apt_settings import read_apt_settings
from .base_image import base_image_path, package_cache_path
from .cgroups import memory_bytes
from .checkip import CheckIpHandler
from .cloud import Cloud, all_backends, internal_domain, state_of
from .http_server import Server, loopback_socket
from .images import ImageStore
from .network import Network
from .network_keeper import NetworkKeeper
from .settings import (
    API_ADDRESS,
    CHECKIP_ADDRESS,
    DNS_ADDRESS,
    METADATA_ADDRESS,
    PACKAGES_ADDRESS,
    PACKAGES_PORT,
    REGION,
    Box,
    BoxError,
)
from .signatures import SignatureCheck
from .socks import SocksServer
from .supervisor import HostSupervisor, PretendingSupervisor
from .volumes import VolumeKeeper, VolumeStore
from .web import Application

log = logging.getLogger("server")


class _OwnedHttpServer(ThreadingHTTPServer):
    """An HTTP server on a socket that was opened in a namespace."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, handler: type[BaseHTTPRequestHandler]):
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's concern."""
        log.debug("connection from %s", client_address, exc_info=True)

    def start(self) -> None:
        """Serves in a thread."""
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 3600}, daemon=True
        ).start()


class BoxServer:
    """Puts the parts together."""

    def __init__(self, box: Box, with_hosts: bool, check_signatures: bool):
        self._box = box
        self._with_hosts = with_hosts
        self._started = time.time()
        self.cloud = Cloud()
        self._resetting = threading.Lock()
        self._metadata = imds.Metadata(self.cloud)
        signatures = SignatureCheck(find_key) if check_signatures else None
        self._application = Application(
            self.cloud.lock, self._source_of, self.reset, self.status, signatures
        )
        self._network: Network | None = None
        self._keeper: NetworkKeeper | None = None
        self._store: ImageStore | None = None
        self._volumes: VolumeStore | None = None
        self._volume_keeper: VolumeKeeper | None = None
        for folder in (box.hosts, box.layers, box.volumes):
            folder.mkdir(parents=True, exist_ok=True)
        if with_hosts:
            self._prepare_hosts()
        else:
            self.cloud.supervisor = PretendingSupervisor(self.cloud)
        ec2_instances.install(self.cloud)
        ec2_launch.install(self.cloud)
        ec2_images.install(self.cloud, self._store)
        ec2_volumes.install(self.cloud, self._volumes)
        ec2_addresses.install(self.cloud)
        ec2_groups.install()
        ec2_vpcs.install(self.cloud)
        ec2_interfaces.install(self.cloud)
        for part in (ec2_dhcp, ec2_endpoints, ec2_gateways, ec2_peerings, ec2_routes):
            part.install()
        ec2_security_groups.install()
        iam_users.install()
        rds_instances.install(self.cloud)
        elasticache_groups.install(self.cloud)
        self._groups = autoscaling.install(self.cloud)
        seed_account()

    def _prepare_hosts(self) -> None:
        apt = read_apt_settings()
        self._packages = packages_proxy.PackageCache(package_cache_path(), apt)
        self._network = Network(self._box, self._serve_vpc)
        self._network.start()
        self._serve_internet()
        self._store = ImageStore(self._box, base_image_path())
        self._volumes = VolumeStore(self._box)
        supervisor = HostSupervisor(self._box, self._network, self._store, apt, self.cloud)
        self._volume_keeper = VolumeKeeper(
            self._volumes, lambda: ec2_volumes.attachments(self.cloud), supervisor.leader
        )
        supervisor.devices_at_boot = self._volume_keeper.devices_at_boot
        self.cloud.supervisor = supervisor
        self.cloud.on_change(self._volume_keeper.poke)
        self._keeper = NetworkKeeper(self.cloud, self._network)
        self.cloud.on_change(self._keeper.poke)
        self._application.on_write = self._keeper.poke

    def start(self) -> dict[str, Any]:
        """Opens the loopback ports; what `up` writes down about the box."""
        api = loopback_socket(self._box.preferred_port)
        Server(api, self._application, "").start()
        facts: dict[str, Any] = {
            "name": self._box.name,
            "pid": os.getpid(),
            "hosts": self._with_hosts,
            "api_port": api.getsockname()[1],
        }
        if self._with_hosts:
            socks = loopback_socket(self._box.preferred_port + 1)
            SocksServer(socks, self._connect).start()
            facts["socks_port"] = socks.getsockname()[1]
        return facts

    def _serve_vpc(self, vpc_id: str, namespace: str) -> None:
        """Starts the servers that hosts of a VPC reach."""
        domain = internal_domain(REGION)
        # Not under the cloud's lock: who holds that may be waiting for the network.
        for backend in all_backends():
            if vpc_id in backend.vpcs:
                domain = internal_domain(backend.region_name)

        def open_sockets() -> tuple[socket.socket, ...]:
            query = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            query.bind((DNS_ADDRESS, 53))
            return (
                query,
                socket.create_server((METADATA_ADDRESS, 80), backlog=128),
                socket.create_server((API_ADDRESS, 80), backlog=128),
            )

        query, metadata, api = namespaces.inside(namespace, open_sockets)
        names.Responder(query, domain, self._private_of).start()
        _OwnedHttpServer(metadata, imds.handler_for(self._metadata, vpc_id)).start()
        Server(api, self._application, vpc_id).start()

    def _serve_internet(self) -> None:
        """Starts the servers that hosts reach when a route leads to the internet."""
        internet = self._box.internet_namespace
        packages = namespaces.listen(internet, PACKAGES_ADDRESS, PACKAGES_PORT)
        _OwnedHttpServer(packages, packages_proxy.handler_for(self._packages)).start()
        _OwnedHttpServer(namespaces.listen(internet, CHECKIP_ADDRESS, 80), CheckIpHandler).start()

    def _source_of(self, listener: str, address: str) -> str:
        if not listener:
            return "client"
        instance = self.cloud.by_address(listener, address)
        return instance.id if instance else address

    def _private_of(self, public: str) -> str | None:
        for instance in self.cloud.instances():
            for eni in list(instance.nics.values()):
                if eni.public_ip == public:
                    return str(eni.private_ip_address)
        return None

    def _connect(self, host: str, port: int) -> socket.socket:
        """A connection to a host of the box by address, EC2 host name or instance id."""
        instance = self.cloud.instance(host)
        address = instance.private_ip if instance else names.address_in_name(host) or host
        try:
            target = ipaddress.IPv4Address(address)
        except ValueError as error:
            raise OSError(f"{host} is no host of the box") from error
        if self._private_of(str(target)):
            return namespaces.connect(self._box.internet_namespace, str(target), port, 15)
        vpc_id = instance.vpc_id if instance else self._vpc_of(target)
        if vpc_id is None or not namespaces.exists(self._box.vpc_namespace(vpc_id)):
            raise OSError(f"{host} is no address of the box")
        return namespaces.connect(self._box.vpc_namespace(vpc_id), str(target), port, 15)

    def _vpc_of(self, address: ipaddress.IPv4Address) -> str | None:
        """The VPC that has the address: the one with such a host, else the newest with such a range."""
        with self.cloud.lock:
            candidates = [
                vpc_id
                for backend in all_backends()
                for vpc_id, vpc in backend.vpcs.items()
                if address in ipaddress.ip_network(vpc.cidr_block)
            ]
            candidates.reverse()
            taken = [vpc for vpc in candidates if self.cloud.by_address(vpc, str(address))]
        return next(iter(taken or candidates), None)

    def reset(self) -> None:
        """Removes all hosts and resources and starts with a fresh account."""
        with self._resetting:
            with self.cloud.lock:
                self._groups.forget_all()
            # Without the lock: hosts that are just coming up want to say so.
            self.cloud.supervisor.shut_down()
            with self.cloud.lock:
                self._forget_all()
            self.cloud.supervisor.open_again()
        self.cloud.changed()

    def _forget_all(self) -> None:
        self._groups.forget_all()
        self.cloud.forget_all()
        if self._keeper:
            self._keeper.forget_all()
        if self._volume_keeper:
            self._volume_keeper.forget_all()
        _reset_moto()
        self._application.forget_all()
        seed_account()
        if self._store:
            self._store.forget_all()
            self.cloud.supervisor.collect_layers()

    def status(self) -> dict[str, Any]:
        """Hosts and images, for `asiaq local status`."""
        with self.cloud.lock:
            machines = self.cloud.supervisor.machines()
            hosts = []
            for instance in self.cloud.instances():
                tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
                host = machines.get(instance.id)
                memory = memory_bytes(self._box.name, instance.id) if host else None
                hosts.append(
                    {
                        "id": instance.id,
                        "name": tags.get("Name") or tags.get("hostclass") or "",
                        "state": state_of(instance)[1],
                        "private_address": instance.private_ip,
                        "public_address": instance.public_ip,
                        "vpc": instance.vpc_id,
                        "image": instance.image_id,
                        "console": str(host[0].console) if host else None,
                        "memory_bytes": memory,
                    }
                )
            images = [
                {
                    "id": image.id,
                    "name": image.name,
                    "state": image.state,
                    "region": backend.region_name,
                }
                for backend in all_backends()
                for image in backend.amis.values()
                if backend.region_name == REGION or image.owner_id == backend.account_id
            ]
        return {"since": self._started, "hosts": hosts, "images": images}


def write_ssh_config(box: Box, facts: dict[str, Any]) -> None:
    """The file with which plain `ssh -F` reaches the hosts."""
    if "socks_port" not in facts:
        return
    box.ssh_config.write_text(
        f"# ssh -F {box.ssh_config} admin@ADDRESS reaches any host of the box.\n"
        "Host *\n"
        # nc hands the connection over: in between it would hide from ssh that a host has gone.
        f"  ProxyCommand nc -F -X 5 -x 127.0.0.1:{facts['socks_port']} %h %p\n"
        "  ProxyUseFdpass yes\n"
        # Addresses are used again by other hosts, and nobody can get in between.
        "  StrictHostKeyChecking no\n"
        "  UserKnownHostsFile /dev/null\n"
        "  GlobalKnownHostsFile /dev/null\n"
        "  LogLevel ERROR\n"
    )


def _reset_moto() -> None:
    BackendDict.reset()
    reset_model_data()


def serve(box: Box, with_hosts: bool, check_signatures: bool, ready: int) -> None:
    """Runs the server. One JSON line is written to the file descriptor `ready`: facts, or an error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for noisy in ("werkzeug", "botocore", "urllib3", "moto"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError), os.fdopen(ready, "w") as report:
        try:
            server = BoxServer(box, with_hosts, check_signatures)
            facts = server.start()
        except (BoxError, OSError) as error:
            log.exception("cannot start")
            json.dump({"error": str(error)}, report)
            return
        write_ssh_config(box, facts)
        new = box.description.with_suffix(".new")
        new.write_text(json.dumps(facts))
        # Whoever sees the description sees all of it, and a box that is ready.
        new.replace(box.description)
        # The `up` that waits for this may have been killed; the box is up all the same.
        with contextlib.suppress(BrokenPipeError):
            json.dump(facts, report)
            report.flush()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    while True:
        signal.pause()
