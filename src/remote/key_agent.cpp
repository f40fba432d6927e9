#include "remote/key_agent.h"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <map>
#include <vector>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "remote/private_folder.h"
#include "remote/ssh.h"

namespace asiaq::remote {

namespace {

constexpr int no_agent = 2;  // What ssh-add ends with if it finds none.
constexpr const char* socket_variable = "SSH_AUTH_SOCK";

}  // namespace

/// An agent of our own: ends with the object.
class KeyAgent::Started {
 public:
  Started() {
    const ProcessResult run =
        run_process({.arguments = {"ssh-agent", "-s", "-a", socket().string()}});
    const auto process = agent_process(run.output);
    if (run.status != 0 || !process) {
      throw Error("Command",
                  fmt::format("ssh-agent could not be started: {}", trimmed(run.output)));
    }
    process_ = *process;
    log::debug("started an ssh agent, process {}", process_);
  }
  ~Started() { kill(process_, SIGTERM); }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  std::filesystem::path socket() const { return folder_.path() / "agent"; }

 private:
  PrivateFolder folder_;
  pid_t process_ = 0;
};

KeyAgent::KeyAgent(const std::string& user) {
  const ProcessResult listing = run_process({.arguments = {"ssh-add", "-l"}});
  if (listing.status == 0 && names_user(listing.output, user)) return;
  const bool runs = listing.status != no_agent;
  const std::vector<std::filesystem::path> keys = own_identities();
  if (!keys.empty()) {
    std::map<std::string, std::string> environment;
    if (!runs) {
      started_ = std::make_unique<const Started>();
      environment[socket_variable] = started_->socket().string();
    }
    std::vector<std::string> arguments = {"ssh-add", "-q", "--"};
    for (const auto& key : keys) arguments.push_back(key.string());
    const int status = run_in_foreground(arguments, environment);
    interrupt::check();
    if (status == 0) return;
  }
  throw with_hint(
      Error("Command",
            fmt::format("{} no key of {}, and none in ~/.ssh could be added",
                        runs ? "the ssh agent holds" : "no ssh agent runs that holds", user)),
      "add one with: ssh-add FILE");
}

KeyAgent::~KeyAgent() = default;

std::optional<std::filesystem::path> KeyAgent::socket() const {
  if (!started_) return std::nullopt;
  return started_->socket();
}

bool names_user(std::string_view listing, std::string_view user) {
  if (user.empty()) return false;
  for (const std::string& line : split(listing, '\n')) {
    const std::vector<std::string> parts = words(line);
    // Size and fingerprint come first, the kind of key last.
    for (std::size_t i = 2; i + 1 < parts.size(); ++i) {
      if (parts[i].find(user) != std::string::npos) return true;
    }
  }
  return false;
}

std::optional<pid_t> agent_process(std::string_view printed) {
  constexpr std::string_view name = "SSH_AGENT_PID=";
  const std::size_t at = printed.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = printed.substr(at + name.size());
  pid_t process = 0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), process);
  if (problem != std::errc() || process <= 0) return std::nullopt;
  return process;
}

}  // namespace asiaq::remote
