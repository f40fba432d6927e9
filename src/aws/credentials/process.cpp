#include "base/process.h"

#include <nlohmann/json.hpp>

#include "aws/credentials/providers.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::credentials {
namespace {

constexpr Seconds kLongest{60};

std::vector<std::string> shell_words(const std::string& command, const std::string& profile) {
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
  if (quote != '\0')
    throw CredentialsError("credential_process of profile " + profile + " has an open quote");
  if (in_word) found.push_back(word);
  if (found.empty())
    throw CredentialsError("credential_process of profile " + profile + " is empty");
  return found;
}

}  // namespace

Credentials from_process(const std::string& command, const std::string& profile) {
  const std::string where = "credential_process of profile " + profile;
  const ProcessResult result = run_process({.arguments = shell_words(command, profile),
                                            .standard_input = {},
                                            .environment = {},
                                            .timeout = kLongest,
                                            .error_stream = ProcessOptions::ErrorStream::apart,
                                            .on_output = {}});
  if (result.status != 0) {
    const std::string first(trimmed(split(trimmed(result.errors), '\n').front()));
    throw CredentialsError(where + " ended with status " + std::to_string(result.status) +
                           (first.empty() ? "" : ": " + first));
  }
  const nlohmann::json json = nlohmann::json::parse(result.output, nullptr, false);
  if (!json.is_object() || json.value("Version", nlohmann::json()) != 1) {
    throw CredentialsError(where + " printed no JSON object with Version 1");
  }
  return parse_json_credentials(result.output, where);
}

}  // namespace asiaq::aws::credentials
