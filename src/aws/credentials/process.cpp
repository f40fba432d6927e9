#include "base/process.h"

#include <nlohmann/json.hpp>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr Seconds kLongest{60};
constexpr std::size_t kMostSaid = 400;

std::vector<std::string> shell_words(const std::string& command, const Origin& origin) {
  std::vector<std::string> found;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char sign = command[i];
    if (quote == '\0' && (sign == ' ' || sign == '\t')) {
      if (in_word) found.push_back(std::exchange(word, {}));
      in_word = false;
      continue;
    }
    in_word = true;
    if (sign == '\\' && quote != '\'' && i + 1 < command.size()) {
      const char next = command[++i];
      if (quote == '"' && next != '"' && next != '\\') word += '\\';
      word += next;
    } else if (quote != '\0' && sign == quote) {
      quote = '\0';
    } else if (quote == '\0' && (sign == '"' || sign == '\'')) {
      quote = sign;
    } else {
      word += sign;
    }
  }
  if (quote != '\0') throw origin.error("credential_process has an open quote");
  if (in_word) found.push_back(word);
  if (found.empty()) throw origin.error("credential_process is empty");
  return found;
}

ProcessResult run(std::vector<std::string> arguments, const std::string& where) {
  try {
    return run_process({.arguments = std::move(arguments),
                        .standard_input = {},
                        .environment = {},
                        .timeout = kLongest,
                        .error_stream = ProcessOptions::ErrorStream::apart,
                        .on_output = {}});
  } catch (const Error& error) {
    throw CredentialsError(where + ": " + error.reason());
  }
}

// What a program said, short enough for a line.
std::string excerpt(const std::string& errors) {
  std::string said = join(words(errors), " ");
  if (said.size() > kMostSaid) said = said.substr(0, kMostSaid) + " …";
  return said;
}

}  // namespace

Credentials from_process(const std::string& command, const Origin& origin) {
  const std::string where = "credential_process of " + origin.text();
  const ProcessResult result = run(shell_words(command, origin), where);
  if (result.status != 0) {
    const std::string said = excerpt(result.errors);
    throw CredentialsError(where + " ended with status " + std::to_string(result.status) +
                           (said.empty() ? " and said nothing" : ": " + said));
  }
  const nlohmann::json json = nlohmann::json::parse(result.output, nullptr, false);
  if (!json.is_object() || json.value("Version", nlohmann::json()) != 1) {
    const std::string said = excerpt(result.errors);
    throw CredentialsError(where + " printed no JSON object with Version 1" +
                           (said.empty() ? "" : ": " + said));
  }
  return parse_json_credentials(result.output, where);
}

}  // namespace asiaq::aws::credentials
