// An ssh agent that holds a key of the user, so that hosts behind a jump host can be logged in to
// without a private key lying on the jump host.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace asiaq::remote {

/// The user's own agent if there is one, else one that lives as long as this object.
class KeyAgent {
 public:
  /// Sees to it that the agent holds a key whose comment names `user`, or else a key of ~/.ssh,
  /// which is added (that may ask for its passphrase). Throws Error of kind "Command" if there is
  /// no such key.
  explicit KeyAgent(const std::string& user);
  ~KeyAgent();
  KeyAgent(const KeyAgent&) = delete;
  KeyAgent& operator=(const KeyAgent&) = delete;

  /// Of the agent that was started here; nothing where the user's own serves.
  std::optional<std::filesystem::path> socket() const;

 private:
  class Started;
  std::unique_ptr<const Started> started_;
};

/// Whether in what `ssh-add -l` printed the comment of a key has `user` in it. One key a line:
/// `256 SHA256:… alice@laptop (ED25519)`.
bool names_user(std::string_view listing, std::string_view user);

/// The process id in what `ssh-agent -s` printed; nothing if there is none.
std::optional<pid_t> agent_process(std::string_view printed);

}  // namespace asiaq::remote
