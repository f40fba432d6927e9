// The tables in who_signs/: what is written where, and whose keys sign then.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "aws/session_parts.h"
#include "base/log.h"
#include "base/text.h"
#include "support/aws_session.h"
#include "support/fake_identity_services.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

struct Row {
  std::string name;
  Variables variables;
  std::vector<std::pair<std::string, std::string>> files;  ///< below the home folder
  std::optional<std::string> typed;
  std::vector<std::string> warnings;
  std::optional<std::string> asked;
  std::string outcome;
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

std::optional<std::string> behind(const std::string& line, const std::string& word) {
  if (!line.starts_with(word)) return std::nullopt;
  return std::string(trimmed(std::string_view(line).substr(word.size())));
}

void read_line(const std::string& line, Row& row) {
  if (const auto outcome = behind(line, "-> ")) {
    row.outcome = *outcome;
  } else if (const auto warning = behind(line, "warning:")) {
    row.warnings.push_back(*warning);
  } else if (const auto asked = behind(line, "asked:")) {
    row.asked = *asked;
  } else if (const auto typed = behind(line, "typed:")) {
    row.typed = *typed;
  } else if (const auto file = behind(line, "~/")) {
    row.files.emplace_back(*file, "");
  } else if (line.starts_with("    ") || line.empty()) {
    if (!row.files.empty() && row.outcome.empty())
      row.files.back().second += (line.empty() ? "" : line.substr(4)) + "\n";
  } else {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) throw std::runtime_error(row.name + ": what is: " + line);
    row.variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
}

std::vector<Row> rows_of(const std::string& table) {
  std::ifstream stream(std::filesystem::path(ASIAQ_WHO_SIGNS) / (table + ".txt"));
  if (!stream) throw std::runtime_error("no table " + table + " in " ASIAQ_WHO_SIGNS);
  std::vector<Row> rows;
  for (std::string line; std::getline(stream, line);) {
    if (const auto name = behind(line, "== ")) {
      rows.push_back({.name = *name});
    } else {
      read_line(line, rows.at(rows.size() - 1));
    }
  }
  return rows;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

class WhoSigns : public testing::TestWithParam<Row> {
 protected:
  std::string home() const { return home_.path().string(); }

  void write_files(const Row& row) const {
    for (const auto& [name, text] : row.files)
      home_.write(name, replaced(text, "~/", home() + "/"));
    if (row.typed) home_.write("terminal", *row.typed + "\n");
  }

  Environment environment(const Row& row) const {
    Variables variables = row.variables;
    for (auto& [name, value] : variables) {
      if (value.starts_with('~')) value.replace(0, 1, home());
    }
    variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
    variables.try_emplace("AWS_REGION", "us-west-2");
    Environment environment = environment_of(variables, home_.path());
    environment.terminal = home_.path() / "terminal";
    return environment;
  }

  std::string outcome(const Row& row) {
    std::string found;
    const std::string thrown = test::thrown_by([&] {
      Session session({.access = Access::read_only,
                       .environment = environment(row),
                       .transport = network_,
                       .clock = &clock_});
      const credentials::Credentials held = session.parts().credentials.get();
      found = held.keys.access_key_id;
      if (!held.keys.session_token.empty()) found += " with token " + held.keys.session_token;
      found += " from " + held.source;
    });
    return replaced(found.empty() ? "error: " + thrown : found, home(), "~");
  }

  std::string asked() const {
    std::vector<std::string> hosts;
    for (const http::Request& request : network_->sent) hosts.push_back(request.host);
    return join(hosts, " ");
  }

  test::ScratchFolder home_;
  FakeClock clock_;
  std::shared_ptr<FakeTransport> network_ = std::make_shared<FakeTransport>();
};

TEST_P(WhoSigns, IsAsWritten) {
  const Row& row = GetParam();
  write_files(row);
  network_->then(test::answer_about_identity);
  log::configure(log::Level::warning);
  testing::internal::CaptureStderr();
  const std::string found = outcome(row);
  const std::string logged = replaced(testing::internal::GetCapturedStderr(), home(), "~");
  EXPECT_EQ(found, row.outcome);
  for (const std::string& warning : row.warnings) {
    EXPECT_NE(logged.find("WARNING " + warning + "\n"), std::string::npos) << logged;
  }
  EXPECT_EQ(logged.empty(), row.warnings.empty()) << logged;
  EXPECT_EQ(asked(), row.asked.value_or(asked()));
}

std::string name_of(const testing::TestParamInfo<Row>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Environment, WhoSigns, testing::ValuesIn(rows_of("environment")), name_of);
INSTANTIATE_TEST_SUITE_P(Profiles, WhoSigns, testing::ValuesIn(rows_of("profiles")), name_of);
INSTANTIATE_TEST_SUITE_P(Files, WhoSigns, testing::ValuesIn(rows_of("files")), name_of);
INSTANTIATE_TEST_SUITE_P(Roles, WhoSigns, testing::ValuesIn(rows_of("roles")), name_of);
INSTANTIATE_TEST_SUITE_P(Programs, WhoSigns, testing::ValuesIn(rows_of("programs")), name_of);
INSTANTIATE_TEST_SUITE_P(SignOn, WhoSigns, testing::ValuesIn(rows_of("sign_on")), name_of);
INSTANTIATE_TEST_SUITE_P(WebIdentity, WhoSigns, testing::ValuesIn(rows_of("web_identity")),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Hosts, WhoSigns, testing::ValuesIn(rows_of("hosts")), name_of);

}  // namespace
}  // namespace asiaq::aws
