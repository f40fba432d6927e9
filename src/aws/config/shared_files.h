#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "aws/environment.h"

/// ~/.aws/config and ~/.aws/credentials
/// (docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html).
namespace asiaq::aws::config {

/// One section: settings in plain text. Nested settings ("s3 =" followed by indented lines) are
/// found under "s3.addressing_style". Names are lower case.
using Section = std::map<std::string, std::string>;

struct IniFile {
  std::filesystem::path path;
  std::map<std::string, Section>
      sections;  ///< by the text in the brackets, blanks in it made single
};

/// Reads text in the dialect of AWS's tools: comments are lines that begin with # or ;, and what
/// follows a blank and one of these; a section or option that comes twice is a warning, the last
/// one wins. Throws CredentialsError naming file and line for anything else.
IniFile parse_ini(const std::filesystem::path& path, const std::string& text);

/// The files of the user, read when first needed. A file that is absent is empty. Thread-safe after
/// construction, which reads both; a file that cannot be understood is reported by whoever needs
/// it.
class SharedFiles {
 public:
  explicit SharedFiles(const Environment& environment);

  /// Settings of the profile: those of the credentials file win over those of the config file; null
  /// if neither has it.
  std::optional<Section> profile(const std::string& name) const;
  /// Another section of the config file ("sso-session corp", "services local", "Boto"); null if
  /// absent.
  std::optional<Section> section(const std::string& name) const;
  /// "[config file] or [credentials file]" for messages.
  std::string names() const;

 private:
  struct Loaded {
    IniFile file;
    std::optional<std::string> problem;
  };
  static Loaded load(const std::filesystem::path& path);
  static const IniFile& usable(const Loaded& loaded);
  Loaded config_, credentials_;
};

/// The profile in use: `chosen`, else AWS_PROFILE, else AWS_DEFAULT_PROFILE, else "default".
struct ProfileChoice {
  std::string name = "default";
  bool by_name = false;  ///< named by the user, so that it must exist
};
ProfileChoice choose_profile(const Environment& environment,
                             const std::optional<std::string>& chosen);

}  // namespace asiaq::aws::config
