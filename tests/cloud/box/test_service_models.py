"""botocore's descriptions of services inside the box."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from asiaq_local import service_models

AT_ONCE = 16


def test_many_first_requests_read_a_description_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    load = service_models._LOADER.load_service_model

    def counted(service: str, kind: str) -> object:
        reads[service] += 1
        return load(service, kind)

    monkeypatch.setattr(service_models._LOADER, "load_service_model", counted)
    service_models._read.cache_clear()
    start = Barrier(AT_ONCE)

    def ask(_: int) -> object:
        start.wait(timeout=10)
        return service_models.description("ec2", "service-2")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(ask, range(AT_ONCE)))
    assert reads == {"ec2": 1}
    assert all(each is found[0] for each in found)
    assert found[0]["metadata"]["serviceId"] == "EC2"


def test_a_service_that_botocore_does_not_know_has_none() -> None:
    assert service_models.description("no-such-service", "service-2") is None
