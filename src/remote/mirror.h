// Making a folder on a host equal to one here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "remote/ssh.h"

namespace asiaq::remote {

/// Makes `destination` on the host hold exactly the contents of `source`, owned by root. Files
/// named `.nosync` in the source (or above it) hold filter rules of rsync: what they exclude is
/// neither copied nor removed. By rsync; where the host has none, by tar with the same result,
/// except that excluded files there do not survive. The remote user must be root. Throws Error of
/// kind "Command".
void mirror(const Ssh& ssh, const Route& route, const std::filesystem::path& source,
            const std::string& destination);

enum class NosyncFiles { obeyed, copied };

/// The whole rsync command line.
std::vector<std::string> rsync_arguments(const std::vector<std::string>& ssh_program,
                                         const Route& route, const std::filesystem::path& source,
                                         const std::string& destination, NosyncFiles nosync_files);

}  // namespace asiaq::remote
