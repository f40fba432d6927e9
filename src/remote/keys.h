// The private ssh keys that an environment's credential buckets hold.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "remote/private_folder.h"

namespace asiaq::aws::s3 {
class Client;
}

namespace asiaq::remote {

/// Where in a credential bucket private keys lie: `private_keys/ssh/<name>.key`.
inline constexpr const char* private_key_prefix = "private_keys/ssh/";

/// Writes every key of every bucket into the folder and returns the files. A bucket or key that
/// cannot be read is noted and left out: whether what there is suffices, ssh finds out.
std::vector<std::filesystem::path> fetch_keys(const aws::s3::Client& s3,
                                              const std::vector<std::string>& buckets,
                                              const PrivateFolder& folder);

/// Only `private_keys/ssh/<name>.key`, of the first bucket that has it.
std::optional<std::filesystem::path> fetch_key(const aws::s3::Client& s3,
                                               const std::vector<std::string>& buckets,
                                               const std::string& name,
                                               const PrivateFolder& folder);

}  // namespace asiaq::remote
