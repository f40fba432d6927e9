#include "aws/config/setting_reader.h"

#include "base/text.h"

namespace asiaq::aws::config {

SettingReader::SettingReader(const Environment& environment, std::optional<Section> profile)
    : environment_(environment), profile_(std::move(profile)) {}

std::optional<SettingReader::Found> SettingReader::get(const char* variable,
                                                       const char* option) const {
  if (variable != nullptr) {
    if (const auto value = environment_.get(variable)) return Found{*value, variable};
  }
  if (option == nullptr || !profile_) return std::nullopt;
  const Setting* found = profile_->find(option);
  if (found == nullptr) return std::nullopt;
  return Found{found->value, found->place.text() + ": " + option};
}

bool SettingReader::flag(const char* variable, const char* option, bool otherwise) const {
  const auto found = get(variable, option);
  if (!found) return otherwise;
  const std::string value = lower_case(found->value);
  if (value != "true" && value != "false") {
    throw CredentialsError(found->origin + " is '" + found->value + "', neither true nor false");
  }
  return value == "true";
}

int SettingReader::number(const char* variable, const char* option, int otherwise, int least,
                          int most) const {
  const auto found = get(variable, option);
  if (!found) return otherwise;
  const auto number = parse_integer(found->value);
  if (!number || *number < least || *number > most) {
    throw CredentialsError(found->origin + " is '" + found->value + "', not a number from " +
                           std::to_string(least) + " to " + std::to_string(most));
  }
  return static_cast<int>(*number);
}

}  // namespace asiaq::aws::config
