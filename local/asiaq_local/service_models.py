"""botocore's descriptions of services, each read once: a large one takes as long to read as a hundred answers."""

from __future__ import annotations

import functools
import threading
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

_LOADER = Loader()
_READING = threading.Lock()


def description(service: str, kind: str) -> dict[str, Any] | None:
    """The file of that kind (`service-2`, `paginators-1`), as botocore ships it; None if the service has none."""
    with _READING:  # Of many first requests at the same time one reads, the others wait for it.
        return _read(service, kind)


@functools.cache
def _read(service: str, kind: str) -> dict[str, Any] | None:
    try:
        return _LOADER.load_service_model(service, kind)
    except UnknownServiceError:
        return None
