// The ssh keys of an environment and their rotation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/ssh_key.h"

namespace asiaq::access {

/// Which keys an environment has in its credential bucket.
struct EnvironmentKeys {
  std::vector<std::string> generated;  ///< Names of ssh key pairs that rotation makes anew.
  std::vector<std::string> by_hand;    ///< Object keys that a person must set.
};

/// By the environment's name: `build`, `deploy` and `ci` have sets of their own, all others share
/// one.
EnvironmentKeys keys_of_environment(std::string_view environment);

/// `private_keys/ssh/<name>.key`
std::string private_key_object(std::string_view name);
/// `public_keys/ssh/<name>.pub`
std::string public_key_object(std::string_view name);

/// The only name of the above that is also an EC2 key pair: baking starts instances with it.
inline constexpr std::string_view bake_key = "bake";

/// Where keys are kept: the credential bucket and EC2's key pairs of one region. All throw on
/// failure.
struct KeyPlaces {
  std::function<std::optional<std::string>(const std::string& object)> read;
  std::function<void(const std::string& object, const std::string& content)> write;
  /// Public key of the EC2 key pair of that name; an empty text if AWS does not tell it, nothing if
  /// there is no such pair.
  std::function<std::optional<std::string>(const std::string& name)> find_pair;
  std::function<void(const std::string& name)> delete_pair;
  std::function<void(const std::string& name, const std::string& public_key)> import_pair;
};

/// Replaces the key pair `name` in the bucket by `fresh`.
void replace_stored_key(const std::string& name, const SshKeyPair& fresh, const KeyPlaces& places);

/// The same for a pair that EC2 has too. EC2 gets it first. When anything fails, EC2 and the bucket
/// have the old pair again (as far as they answer) and the error of what failed is thrown. A signal
/// in between takes effect afterwards.
void replace_stored_and_imported_key(const std::string& name, const SshKeyPair& fresh,
                                     const KeyPlaces& places);

}  // namespace asiaq::access
