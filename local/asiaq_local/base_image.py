"""The base image: a plain Debian tree, made once by mmdebstrap and shared by all boxes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from .apt_settings import ARCHIVE, SECURITY_ARCHIVE, read_apt_settings
from .packages_proxy import LoopbackProxy, PackageCache
from .settings import DEBIAN_RELEASE, BoxError, cache_root

GUEST_FILES = Path(__file__).parent / "guest"
PACKAGES = (
    "systemd,systemd-sysv,dbus,openssh-server,rsync,sudo,cron,rsyslog,logrotate,curl,ca-certificates,"
    "iproute2,iputils-ping,procps,kmod,udev,netbase,python3-minimal,less,e2fsprogs,xfsprogs,"
    "libcap2-bin"
)
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
NEEDED_BYTES = 1_000_000_000

SOURCES = f"""deb {ARCHIVE} {DEBIAN_RELEASE} main
deb {ARCHIVE} {DEBIAN_RELEASE}-updates main
deb {SECURITY_ARCHIVE} {DEBIAN_RELEASE}-security main
"""


def _digest() -> str:
    """Names what the image is made from, so that a change of the recipe makes a new image."""
    digest = hashlib.sha256((PACKAGES + SOURCES).encode())
    for path in sorted(GUEST_FILES.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def base_image_path() -> Path:
    """Where the base image is, or will be."""
    return cache_root() / f"base-{_digest()}"


def package_cache_path() -> Path:
    """Where packages that were downloaded are kept."""
    return cache_root() / "packages"


def ensure_base_image(progress: Callable[[str], None]) -> Path:
    """Returns the base image, made now if this machine has none yet (about a minute)."""
    path = base_image_path()
    if path.exists():
        return path
    root = cache_root()
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = os.open(root / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BoxError(
            f"The folder for base images {root} cannot be used: {error.strerror}."
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another box is making the base image, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _make(path, progress)
        return path
    finally:
        os.close(lock)


def _make(path: Path, progress: Callable[[str], None]) -> None:
    root = path.parent
    for stale in root.glob("making-*"):
        shutil.rmtree(stale, ignore_errors=True)
    free = shutil.disk_usage(root).free
    if free < NEEDED_BYTES:
        raise BoxError(
            f"The base image needs {NEEDED_BYTES // 10**6} MB but {root} has only {free // 10**6} MB free."
        )
    progress(f"making the base image (Debian {DEBIAN_RELEASE}), once, in {path}")
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=root))
    tree = folder / "tree"
    try:
        with LoopbackProxy(PackageCache(package_cache_path())) as proxy:
            _bootstrap(tree, proxy)
        (tree / "etc/apt/sources.list").write_text(SOURCES)
        os.chmod(tree, 0o755)
        tree.rename(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    progress("the base image is ready")


def _bootstrap(tree: Path, proxy: str) -> None:
    aptopts = ['Acquire::Languages "none"', f'Acquire::http::Proxy "{proxy}"']
    aptopts += [line.rstrip(";") for line in read_apt_settings().relaxed_checks()]
    command = [
        # Dies with this process, and takes its mounts with it, however this process ends.
        *("setpriv", "--pdeathsig", "KILL"),
        *("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--propagation", "private"),
        *("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=directory"),
        *(f"--aptopt={option}" for option in aptopts),
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "doc", "locale")),
        f"--include={PACKAGES}",
        # Other distributions' apt does not trust Debian's archive by itself.
        *([f"--keyring={_KEYRING}"] if os.path.exists(_KEYRING) else []),
        f'--customize-hook="{GUEST_FILES}/prepare" "$1" "{GUEST_FILES}"',
        *(DEBIAN_RELEASE, str(tree), "-"),
    ]
    try:
        result = subprocess.run(
            command, input=SOURCES, capture_output=True, text=True, env=_clean_environment()
        )
    except FileNotFoundError as error:
        raise BoxError(
            f"The program {error.filename} is missing; scripts/setup installs it."
        ) from error
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        reason = next(
            (line for line in lines if line.startswith("E:")),
            lines[-1] if lines else "no reason given",
        )
        raise BoxError(f"The base image could not be made: {reason}")


def _clean_environment() -> dict[str, str]:
    keep = ("PATH", "HOME", "TMPDIR", "no_proxy")
    environment = {name: os.environ[name] for name in keep if name in os.environ}
    return {
        **environment,
        "LC_ALL": "C.UTF-8",
        "PATH": environment.get("PATH", "") + ":/usr/sbin:/sbin",
    }
