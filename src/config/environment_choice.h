// Which environment a command is about.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/config_folder.h"

namespace asiaq::config {

/// No environment can be selected, or what is configured for it makes no sense. Kind:
/// "VPCEnvironment".
class EnvironmentError : public Error {
 public:
  explicit EnvironmentError(std::string reason);
};

/// The first of these that is not empty: the name given on the command line, the environment
/// variable DEFAULT_ENV, `[disco_aws] default_environment`. Throws ConfigError if there is none.
/// The configuration is only read if the first two are missing.
std::string choose_environment(const std::optional<std::string>& given, const ConfigFolder& folder);

/// True for the names that mean "no environment": none, None, - and the empty name.
bool names_no_environment(std::string_view name);

/// As choose_environment(); throws EnvironmentError "failed to select environment" if the choice is
/// no environment.
std::string require_environment(const std::optional<std::string>& given,
                                const ConfigFolder& folder);

}  // namespace asiaq::config
