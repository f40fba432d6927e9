#include "access/key_rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include "aws/error.h"

namespace asiaq::access {
namespace {

std::optional<std::string> find_pair(const aws::ec2::Client& ec2, const std::string& name) {
  // A filter finds nothing where a name would be an error.
  const auto answer = ec2.describe_key_pairs(
      {.include_public_key = true, .filters = {{.name = "key-name", .values = {name}}}});
  if (answer.key_pairs.empty()) return std::nullopt;
  return answer.key_pairs.front().public_key.value_or("");
}

KeyPlaces places_in(const KeyStores& stores) {
  const CredentialsStore* bucket = &stores.bucket;
  const aws::ec2::Client* ec2 = &stores.ec2;
  return {
      .read = [bucket](const std::string& object) { return bucket->find(object); },
      .write = [bucket](const std::string& object,
                        const std::string& content) { bucket->put(object, content); },
      .find_pair = [ec2](const std::string& name) { return find_pair(*ec2, name); },
      .delete_pair = [ec2](const std::string& name) { ec2->delete_key_pair({.key_name = name}); },
      .import_pair =
          [ec2](const std::string& name, const std::string& public_key) {
            ec2->import_key_pair({.key_name = name, .public_key_material = public_key});
          },
  };
}

}  // namespace

plan::Plan plan_key_rotation(const KeyRotation& rotation, const KeyStores& stores,
                             const ResultLine& report) {
  plan::Plan plan;
  const KeyPlaces places = places_in(stores);
  const auto one_at_a_time = std::make_shared<std::mutex>();
  const auto say = [report, one_at_a_time](const std::string& line) {
    const std::lock_guard lock(*one_at_a_time);
    report(line);
  };
  for (const std::string& name : keys_of_environment(rotation.environment).generated) {
    plan::Change change{.verb = plan::Verb::replace,
                        .resource = {.kind = "ssh key", .name = name, .id = ""},
                        .details = {fmt::format("{} and {} in bucket {}", private_key_object(name),
                                                public_key_object(name), stores.bucket.bucket())},
                        .after = {}};
    const KeyType type = rotation.type;
    if (name == bake_key) {
      change.details.push_back("EC2 key pair " + name);
      change.carry_out = [name, type, places, say] {
        replace_stored_and_imported_key(name, generate_ssh_key(type, name), places);
        say(fmt::format("Generated new {} key", name));
        say(fmt::format("Uploaded new {} key", name));
      };
    } else {
      change.carry_out = [name, type, places, say] {
        replace_stored_key(name, generate_ssh_key(type, name), places);
        say(fmt::format("Generated new {} key", name));
      };
    }
    plan.add(std::move(change));
  }
  return plan;
}

std::vector<HandMadeKey> keys_to_set(const std::string& environment,
                                     const CredentialsStore& store) {
  const std::vector<std::string> stored = store.keys("private_keys/");
  const std::set<std::string> present(stored.begin(), stored.end());
  std::vector<HandMadeKey> keys;
  for (const std::string& key : keys_of_environment(environment).by_hand) {
    keys.push_back(
        {key, present.contains(key) ? HandMadeKey::State::set : HandMadeKey::State::missing});
  }
  return keys;
}

std::vector<std::string> advice_on_keys(const std::vector<HandMadeKey>& keys,
                                        const std::string& bucket) {
  std::vector<std::string> lines{"Keys that a person must set in " + bucket + ":"};
  for (const HandMadeKey& key : keys) {
    lines.push_back("  " + key.key + (key.state == HandMadeKey::State::set ? " (set)" : ""));
  }
  lines.push_back("Set each with:");
  lines.push_back(
      fmt::format("  disco_creds.py --bucket {} set --key KEY --value - < FILE", bucket));
  return lines;
}

}  // namespace asiaq::access
