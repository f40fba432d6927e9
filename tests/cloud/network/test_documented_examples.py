"""The examples of this program's own manual, run in their order: what a page shows is what a user gets."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
from collections.abc import Callable

from cloud_under_test import ROOT
from documentation import Example, Reader, block_after, examples

from .conftest import Asiaq, Cloud

IMAGE = "ami-0de61a0000000012"
LIMIT_SECONDS = 60.0
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d [0-9:,]+ root [A-Z]+ ")

Preparations = dict[str, Callable[[], object]]


def printed(asiaq: Asiaq, line: str) -> tuple[int, str]:
    """Status and what a terminal shows, but for the log."""
    done = asiaq("bash", "-o", "pipefail", "-c", line)
    said = [text for text in done.stderr.splitlines(True) if not LOG_LINE.match(text)]
    return done.returncode, done.stdout + "".join(said)


def run_page(asiaq: Asiaq, reader: Reader, page: list[Example], before: Preparations) -> None:
    """Runs examples in order, each after what the page takes for granted at that point."""
    lines = [example.line for example in page]
    assert [line for line in before if line not in lines] == []
    for example in page:
        before.get(example.line, lambda: None)()
        status, text = printed(asiaq, reader.filled_in(example.line))
        fails_as_shown = any(line.startswith("ERROR") for line in example.output or [])
        assert status == fails_as_shown, f"{example.place}: {example.line}: status {status}\n{text}"
        if example.output is not None:
            reader.check(example, text)


def with_sample(asiaq: Asiaq) -> None:
    for file in ("disco_vpc.ini", "disco_aws.ini"):
        shutil.copy(ROOT / "sample_configuration" / file, asiaq.folder)


def test_vpc(cloud: Cloud, asiaq: Asiaq) -> None:
    with_sample(asiaq)
    configuration = (asiaq.folder / "disco_vpc.ini").read_text()
    sandbox = configuration.partition("[envtype:sandbox]")[2]
    rules = next(line for line in sandbox.splitlines() if line.startswith("dmz_sg_rules="))

    def with_ports(*ports: int) -> Callable[[], object]:
        more = "".join(f", tcp 0.0.0.0/0 {port}" for port in ports)
        return lambda: asiaq.write("disco_vpc.ini", f"{configuration}\n[env:test]\n{rules}{more}\n")

    def with_neighbours() -> None:
        for kind, name in (("build", "build"), ("openvpn", "ci")):
            asiaq.ok("disco_vpc_ui.py", "create", "--type", kind, "--name", name)
        kept = (asiaq.folder / "disco_vpc.ini").read_text().replace("[peerings]\n", "")
        asiaq.write("disco_vpc.ini", kept + block_after("vpc", "[peerings]"))

    run_page(asiaq, Reader(), examples("vpc"), {
        "disco_vpc_ui.py update --name test --dry-run": with_ports(8443),
        "asiaq vpc update --name test --output json": with_ports(8443, 9443),
        "disco_vpc_ui.py peerings --create --name ci": with_neighbours,
    })
    assert cloud.vpcs_named("test") == []
    assert b"<svg" in (asiaq.folder / "test.svg").read_bytes()


def test_eip(cloud: Cloud, asiaq: Asiaq) -> None:
    with_sample(asiaq)
    reader = Reader()

    def held_by_an_instance() -> None:
        address = reader.filled_in("198.51.100.7")
        instance = cloud.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        cloud.settle()
        cloud.ec2.associate_address(InstanceId=instance, PublicIp=address)

    run_page(asiaq, reader, examples("eip"), {"asiaq eip list": held_by_an_instance})
    assert cloud.ec2.describe_addresses()["Addresses"] == []


def at_terminal(asiaq: Asiaq, line: str, question: str, answer: str) -> tuple[int, str]:
    """Runs a line at a terminal of its own and answers what is asked; status and what was to be seen."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(asiaq.folder)
        os.execvpe("bash", ["bash", "-c", line], asiaq.environment)
    said = b""
    while question.encode() not in said:
        assert select.select([terminal], [], [], LIMIT_SECONDS)[0], said
        said += os.read(terminal, 1000)
    os.write(terminal, f"{answer}\n".encode())
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return status, said.decode()


def test_what_all_tools_have_in_common(cloud: Cloud, asiaq: Asiaq) -> None:
    with_sample(asiaq)
    page = examples("asiaq")
    (with_role,) = [example for example in page if example.line.startswith("AWS_PROFILE=production ")]
    keys = asiaq.write("keys-of", '#!/bin/sh\nprintf \'{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}\' '
                       f"{' '.join(cloud.keys)}\n")  # fmt: skip
    keys.chmod(0o755)
    profiles = block_after("asiaq", "[profile base]")
    assert "/usr/local/bin/keys-of" in profiles
    asiaq.write(".aws/config", profiles.replace("/usr/local/bin/keys-of", str(keys)))
    asiaq.write(".aws/credentials", "[default]\naws_access_key_id={}\naws_secret_access_key={}\n".format(*cloud.keys))
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del asiaq.environment[variable]

    others = [example for example in page if example is not with_role]
    for example in others:
        if example.output is not None:
            example.output = [line.replace("/home/me", str(asiaq.folder)) for line in example.output]
    run_page(asiaq, Reader(), others, {})

    assert with_role.output is not None
    status, said = at_terminal(asiaq, f"{with_role.line} >vpcs", with_role.output[0].strip(), "123456")
    assert (status, said.strip()) == (0, with_role.output[0].strip())
    assert [request.operation for request in cloud.requests()][-2:] == ["AssumeRole", "DescribeVpcs"]
    # As the page says, a second command does not ask.
    cloud.forget_requests()
    assert printed(asiaq, with_role.line)[0] == 0
    assert [request.operation for request in cloud.requests()] == ["DescribeVpcs"]
