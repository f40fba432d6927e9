// Rotation of an environment's ssh keys.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/credentials_store.h"
#include "access/keys.h"
#include "aws/ec2/client.h"
#include "plan/plan.h"

namespace asiaq::access {

struct KeyRotation {
  std::string environment;
  KeyType type = KeyType::rsa;
};

/// What rotation works on; both must outlive its plan.
struct KeyStores {
  const CredentialsStore& bucket;
  const aws::ec2::Client& ec2;  ///< Of the region whose `bake` key pair is meant.
};

/// Called with each line of the result ("Generated new bake key"), from worker threads, one at a
/// time.
using ResultLine = std::function<void(const std::string&)>;

/// One change for every key pair that rotation makes anew. Keys are made when a change runs, never
/// before. Sends nothing.
plan::Plan plan_key_rotation(const KeyRotation& rotation, const KeyStores& stores,
                             const ResultLine& report);

/// A key that a person must set.
struct HandMadeKey {
  std::string key;
  enum class State { missing, set } state = State::missing;
};

/// The keys of the environment that a person must set, and which of them the bucket has. Lists the
/// bucket's private keys.
std::vector<HandMadeKey> keys_to_set(const std::string& environment, const CredentialsStore& store);

/// The list of those keys and how to set them, as lines for people.
std::vector<std::string> advice_on_keys(const std::vector<HandMadeKey>& keys,
                                        const std::string& bucket);

}  // namespace asiaq::access
