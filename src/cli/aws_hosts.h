// The commands of asiaq aws about hosts that run: list, end, enter, ask and tag them.
#pragma once

#include <vector>

#include "cli/command.h"
#include "network/vpc.h"

namespace asiaq::cli {

/// The environment that a command is about, as AWS has it. Throws EnvironmentError.
network::Vpc environment_of(Context& context);

/// The same for commands that read the options of hostclasses and environments: what is wrong with
/// these files is said before anything is asked of AWS. Throws ConfigError as well.
network::Vpc configured_environment_of(Context& context);

/// Their records, in the order of the help.
std::vector<Command> host_commands();

}  // namespace asiaq::cli
