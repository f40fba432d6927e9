// Puts credentials of the environment into the files of a host that ask for them by
// `{s3cred://KEY}`: the same image serves in every environment.
//
// What a file looked like before is kept where only root can read it, so that running this again
// puts in what is in the buckets by then.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "instance/hands.h"

namespace asiaq::instance {

/// The object of that key in the first bucket that has it; nothing if none has. May throw Error:
/// the key counts as unavailable then.
using FetchCredential = std::function<std::optional<std::string>(const std::string& key)>;

struct InjectionPaths {
  std::filesystem::path root = "/";
  /// Originals and digests of what was made of them; made with mode 0700. Relative to root.
  std::filesystem::path templates = "var/lib/asiaq/credential-templates";
  /// `*.conf` files with more patterns of files to be scanned. Relative to root.
  std::filesystem::path drop_ins = "etc/asiaq/credential-files.d";
};

struct InjectionResult {
  std::vector<std::filesystem::path> written;  ///< Files whose content changed, or would.
  std::vector<std::string> unavailable;  ///< Keys that no bucket gave; their placeholders stay.
};

/// Patterns of the files that are always scanned.
const std::vector<std::string>& credential_file_patterns();

/// Scans the files, fetches every key that they name once, and replaces files whose content
/// changes, with owner, mode and label kept. A file that was edited after it was filled in is left
/// alone unless it names keys again, and so is one that would lose a value which an earlier run put
/// in. What goes wrong with a key or a file is logged, and the others are done.
InjectionResult inject_credentials(const FetchCredential& fetch, Hands& hands,
                                   const InjectionPaths& paths = {});

}  // namespace asiaq::instance
