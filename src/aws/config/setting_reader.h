#pragma once

#include <optional>
#include <string>

#include "aws/config/shared_files.h"

namespace asiaq::aws::config {

/// Looks settings up where AWS's tools do: a variable first, then an option of the profile. Null
/// names are not looked for; empty values count as unset.
class SettingReader {
 public:
  /// `environment` must outlive the reader.
  explicit SettingReader(const Environment& environment, std::optional<Section> profile = {});

  struct Found {
    std::string value;
    std::string origin;  ///< for messages: "AWS_REGION", "/home/a/.aws/config, line 2: region"
  };
  std::optional<Found> get(const char* variable, const char* option) const;

  /// Throws CredentialsError for anything but true and false.
  bool flag(const char* variable, const char* option, bool otherwise) const;

  /// Throws CredentialsError for anything but a whole number in the range.
  int number(const char* variable, const char* option, int otherwise, int least, int most) const;

 private:
  const Environment& environment_;
  std::optional<Section> profile_;
};

}  // namespace asiaq::aws::config
