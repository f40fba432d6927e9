"""What all commands have in common: names, usage errors, configuration, environment, output."""

import os
import subprocess

import pytest

MAIN = """
[disco_aws]
project_name=acme
default_environment=ci
default_size@ci=3

[mhcx]
eip=5.5.5.5
eip@staging=1.3.3.7
who=nobody
who@ci=ci
who@build=build
who@qa=qa
"""

TOOLS = ["disco_autoscale", "disco_aws", "disco_bake", "disco_creds", "disco_eip", "disco_ssh", "disco_vpc_ui"]


def lookup(option, *environment):
    return ["disco_aws.py", *environment, "gethostclassoption", "--hostclass", "mhcx", "--option", option]


@pytest.mark.parametrize("tool", TOOLS)
def test_scenario_1_help_needs_neither_configuration_nor_credentials(asiaq, tool):
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_ENDPOINT_URL": ""}
    for name in (tool, tool + ".py"):
        done = asiaq(name, "--help", **nothing)
        assert (done.returncode, done.stderr) == (0, ""), name
        assert name in done.stdout


def test_scenario_1_a_missing_configuration_is_named_with_its_path(asiaq, endpoint):
    done = asiaq(*lookup("x"))
    assert done.returncode == 1
    assert done.stderr.startswith("ERROR AsiaqConfig: config path not found: ./disco_aws.ini")
    done = asiaq(*lookup("x"), ASIAQ_CONFIG="/nonexistent")
    assert done.returncode == 1
    assert "/nonexistent/disco_aws.ini" in done.stderr
    done = asiaq("disco_aws.py", "listhosts")
    assert done.returncode == 1 and "config path not found: ./disco_aws.ini" in done.stderr
    assert endpoint.connections == 0


@pytest.mark.parametrize("tool, line, reason", [
    ("aws", [], "too few arguments"),
    ("aws", ["bogus"], "invalid choice: 'bogus'"),
    ("aws", ["gethostclassoption", "--hostclass", "x"], "argument --option is required"),
    ("vpc", ["destroy"], "one of the arguments --name --vpc-id is required"),
    ("vpc", ["destroy", "--name", "a", "--vpc-id", "vpc-1"], "not allowed with argument"),
    ("vpc", ["create", "--name", "a", "--type", "b", "--timeout", "soon"], "'soon' is not a time"),
    ("creds", ["set", "--key", "k"], "is required"),
    ("creds", ["--bucket", "b", "--env", "e", "list"], "not allowed with argument"),
])
def test_scenarios_2_and_3_usage_errors_end_with_2_before_any_call(asiaq, endpoint, tool, line, reason):
    legacy = {"vpc": "disco_vpc_ui.py"}.get(tool, f"disco_{tool}.py")
    for name in ([legacy], ["asiaq", tool]):
        done = asiaq(*name, *line)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"usage: {' '.join(name)}")
        assert reason in done.stderr
    assert endpoint.connections == 0


def test_usage_errors_of_the_other_dialect_end_with_1(asiaq):
    done = asiaq("disco_ssh.py")
    assert done.returncode == 1
    assert done.stderr.startswith("Usage:\n    disco_ssh.py ")


def test_an_unknown_tool_is_a_usage_error_with_a_suggestion(asiaq):
    done = asiaq("asiaq", "vcp", "list")
    assert done.returncode == 2
    assert "did you mean vpc?" in done.stderr


def test_scenario_4_options_may_be_written_for_an_environment(asiaq):
    asiaq.write("disco_aws.ini", MAIN)
    assert asiaq.ok(*lookup("eip", "--env", "staging")) == "1.3.3.7\n"
    assert asiaq.ok(*lookup("eip", "--env", "ci")) == "5.5.5.5\n"
    assert asiaq.ok(*lookup("size")) == "3\n"
    assert "no such option" in asiaq.ok(*lookup("nothing"))


def test_scenario_5_the_environment_is_chosen_by_option_variable_configuration(asiaq):
    asiaq.write("disco_aws.ini", MAIN)
    assert asiaq.ok(*lookup("who")) == "ci\n"
    assert asiaq.ok(*lookup("who"), DEFAULT_ENV="build") == "build\n"
    assert asiaq.ok(*lookup("who", "--env", "qa"), DEFAULT_ENV="build") == "qa\n"
    assert asiaq.ok(*lookup("who"), DEFAULT_ENV="") == "ci\n"


def test_scenario_6_bad_files_are_reported_in_one_line_with_their_places(asiaq, endpoint):
    asiaq.write("disco_aws.ini", "[disco_aws]\nno separator\n=no name\n")
    done = asiaq(*lookup("x"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "./disco_aws.ini:2: " in done.stderr and "./disco_aws.ini:3: " in done.stderr
    asiaq.write("disco_aws.ini", "[disco_aws]\ndefault_environment=ci\n[mhcx]\nx=%(nope)s\n")
    done = asiaq(*lookup("x"))
    assert done.returncode == 1
    assert "./disco_aws.ini:4: option 'x' in section 'mhcx'" in done.stderr
    assert endpoint.connections == 0


@pytest.mark.parametrize("written, read", [
    ("..  ; note", ".."), ("a;b", "a;b"), ("a # b", "a # b"), ("100%", "100%"), ("%(y)s-1", "2-1"), ('""', ""),
    ("a;b ; c", "a;b ; c"), ("a\n  # more\n  b", "a\n# more\nb"),
])
def test_scenario_6_values_are_read_by_the_rules_of_the_dialect(asiaq, written, read):
    asiaq.write("disco_aws.ini", f"[disco_aws]\ndefault_environment=ci\n[mhcx]\ny=2\nx={written}\n")
    assert asiaq.ok(*lookup("x")) == read + "\n"


def test_scenario_6_sections_merge_and_names_of_options_have_no_case(asiaq):
    asiaq.write("disco_aws.ini", "[disco_aws]\ndefault_environment=Env\n[mhcx]\nKey@Env=v\na=1\n[mhcy]\na=9\n"
                "[mhcx]\nb=2\na=3\n")
    assert [asiaq.ok(*lookup(option)) for option in ("key", "KEY", "a", "b")] == ["v\n", "v\n", "3\n", "2\n"]


def test_a_closed_pipe_is_taken_quietly(asiaq):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(["asiaq", "help"], env=asiaq.environment, cwd=asiaq.folder, stdout=writing,
                          stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_under_the_results_is_an_error(asiaq):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(["asiaq", "help"], env=asiaq.environment, cwd=asiaq.folder, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert done.stderr == b"ERROR Output: cannot write results: No space left on device\n"


def test_completion_knows_every_name(asiaq):
    script = asiaq.ok("asiaq", "completion", "bash")
    asked = ("COMP_WORDS=(disco_vpc_ui.py cr); COMP_CWORD=1; _asiaq; echo ${COMPREPLY[@]};"
             "COMP_WORDS=(asiaq vpc create --ty); COMP_CWORD=3; _asiaq; echo ${COMPREPLY[@]}")
    assert asiaq.ok("bash", "-c", script + asked) == "create\n--type\n"


def test_the_manual_of_all_tools_is_in_the_program(asiaq):
    for page in ("asiaq", "bake", "creds"):
        assert asiaq.ok("asiaq", "help", page).startswith("# asiaq" if page == "asiaq" else f"# asiaq {page}")
    assert asiaq.ok("asiaq", "help", "vpc", "create").startswith("usage: asiaq vpc create ")
