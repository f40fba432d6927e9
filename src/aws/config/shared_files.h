#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/environment.h"
#include "aws/error.h"

/// ~/.aws/config and ~/.aws/credentials
/// (docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html).
namespace asiaq::aws::config {

/// Where something is written, for messages.
struct Place {
  std::string file;
  int line = 0;

  /// "/home/a/.aws/config, line 3".
  std::string text() const { return file + ", line " + std::to_string(line); }
};

/// An error about what is written at a place: "<file>, line <n>: <what>".
CredentialsError error_at(const Place& place, const std::string& what);

struct Setting {
  std::string value;
  Place place;
};

/// One section. Nested settings ("s3 =" followed by indented lines) are found under
/// "s3.addressing_style". Names are lower case.
struct Section {
  Place place;  ///< of its title
  std::map<std::string, Setting> settings;

  /// Null for what is absent or empty.
  const Setting* find(const std::string& name) const;
  /// The value; empty if absent.
  std::string get(const std::string& name) const;
  /// Of the setting, or of the title for one that is absent.
  const Place& place_of(const std::string& name) const;
  /// Takes over what `other` says, place included.
  void override_with(const Section& other);
};

struct IniFile {
  std::filesystem::path path;
  std::map<std::string, Section>
      sections;  ///< by the text in the brackets, blanks in it made single
};

/// Reads text in the dialect of AWS's tools: comments are lines that begin with # or ;, and what
/// follows a blank and one of these; a section or option that comes twice is a warning, the last
/// one wins. Throws CredentialsError naming file and line for anything else.
IniFile parse_ini(const std::filesystem::path& path, const std::string& text);

/// The files of the user. A file that is absent is empty. Thread-safe after construction, which
/// reads both; a file that cannot be understood is reported by whoever needs it.
class SharedFiles {
 public:
  explicit SharedFiles(const Environment& environment);

  /// Settings of the profile: those of the credentials file win over those of the config file; null
  /// if neither has it.
  std::optional<Section> profile(const std::string& name) const;
  /// The error that there is no such profile, with the name that was perhaps meant.
  CredentialsError no_profile(const std::string& name) const;
  /// Whether a setting stands in the credentials file.
  bool in_credentials_file(const Place& place) const {
    return place.file == credentials_.file.path.string();
  }
  /// Another section of the config file ("sso-session corp", "services local", "Boto"); null if
  /// absent.
  std::optional<Section> section(const std::string& name) const;

 private:
  struct Loaded {
    IniFile file;
    std::optional<std::string> problem;
  };
  static Loaded load(const std::filesystem::path& path);
  static const IniFile& usable(const Loaded& loaded);
  std::vector<std::string> profiles() const;
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
