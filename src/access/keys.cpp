#include "access/keys.h"

#include <fmt/format.h>

#include <exception>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"

namespace asiaq::access {
namespace {

// Undoing must not hide why it was needed.
void attempt(const std::string& doing, const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    log::error("could not {}: {}", doing, error.what());
  }
}

void write_both(const std::string& name, const SshKeyPair& pair, const KeyPlaces& places) {
  places.write(private_key_object(name), pair.private_key);
  places.write(public_key_object(name), pair.public_key);
}

void restore_objects(const std::string& name, const std::optional<std::string>& old_private,
                     const std::optional<std::string>& old_public, const KeyPlaces& places) {
  const auto put_back = [&](const std::string& object, const std::optional<std::string>& old) {
    if (!old) return;
    attempt("put the old " + object + " back", [&] { places.write(object, *old); });
  };
  put_back(private_key_object(name), old_private);
  put_back(public_key_object(name), old_public);
}

// What EC2 had, or what the bucket says it had.
std::optional<std::string> old_pair(const std::string& name,
                                    const std::optional<std::string>& stored_public,
                                    const KeyPlaces& places) {
  std::optional<std::string> found = places.find_pair(name);
  if (found && found->empty() && stored_public) found = stored_public;
  return found;
}

}  // namespace

EnvironmentKeys keys_of_environment(std::string_view environment) {
  const std::vector<std::string> hosts{"test", "smoketest", "snapshot", "dashboard", "jenkins"};
  const auto certificate = [](const std::string& service) {
    return std::vector<std::string>{fmt::format("private_keys/ssl/{}/crt", service),
                                    fmt::format("private_keys/ssl/{}/key", service)};
  };
  EnvironmentKeys keys;
  if (environment == "build") {
    keys = {.generated = {std::string(bake_key)}, .by_hand = certificate("jenkins")};
  } else if (environment == "deploy") {
    keys = {.generated = {}, .by_hand = certificate("deployenator")};
  } else if (environment == "ci") {
    keys = {.generated = hosts, .by_hand = certificate("jenkins")};
    for (const std::string& key : certificate("deployenator")) keys.by_hand.push_back(key);
  } else {
    keys = {.generated = hosts, .by_hand = certificate("adminproxy")};
  }
  keys.by_hand.emplace_back("private_keys/ad/bind_password");
  return keys;
}

std::string private_key_object(std::string_view name) {
  return fmt::format("private_keys/ssh/{}.key", name);
}

std::string public_key_object(std::string_view name) {
  return fmt::format("public_keys/ssh/{}.pub", name);
}

void replace_stored_key(const std::string& name, const SshKeyPair& fresh, const KeyPlaces& places) {
  const interrupt::Shield both_halves_or_none;
  const auto old_private = places.read(private_key_object(name));
  const auto old_public = places.read(public_key_object(name));
  try {
    write_both(name, fresh, places);
  } catch (...) {
    restore_objects(name, old_private, old_public, places);
    throw;
  }
}

void replace_stored_and_imported_key(const std::string& name, const SshKeyPair& fresh,
                                     const KeyPlaces& places) {
  const interrupt::Shield bucket_and_ec2_together;
  const auto old_private = places.read(private_key_object(name));
  const auto old_public = places.read(public_key_object(name));
  const auto old_imported = old_pair(name, old_public, places);
  const auto import_old = [&] {
    if (!old_imported) return;
    if (old_imported->empty()) {
      log::error("the old EC2 key pair {} is gone: its public key is not known any more", name);
      return;
    }
    attempt(fmt::format("put the old EC2 key pair {} back", name),
            [&] { places.import_pair(name, *old_imported); });
  };

  if (old_imported) places.delete_pair(name);
  try {
    places.import_pair(name, fresh.public_key);
  } catch (...) {
    import_old();
    throw;
  }
  try {
    write_both(name, fresh, places);
  } catch (...) {
    restore_objects(name, old_private, old_public, places);
    attempt(fmt::format("remove the new EC2 key pair {}", name), [&] { places.delete_pair(name); });
    import_old();
    throw;
  }
}

}  // namespace asiaq::access
