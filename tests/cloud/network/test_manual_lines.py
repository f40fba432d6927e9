"""The command lines that the users' manual prints about environments and addresses, typed as they stand there."""

from __future__ import annotations

import shutil

from cloud_under_test import ROOT

from .conftest import Asiaq, Cloud


def typed(asiaq: Asiaq, line: str) -> str:
    return asiaq.ok("bash", "-c", line)


def with_sample(asiaq: Asiaq) -> None:
    for file in ("disco_vpc.ini", "disco_aws.ini"):
        shutil.copy(ROOT / "sample_configuration" / file, asiaq.folder)


def test_environments(cloud: Cloud, asiaq: Asiaq) -> None:
    with_sample(asiaq)
    assert "-" in typed(asiaq, "disco_vpc_ui.py list")
    assert "has been created" in typed(asiaq, "disco_vpc_ui.py create --type sandbox --name test")
    typed(asiaq, "disco_vpc_ui.py update --name test")
    assert typed(asiaq, "disco_vpc_ui.py update --name test --dry-run") == "nothing to change\n"
    vpc_id = cloud.vpc("test")["VpcId"]
    typed(asiaq, f"disco_vpc_ui.py destroy --vpc-id {vpc_id}")
    assert cloud.left_of(vpc_id) == []


def test_environments_of_an_account(cloud: Cloud, asiaq: Asiaq) -> None:
    with_sample(asiaq)
    for line in (
        "disco_vpc_ui.py create --type build --name build",
        "disco_vpc_ui.py create --type openvpn --name ci",
        "disco_vpc_ui.py create --type deploy --name deploy",
        "disco_vpc_ui.py create --type staging --name staging",
        "disco_vpc_ui.py create --type production --name production",
    ):
        assert "has been created" in typed(asiaq, line)
    assert typed(asiaq, "disco_vpc_ui.py list | grep build").split("\t")[1] == f"{'build':<15}\n"


def test_addresses(cloud: Cloud, asiaq: Asiaq) -> None:
    address = typed(asiaq, "disco_eip.py allocate").strip()
    assert typed(asiaq, "disco_eip.py list") == f"{address}\t-\n"
    assert typed(asiaq, f"disco_eip.py release --eip {address}") == ""
    assert typed(asiaq, "disco_eip.py list") == ""
