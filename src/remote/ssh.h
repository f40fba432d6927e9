// Running commands on hosts by ssh, directly or through a jump host.
//
// OpenSSH's client does the work, started by argument vector. Each Ssh object has a private folder
// with the settings file that every hop uses (`ssh -F`, inherited by the jump host's hop of -J).
// The user's own ssh settings are included in it; ASIAQ_SSH_CONFIG names a file to include instead
// (of a cloud in a box, whose addresses only such settings can reach).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "remote/private_folder.h"

namespace asiaq::remote {

/// How a host is reached.
struct Route {
  std::string address;
  std::optional<std::string> jump_address;
  /// Who logs in to the jump host; empty: as ssh's settings say. Unset: the user of the host.
  std::optional<std::string> jump_user = {};
};

struct SshSettings {
  /// Private key files, tried in order after those of the user's agent.
  std::vector<std::filesystem::path> identities;
  /// `only`: nothing but `identities` is offered, not the user's own keys.
  enum class Offer { with_own_keys, only } offer = Offer::with_own_keys;
  /// Host keys are checked strictly against this file; not at all if unset.
  std::optional<std::filesystem::path> known_hosts;
  /// Whether hosts may use the keys in the user's agent.
  enum class Agent { kept_here, forwarded } agent = Agent::kept_here;
  /// Socket of the agent that is asked instead of the user's own.
  std::optional<std::filesystem::path> agent_socket = {};
  Seconds connect_timeout{10};
};

struct RemoteResult {
  int status = 0;      ///< Of the remote command; 255 if ssh itself failed.
  std::string output;  ///< Standard output and error, merged.
};

/// ssh or a command run by it failed. Kind: "Command".
class CommandError : public Error {
 public:
  /// `host` as the user knows it, `doing` what was run there.
  CommandError(const std::string& doing, const std::string& host, const RemoteResult& result);
  int status() const { return status_; }

 private:
  int status_;
};

struct RemoteCommand {
  std::string text;                ///< One string for the shell of the remote user.
  std::string standard_input;      ///< Given to the command, then its input ends.
  std::optional<Seconds> timeout;  ///< Then ssh is ended and TimeoutError thrown.
  /// Called with pieces of the output as they come.
  std::function<void(std::string_view)> on_output;
};

/// Thread-safe. Cheap to make; keep one for as long as its keys are needed.
class Ssh {
 public:
  explicit Ssh(SshSettings settings = {});

  /// Runs the command as `user` and returns its status and output, whatever they are. Throws only
  /// for what is no answer of ssh: ssh missing, a time-out, Interrupted.
  RemoteResult run(const Route& route, const std::string& user, const RemoteCommand& command) const;

  /// The same, but a status other than 0 is thrown as CommandError.
  std::string run_checked(const Route& route, const std::string& user,
                          const RemoteCommand& command) const;

  /// A session with this program's own terminal; `command` empty for a login shell. Returns ssh's
  /// status. `user` empty: as ssh's settings say.
  int session(const Route& route, const std::string& user,
              const std::vector<std::string>& command = {}) const;

  /// Lets each port of this machine lead through `gateway` to the same port of `target`, until
  /// Interrupted is thrown or ssh ends; then returns its status. Logs in to the gateway as ssh's
  /// settings say. Each port from 1 to 65535.
  int tunnels(const std::string& gateway, const std::string& target,
              const std::vector<int>& ports) const;

  /// What rsync's -e needs: `ssh` and its options, without user, host and command.
  std::vector<std::string> program(const Route& route, const std::string& user) const;

 private:
  SshSettings settings_;
  std::shared_ptr<const PrivateFolder> folder_;
  std::filesystem::path config_file_;
};

/// The settings file of ssh: our lines first (ssh takes the first value it finds), then the given
/// files. `batch`: never ask anything.
enum class Asking { never, on_terminal };
std::string ssh_config_text(const SshSettings& settings, Asking asking,
                            const std::vector<std::filesystem::path>& included);

/// `ssh` with the settings file and the route's options; without user, address and command.
std::vector<std::string> ssh_program(const std::filesystem::path& config_file, const Route& route,
                                     const std::string& user);

/// The whole ssh command line of Ssh::tunnels.
std::vector<std::string> tunnel_arguments(const std::filesystem::path& config_file,
                                          const std::string& gateway, const std::string& target,
                                          const std::vector<int>& ports);

/// The private keys that ssh offers by itself, `id_ed25519` and its like in ~/.ssh: those there
/// are.
std::vector<std::filesystem::path> own_identities();

}  // namespace asiaq::remote
