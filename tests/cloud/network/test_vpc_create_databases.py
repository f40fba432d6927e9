"""asiaq vpc create and the databases of disco_rds.ini."""

from __future__ import annotations

import json
import re
import signal

import pytest
from data_services import DataServices
from kill_switch import run_and_interrupt

from .conftest import Asiaq, Cloud, counts, name_of, tags_of

VPC = "disco_vpc_ui.py"
BUCKET = "us-west-2.acme.credentials.demo"
FOODB = """
[demo-foodb]
engine=postgres
engine_version=15.4
db_instance_class=db.t3.micro
allocated_storage=20
master_username=root
"""


@pytest.fixture
def data(cloud: Cloud, sandbox: Asiaq) -> DataServices:
    """A zone, a credential bucket with one password, and one database in the configuration."""
    network = (sandbox.folder / "disco_vpc.ini").read_text()
    sandbox.write("disco_vpc.ini", f"{network}credential_buckets=demo\n")
    sandbox.write("disco_aws.ini", "[disco_aws]\nproject_name=acme\ndefault_domain_name=example.com\n")
    sandbox.write("disco_rds.ini", FOODB)
    cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    set_password(cloud, "rds/foodb/master_user_password")
    return DataServices(cloud)


def set_password(cloud: Cloud, key: str, value: str = "a-long-secret\n") -> None:
    cloud.client("s3").put_object(Bucket=BUCKET, Key=key, Body=value.encode())


def create(asiaq: Asiaq, *more: str) -> str:
    return asiaq.ok(VPC, "create", "--name", "demo", "--type", "sandbox", *more)


def refusal(cloud: Cloud, asiaq: Asiaq, section: str) -> str:
    """What is said of a section, before anything is made."""
    asiaq.write("disco_rds.ini", section)
    error = asiaq.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert not cloud.writes() and cloud.vpcs_named("demo") == []
    return error


def tags_of_database(data: DataServices, name: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in data.database(name)["TagList"]}


def test_scenario_10_a_database_comes_with_its_groups_and_its_name(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    sandbox.write("rds/engine_specific/foodb.ini", "[demo]\nmax_connections=200\nlog_statement=all\n[other]\nx=1\n")
    create(sandbox)
    database = data.database("demo-foodb")
    assert database["DBInstanceStatus"] == "available" and database["Engine"] == "postgres"
    assert (database["EngineVersion"], database["DBInstanceClass"], database["AllocatedStorage"]) == ("15.4", "db.t3.micro", 20)
    assert database["MultiAZ"] and database["StorageEncrypted"] and database["AutoMinorVersionUpgrade"]
    assert not database["PubliclyAccessible"] and database["Endpoint"]["Port"] == 5432
    assert database["MasterUsername"] == "root" and database["LicenseModel"] == "postgresql-license"
    assert database["BackupRetentionPeriod"] == 1
    assert [g["VpcSecurityGroupId"] for g in database["VpcSecurityGroups"]] == [data.group("demo")]
    assert tags_of_database(data, "demo-foodb") == {"environment": "demo", "db-name": "foodb", "productline": "unknown"}
    (subnets,) = data.rds.describe_db_subnet_groups()["DBSubnetGroups"]
    assert subnets["DBSubnetGroupName"] == "demo-foodb" and subnets["DBSubnetGroupDescription"] == "Subnet Group for VPC demo"
    vpc = cloud.vpc("demo")
    intranet = {s["SubnetId"] for n, s in cloud.subnets(vpc["VpcId"]).items() if n.startswith("demo_intranet_")}
    assert {s["SubnetIdentifier"] for s in subnets["Subnets"]} == intranet and len(intranet) == 4
    assert [g["DBParameterGroupName"] for g in database["DBParameterGroups"]] == ["demo-foodb"]
    (group,) = data.rds.describe_db_parameter_groups(DBParameterGroupName="demo-foodb")["DBParameterGroups"]
    assert (group["DBParameterGroupFamily"], group["Description"]) == ("postgres15", "Custom params-demo-foodb")
    parameters = data.rds.describe_db_parameters(DBParameterGroupName="demo-foodb")["Parameters"]
    assert {p["ParameterName"]: (p["ParameterValue"], p["ApplyMethod"]) for p in parameters} == {
        "max_connections": ("200", "pending-reboot"), "log_statement": ("all", "pending-reboot")}
    assert data.records() == {"demo-foodb.example.com.": database["Endpoint"]["Address"]}
    assert "asiaq:creating" not in tags_of(vpc)


def test_options_of_a_section(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    set_password(cloud, "rds/demo-bardb/master_user_password")
    sandbox.write("disco_rds.ini", """
[demo-bardb]
engine=oracle-se2
engine_version=19.0.0.0
db_instance_class=db.m5.large
allocated_storage=100
iops=1000
master_username=root
multi_az=no
storage_encrypted=False
publicly_accessible=yes
auto_minor_version_upgrade=no
port=1999
license_model=license-included
character_set_name=AL32UTF8
backup_retention_period=7
preferred_backup_window=03:00-03:30
preferred_maintenance_window=sat:05:00-sat:06:00
product_line=shop
""")
    create(sandbox)
    database = data.database("demo-bardb")
    assert not (database["MultiAZ"] or database["StorageEncrypted"] or database["AutoMinorVersionUpgrade"])
    assert database["PubliclyAccessible"] and database["Endpoint"]["Port"] == 1999 and database["Iops"] == 1000
    assert database["LicenseModel"] == "license-included" and database["CharacterSetName"] == "AL32UTF8"
    assert database["BackupRetentionPeriod"] == 7 and database["PreferredBackupWindow"] == "03:00-03:30"
    assert database["PreferredMaintenanceWindow"] == "sat:05:00-sat:06:00"
    assert tags_of_database(data, "demo-bardb")["productline"] == "shop"
    (group,) = data.rds.describe_db_parameter_groups(DBParameterGroupName="demo-bardb")["DBParameterGroups"]
    assert group["DBParameterGroupFamily"] == "oracle-se2-19"


def test_sections_of_other_environments_are_theirs(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    two = FOODB.replace("demo-foodb", "demo-two-foodb")
    named = FOODB.replace("demo-foodb", "demo-named-foodb")
    other = FOODB.replace("demo-foodb", "other-foodb").replace("allocated_storage=20", "allocated_storage=nonsense")
    network = (sandbox.folder / "disco_vpc.ini").read_text()
    sandbox.write("disco_vpc.ini", network + "[env:demo-named]\nvpc_cidr=10.102.0.0/16\n")
    sandbox.write("disco_rds.ini", "")
    sandbox.ok(VPC, "create", "--name", "demo-two", "--type", "sandbox")
    sandbox.write("disco_rds.ini", FOODB + two + named + other)
    create(sandbox)
    assert data.databases() == ["demo-foodb"]


def test_without_the_file_nothing_is_asked(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    assert not [r for r in cloud.requests() if r.service in ("rds", "route53", "s3")]


def test_the_plan_shows_the_databases_and_no_secret(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    cloud.forget_requests()
    text = create(sandbox, "--dry-run")
    for line in ("would create    database subnet group demo-foodb\n",
                 "would create    database parameter group demo-foodb\n      family postgres15\n",
                 "would create    database demo-foodb\n      postgres 15.4 on db.t3.micro, 20 GB\n",
                 "would create    DNS record demo-foodb.example.com.\n      leading to database demo-foodb\n"):
        assert line in text, text
    assert not cloud.writes()
    logged = sandbox(VPC, "--debug", "create", "--name", "demo", "--type", "sandbox")
    assert logged.returncode == 0 and "a-long-secret" not in text + logged.stdout + logged.stderr


@pytest.mark.parametrize(("section", "said"), [
    (FOODB.replace("engine=postgres\n", ""), "no option 'engine' in section 'demo-foodb'"),
    (FOODB.replace("=20", "=twenty"), "twenty"),
    (FOODB.replace("=20", "=0"), "0 is not between 1 and"),
    (FOODB + "backup_retention_period=36\n", "36 is not between 0 and 35"),
    (FOODB.replace("engine=postgres", "engine=mysql"), "no option 'port' in section 'demo-foodb'"),
    (FOODB.replace("demo-foodb", "demo-foo_db"), "section [demo-foo_db]"),
    (FOODB + FOODB.replace("foodb", "FooDB"), "about the same database"),
    (FOODB.replace("foodb", "bardb"), f"neither rds/demo-bardb/master_user_password nor rds/bardb/master_user_password in bucket {BUCKET}"),
])  # fmt: skip
def test_what_is_wrong_is_refused_before_the_first_write(cloud: Cloud, sandbox: Asiaq, data: DataServices,
                                                         section: str, said: str) -> None:
    assert said in refusal(cloud, sandbox, section)


def test_a_zone_a_bucket_and_a_metanetwork_are_needed_beforehand(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.dns.delete_hosted_zone(Id=data.zone)
    assert "there is no hosted zone example.com" in refusal(cloud, sandbox, FOODB)
    network = (sandbox.folder / "disco_vpc.ini").read_text()
    sandbox.write("disco_vpc.ini", network.replace("credential_buckets=demo", ""))
    assert "credential_buckets" in refusal(cloud, sandbox, FOODB)
    sandbox.write("disco_vpc.ini", network.replace("intranet_cidr=10.101.0.0/20\n", "")
                  .replace("intranet_sg_rules=tcp all 0:65535, udp intranet 0:65535, tcp dmz 2181\n", ""))
    assert "no metanetwork intranet" in refusal(cloud, sandbox, FOODB)


def test_without_a_domain_there_is_no_record(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    sandbox.write("disco_aws.ini", "[disco_aws]\nproject_name=acme\n")
    create(sandbox)
    assert data.databases() == ["demo-foodb"] and data.records() == {}


def test_a_namesake_in_another_vpc_is_refused(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    vpc = cloud.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [cloud.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{i}.0/24", AvailabilityZone=f"us-west-2{z}")["Subnet"]
               ["SubnetId"] for i, z in enumerate("ab")]
    data.rds.create_db_subnet_group(DBSubnetGroupName="x", DBSubnetGroupDescription="x", SubnetIds=subnets)
    data.rds.create_db_instance(DBInstanceIdentifier="demo-foodb", DBInstanceClass="db.t3.micro", Engine="postgres",
                                MasterUsername="root", MasterUserPassword="a-long-secret", AllocatedStorage=20,
                                DBSubnetGroupName="x")
    assert f"exists already, in VPC {vpc}" in refusal(cloud, sandbox, FOODB)


def test_a_destroyed_environment_comes_back_with_its_data(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    create(sandbox)
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert data.databases() == [] and data.records() == {}
    sandbox.write("disco_rds.ini", FOODB.replace("=20", "=50") + "backup_retention_period=9\n")
    text = create(sandbox, "--dry-run")
    assert "      from snapshot demo-foodb-final-snapshot\n" in text
    cloud.forget_requests()

    create(sandbox)

    calls = counts(cloud.writes())
    assert calls["RestoreDBInstanceFromDBSnapshot"] == 1 and "CreateDBInstance" not in calls
    assert calls["ModifyDBInstance"] == 1 and "RebootDBInstance" not in calls
    database = data.database("demo-foodb")
    assert database["AllocatedStorage"] == 50 and database["BackupRetentionPeriod"] == 9
    assert [g["VpcSecurityGroupId"] for g in database["VpcSecurityGroups"]] == [data.group("demo")]
    assert database["DBSubnetGroup"]["VpcId"] == cloud.vpc("demo")["VpcId"]
    assert data.records() == {"demo-foodb.example.com.": database["Endpoint"]["Address"]}
    assert data.snapshots() == {"demo-foodb-final-snapshot": "demo-foodb"}


def test_killed_after_restoring_the_section_still_counts(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    create(sandbox)
    sandbox.ok(VPC, "destroy", "--name", "demo")
    sandbox.write("disco_rds.ini", FOODB.replace("=20", "=50"))
    command = ("asiaq", "vpc", "create", "--name", "demo", "--type", "sandbox")
    killed = run_and_interrupt(cloud, sandbox, command, lambda call: call.operation == "RestoreDBInstanceFromDBSnapshot",
                               signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL and data.databases() == ["demo-foodb"]
    assert "asiaq:creating" in tags_of(cloud.vpc("demo"))
    create(sandbox)
    database = data.database("demo-foodb")
    assert database["AllocatedStorage"] == 50
    assert data.records() == {"demo-foodb.example.com.": database["Endpoint"]["Address"]}
    assert "asiaq:creating" not in tags_of(cloud.vpc("demo"))


@pytest.mark.parametrize("operation", ["CreateDBSubnetGroup", "ModifyDBParameterGroup", "CreateDBInstance",
                                       "ChangeResourceRecordSets"])
def test_an_interrupted_run_is_completed(cloud: Cloud, sandbox: Asiaq, data: DataServices, operation: str) -> None:
    sandbox.write("rds/engine_specific/foodb.ini", "[demo]\nmax_connections=200\n")
    cloud.fault({"operation": operation, "error": "AccessDenied"})
    error = sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert "run the same command again" in error
    cloud.heal()
    create(sandbox)
    assert data.databases() == data.database_subnet_groups() == data.parameter_groups() == ["demo-foodb"]
    assert list(data.records()) == ["demo-foodb.example.com."]
    assert [name_of(vpc) for vpc in cloud.vpcs_named("demo")] == ["demo"]


def test_an_update_of_an_unfinished_environment_makes_its_databases(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    cloud.fault({"operation": "CreateDBInstance", "error": "AccessDenied"})
    sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    cloud.heal()
    sandbox.ok(VPC, "update", "--name", "demo")
    assert data.databases() == ["demo-foodb"] and "asiaq:creating" not in tags_of(cloud.vpc("demo"))


def test_a_lost_answer_makes_no_second_database(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    cloud.fault({"operation": "CreateDBInstance", "drop": "after", "times": 1},
                {"operation": "CreateDBSubnetGroup", "drop": "after", "times": 1})
    create(sandbox)
    assert data.databases() == ["demo-foodb"] and cloud.struck() == [1, 1]


def test_a_database_that_rds_cannot_make_is_named_at_once(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    cloud.fault({"operation": "DescribeDBInstances", "states": ",".join(["incompatible-network"] * 9), "field": "DBInstanceStatus"})
    error = sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert re.search(r"database demo-foodb to have an address: \S+ is incompatible-network \(RDS says why", error)


def test_groups_of_earlier_times_are_replaced(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    vpc = cloud.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnets = [cloud.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{i}.0/24", AvailabilityZone=f"us-west-2{z}")["Subnet"]
               ["SubnetId"] for i, z in enumerate("ab")]
    data.rds.create_db_subnet_group(DBSubnetGroupName="demo-foodb", DBSubnetGroupDescription="x", SubnetIds=subnets)
    data.rds.create_db_parameter_group(DBParameterGroupName="demo-foodb", DBParameterGroupFamily="postgres9.6", Description="x")
    create(sandbox)
    assert data.database("demo-foodb")["DBSubnetGroup"]["VpcId"] == cloud.vpc("demo")["VpcId"]
    (group,) = data.rds.describe_db_parameter_groups(DBParameterGroupName="demo-foodb")["DBParameterGroups"]
    assert group["DBParameterGroupFamily"] == "postgres15"


def test_databases_are_made_at_the_same_time_and_shown_as_json(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    names = [f"db{number}" for number in range(3)]
    for name in names:
        set_password(cloud, f"rds/{name}/master_user_password")
    sandbox.write("disco_rds.ini", "".join(FOODB.replace("foodb", name) for name in names))
    changes = json.loads(sandbox.ok("asiaq", "vpc", "create", "--name", "demo", "--type", "sandbox", "--dry-run",
                                    "--output", "json"))
    databases = [i for i, change in enumerate(changes) if change["kind"] == "database"]
    assert [changes[i]["name"] for i in databases] == [f"demo-{name}" for name in names]
    # None waits for another.
    assert not any(set(changes[i]["after"]) & set(databases) for i in databases)
    create(sandbox)
    assert data.databases() == [f"demo-{name}" for name in names] and len(data.records()) == 3
