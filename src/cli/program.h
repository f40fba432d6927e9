// The program as a whole: from the words it was called with to its exit status.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"

namespace asiaq::cli {

/// Runs the command that `arguments` (argv, the program's name first) asks for: `asiaq <tool>
/// <command> ...`, or the original name of a tool. Results go to `output`, everything else to
/// stderr: a usage error as usage lines and reason, any other error as one line
/// `ERROR <Kind>: ...`. Returns the exit status; throws nothing.
int run_program(const std::vector<std::string>& arguments, Output& output,
                const SessionFactory& open_session);

}  // namespace asiaq::cli
