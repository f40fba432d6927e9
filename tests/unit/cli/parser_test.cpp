#include "cli/parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "sample_tool.h"

namespace asiaq::cli {
namespace {

/// What was understood, in one line: the command, its assignments in order, the settings; or the
/// error.
std::string understood(const Tool& tool, const std::vector<std::string>& line) {
  try {
    const ParsedLine parsed = parse(tool, line);
    std::string text = parsed.command != nullptr ? parsed.command->word : "(tool)";
    if (parsed.wants_help) return text + " help";
    for (const Assignment& assignment : parsed.assignments) {
      const OptionRecord& option = parsed.command->options.at(assignment.option);
      text += " " + option.name;
      if (option.kind != ValueKind::flag) text += "=" + assignment.value;
    }
    const Settings& settings = parsed.settings;
    if (settings.environment) text += " env:" + *settings.environment;
    if (settings.debug) text += " debug";
    if (settings.dry_run) text += " dry-run";
    if (settings.yes) text += " yes";
    if (settings.stats) text += " stats";
    if (settings.output == OutputFormat::json) text += " json";
    if (settings.timeout) text += fmt::format(" timeout:{}", settings.timeout->count());
    return text;
  } catch (const CommandLineError& error) {
    return fmt::format("error{}: {}",
                       error.command() != nullptr ? " in " + error.command()->word : "",
                       error.reason());
  }
}

struct LineCase {
  std::vector<std::string> line;
  std::string meaning;
};

void PrintTo(const LineCase& tested, std::ostream* stream) {  // NOLINT: named by GoogleTest
  *stream << join(tested.line, " ");
}

std::string name_of(const testing::TestParamInfo<LineCase>& tested) {
  return "Case" + std::to_string(tested.index);
}

class SubCommandDialect : public testing::TestWithParam<LineCase> {};

TEST_P(SubCommandDialect, Understands) {
  EXPECT_EQ(understood(sample_sub_command_tool(), GetParam().line), GetParam().meaning)
      << "for the line: " << join(GetParam().line, " ");
}

INSTANTIATE_TEST_SUITE_P(
    Values, SubCommandDialect,
    testing::Values(
        LineCase{{"provision"}, "provision"},
        LineCase{{"provision", "--ami", "a"}, "provision --ami=a"},
        LineCase{{"provision", "--ami=a"}, "provision --ami=a"},
        LineCase{{"provision", "--ami="}, "provision --ami="},
        LineCase{{"provision", "--ami", ""}, "provision --ami="},
        LineCase{{"provision", "--ami=a=b"}, "provision --ami=a=b"},
        LineCase{{"provision", "--ami", "terminate"}, "provision --ami=terminate"},
        LineCase{{"provision", "--iops", "-5"}, "provision --iops=-5"},
        LineCase{{"provision", "--level", "-.5"}, "provision --level=-.5"},
        LineCase{{"provision", "--ami", "-"}, "provision --ami=-"},
        LineCase{{"provision", "--ami=--x"}, "provision --ami=--x"},
        LineCase{{"provision", "--ami", "-x y"}, "provision --ami=-x y"},
        LineCase{{"provision", "--ami", "-x"},
                 "error in provision: argument --ami: expected a value"},
        LineCase{{"provision", "--ami", "--testing"},
                 "error in provision: argument --ami: expected a value"},
        LineCase{{"provision", "--ami"}, "error in provision: argument --ami: expected a value"},
        LineCase{{"provision", "--testing=yes"},
                 "error in provision: argument --testing: takes no value, but got 'yes'"},
        LineCase{{"provision", "--iops", "ten"},
                 "error in provision: argument --iops: 'ten' is not an integer"},
        LineCase{{"provision", "--iops", "1.5"},
                 "error in provision: argument --iops: '1.5' is not an integer"},
        LineCase{{"provision", "--level", "x"},
                 "error in provision: argument --level: 'x' is not a number"},
        LineCase{{"listhosts", "--stage", "x"},
                 "error in listhosts: argument --stage: invalid choice: 'x' (choose from tested, "
                 "untested)"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Places, SubCommandDialect,
    testing::Values(LineCase{{"--env", "ci", "listhosts"}, "listhosts env:ci"},
                    LineCase{{"listhosts", "--env", "ci"}, "listhosts env:ci"},
                    LineCase{{"listhosts", "--environment", "ci"}, "listhosts env:ci"},
                    LineCase{{"--state", "listhosts"}, "listhosts --state"},
                    LineCase{{"--ami", "a", "provision"}, "provision --ami=a"},
                    LineCase{{"--hostname", "h", "terminate"}, "terminate --hostname=h"},
                    LineCase{{"--hostname", "listhosts"}, "listhosts --hostname"},
                    LineCase{{"--env", "exec", "listhosts"}, "listhosts env:exec"},
                    LineCase{{"--debug", "--truncate", "listhosts"}, "listhosts debug"},
                    LineCase{{"--", "listhosts"}, "listhosts"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Abbreviations, SubCommandDialect,
    testing::Values(
        LineCase{{"provision", "--hostc", "a"}, "provision --hostclass=a"},
        LineCase{{"provision", "--hostc=a"}, "provision --hostclass=a"},
        LineCase{{"provision", "--d", "1"}, "provision --desired-size=1"},
        LineCase{{"provision", "--t"}, "provision --testing"},
        LineCase{{"provision", "--dr"}, "provision dry-run"},
        LineCase{{"provision", "--dryrun"}, "provision dry-run"},
        LineCase{{"provision", "--dry-run"}, "provision dry-run"},
        LineCase{{"--d", "provision"}, "provision debug"},
        LineCase{{"provision", "--deb"}, "provision debug"},
        LineCase{{"provision", "--e", "ci"}, "provision env:ci"},
        LineCase{{"listhosts", "--sta"},
                 "error in listhosts: ambiguous option: --sta could be --state, --stage"},
        LineCase{{"listhosts", "--stat"}, "listhosts --state"},
        LineCase{{"listhosts", "--stats"}, "listhosts stats"},
        LineCase{{"listhosts", "--ho"}, "listhosts --hostname"},
        LineCase{{"listhosts", "--h"},
                 "error in listhosts: ambiguous option: --h could be --hostname, --help"},
        LineCase{{"listhosts", "--he"}, "listhosts help"},
        LineCase{{"list"},
                 "error: invalid choice: 'list' (choose from provision, terminate, exec, "
                 "listhosts, get)"},
        LineCase{{"provision", "-a", "x"}, "error in provision: unrecognized argument: -a"},
        LineCase{
            {"provision", "--hosclass", "x"},
            "error in provision: unrecognized argument: --hosclass (did you mean --hostclass?)"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Repeats, SubCommandDialect,
    testing::Values(LineCase{{"provision", "--ami", "a", "--ami", "b"},
                             "provision --ami=a --ami=b"},
                    LineCase{{"--env", "a", "listhosts", "--env", "b"}, "listhosts env:b"},
                    LineCase{{"terminate", "--instance", "a", "--instance", "b"},
                             "terminate --instance=a --instance=b"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Rules, SubCommandDialect,
    testing::Values(
        LineCase{{"terminate"},
                 "error in terminate: one of the arguments --instance --hostname is required"},
        LineCase{{"terminate", "--instance", "a", "--hostname", "b"},
                 "error in terminate: argument --hostname: not allowed with argument --instance"},
        LineCase{{"exec", "--command", "c"}, "exec --command=c"},
        LineCase{{"exec", "-c", "x"}, "exec --command=x"},
        LineCase{{"exec", "-cx"}, "exec --command=x"},
        LineCase{{"exec", "--command", "c", "--instance", "a", "--hostname", "b"},
                 "error in exec: argument --hostname: not allowed with argument --instance"},
        LineCase{{"exec"}, "error in exec: argument --command is required"},
        LineCase{{"--bucket", "b", "get", "--key", "k"}, "get --bucket=b --key=k"},
        LineCase{{"--bucket", "b", "--env", "e", "get", "--key", "k"},
                 "error in get: argument --bucket: not allowed with argument --env"},
        LineCase{{"listhosts", "extra"}, "error in listhosts: unrecognized arguments: extra"},
        LineCase{{"listhosts", "--", "--state"},
                 "error in listhosts: unrecognized arguments: --state"},
        LineCase{{"listhosts", "-5"}, "error in listhosts: unrecognized arguments: -5"},
        LineCase{{"listhosts", "--yes"}, "error in listhosts: unrecognized argument: --yes"},
        LineCase{{"exec", "--command", "c", "--dry-run"},
                 "error in exec: unrecognized argument: --dry-run"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Shared, SubCommandDialect,
    testing::Values(
        LineCase{{"provision", "--yes", "--output", "json", "--timeout", "1h30m", "--stats"},
                 "provision yes stats json timeout:5400"},
        LineCase{{"listhosts", "--output", "xml"},
                 "error in listhosts: argument --output: invalid choice: 'xml' (choose from text, "
                 "json)"},
        LineCase{{"provision", "--timeout", "soon"},
                 "error in provision: argument --timeout: 'soon' is not a time such as 90s, 45m or "
                 "1h30m"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Commands, SubCommandDialect,
    testing::Values(
        LineCase{{},
                 "error: too few arguments: a command is needed, one of provision, terminate, "
                 "exec, listhosts, get"},
        LineCase{{"--debug"},
                 "error: too few arguments: a command is needed, one of provision, terminate, "
                 "exec, listhosts, get"},
        LineCase{{"--env"}, "error: argument --env: expected a value"},
        LineCase{{"listhost"},
                 "error: invalid choice: 'listhost' (choose from provision, terminate, exec, "
                 "listhosts, get); did you mean listhosts?"},
        LineCase{{"--bogus", "listhosts"}, "error: unrecognized argument: --bogus"},
        LineCase{{"--help"}, "(tool) help"}, LineCase{{"-h"}, "(tool) help"},
        LineCase{{"--env", "ci", "--help"}, "(tool) help"},
        LineCase{{"exec", "--help"}, "exec help"}, LineCase{{"exec", "-h"}, "exec help"},
        LineCase{{"exec", "--bogus", "--help"}, "exec help"},
        LineCase{{"exec", "--command", "--help"}, "exec help"},
        LineCase{{"exec", "--", "--help"}, "error in exec: unrecognized arguments: --help"}),
    name_of);

class UsageDialect : public testing::TestWithParam<LineCase> {};

TEST_P(UsageDialect, Understands) {
  EXPECT_EQ(understood(sample_usage_tool(), GetParam().line), GetParam().meaning)
      << "for the line: " << join(GetParam().line, " ");
}

INSTANTIATE_TEST_SUITE_P(
    Lines, UsageDialect,
    testing::Values(
        LineCase{{"list-records", "--env", "ci"}, "list-records env:ci"},
        LineCase{{"--env", "ci", "list-records"}, "list-records env:ci"},
        LineCase{{"--environment", "ci", "list-records"}, "list-records env:ci"},
        LineCase{{"list-records", "--zone", "-x"}, "list-records --zone=-x"},
        LineCase{{"list-records", "--zone", "--help"}, "list-records --zone=--help"},
        LineCase{{"list-records", "--zone=-x"}, "list-records --zone=-x"},
        LineCase{{"list-records", "--z", "a"}, "list-records --zone=a"},
        LineCase{{"list-records", "--zone"},
                 "error in list-records: argument --zone: expected a value"},
        LineCase{{"list-records", "--zone", "a", "--zone", "b"},
                 "error in list-records: argument --zone: may be given only once"},
        LineCase{{"--debug", "list-records", "--debug"},
                 "error in list-records: argument --debug: may be given only once"},
        LineCase{{"list-records", "--"},
                 "error in list-records: ambiguous option: -- could be "
                 "--zone, --debug, --environment, --help"},
        LineCase{{"create-record", "z", "n", "v"}, "create-record ZONE=z NAME=n VALUE=v"},
        LineCase{{"create-record", "z", "--dry-run", "n", "v", "w"},
                 "create-record ZONE=z NAME=n VALUE=v VALUE=w dry-run"},
        LineCase{{"create-record", "z", "n"},
                 "error in create-record: too few arguments: VALUE is missing"},
        LineCase{{"list-records", "--help"}, "list-records help"},
        LineCase{{"bogus"},
                 "error: invalid choice: 'bogus' (choose from list-records, create-record)"}),
    name_of);

class PlainDialect : public testing::TestWithParam<LineCase> {};

TEST_P(PlainDialect, Understands) {
  EXPECT_EQ(understood(sample_plain_tool(), GetParam().line), GetParam().meaning)
      << "for the line: " << join(GetParam().line, " ");
}

INSTANTIATE_TEST_SUITE_P(
    Lines, PlainDialect,
    testing::Values(LineCase{{}, ""}, LineCase{{"--level", "2.5"}, " --level=2.5"},
                    LineCase{{"--env", "ci", "--dry"}, " env:ci dry-run"},
                    LineCase{{"word"}, "error in : unrecognized arguments: word"},
                    LineCase{{"--help"}, " help"}),
    name_of);

}  // namespace
}  // namespace asiaq::cli
