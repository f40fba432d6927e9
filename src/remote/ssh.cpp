#include "remote/ssh.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/interrupt.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "remote/route.h"

namespace asiaq::remote {

namespace {

std::string last_line(std::string_view text) {
  const std::string_view whole = trimmed(text);
  const std::size_t line_break = whole.rfind('\n');
  return std::string(
      trimmed(line_break == std::string_view::npos ? whole : whole.substr(line_break + 1)));
}

std::string failure(const std::string& doing, const std::string& host, const RemoteResult& result) {
  const std::string said = last_line(result.output);
  return fmt::format("{} on {} ended with status {}{}{}", doing, host, result.status,
                     said.empty() ? "" : ": ", said);
}

/// In ssh's settings a value with blanks stands in quotes.
std::string quoted(const std::filesystem::path& file) { return "\"" + file.string() + "\""; }

std::vector<std::filesystem::path> included_files() {
  if (const auto box = config_of_environment()) return {*box};
  std::vector<std::filesystem::path> files;
  if (const char* home = std::getenv("HOME")) {
    files.push_back(std::filesystem::path(home) / ".ssh" / "config");
  }
  files.emplace_back("/etc/ssh/ssh_config");
  return files;
}

void add_user_and_address(std::vector<std::string>& arguments, const Route& route,
                          const std::string& user) {
  if (!user.empty()) arguments.insert(arguments.end(), {"-l", user});
  arguments.insert(arguments.end(), {"--", route.address});
}

}  // namespace

CommandError::CommandError(const std::string& doing, const std::string& host,
                           const RemoteResult& result)
    : Error("Command", failure(doing, host, result)), status_(result.status) {
  if (status_ == 255) set_hint("255 is ssh's own failure: the host, its keys or the way there");
}

std::string ssh_config_text(const SshSettings& settings, Asking asking,
                            const std::vector<std::filesystem::path>& included) {
  std::string text = "Host *\n";
  const auto set = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("  {} {}\n", name, value);
  };
  set("ConnectTimeout", fmt::format("{:.0f}", settings.connect_timeout.count()));
  // A host that dies in the middle of a command must not hold it for ever.
  set("ServerAliveInterval", "15");
  set("ServerAliveCountMax", "8");
  if (asking == Asking::never) set("BatchMode", "yes");
  if (settings.known_hosts) {
    set("StrictHostKeyChecking", "yes");
    set("UserKnownHostsFile", quoted(*settings.known_hosts));
  } else {
    set("StrictHostKeyChecking", "no");
    set("UserKnownHostsFile", "/dev/null");
  }
  set("GlobalKnownHostsFile", "/dev/null");
  set("UpdateHostKeys", "no");
  // Below this level ssh reports each unknown host key in the middle of the command's output.
  set("LogLevel", log::enabled(log::Level::debug) ? "DEBUG" : "ERROR");
  set("ForwardAgent", settings.agent == SshSettings::Agent::forwarded ? "yes" : "no");
  if (settings.agent_socket) set("IdentityAgent", quoted(*settings.agent_socket));
  if (settings.offer == SshSettings::Offer::only) set("IdentitiesOnly", "yes");
  for (const auto& identity : settings.identities) set("IdentityFile", quoted(identity));
  for (const auto& file : included) set("Include", quoted(file));
  return text;
}

std::vector<std::string> ssh_program(const std::filesystem::path& config_file, const Route& route,
                                     const std::string& user) {
  std::vector<std::string> arguments = {"ssh", "-F", config_file.string()};
  if (route.jump_address) {
    const std::string& at_jump = route.jump_user ? *route.jump_user : user;
    arguments.insert(
        arguments.end(),
        {"-J", at_jump.empty() ? *route.jump_address : at_jump + "@" + *route.jump_address});
  }
  return arguments;
}

std::vector<std::string> tunnel_arguments(const std::filesystem::path& config_file,
                                          const std::string& gateway, const std::string& target,
                                          const std::vector<int>& ports) {
  std::vector<std::string> arguments = ssh_program(config_file, {gateway, {}}, {});
  // A port that is taken already must not look like an open tunnel.
  arguments.insert(arguments.end(), {"-N", "-o", "ExitOnForwardFailure=yes"});
  for (const int port : ports) {
    arguments.insert(arguments.end(), {"-L", fmt::format("{0}:{1}:{0}", port, target)});
  }
  add_user_and_address(arguments, {gateway, {}}, {});
  return arguments;
}

std::vector<std::filesystem::path> own_identities() {
  std::vector<std::filesystem::path> files;
  const char* home = std::getenv("HOME");
  if (home == nullptr) return files;
  for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    const std::filesystem::path file = std::filesystem::path(home) / ".ssh" / name;
    std::error_code error;
    if (std::filesystem::exists(file, error)) files.push_back(file);
  }
  return files;
}

Ssh::Ssh(SshSettings settings)
    : settings_(std::move(settings)), folder_(std::make_shared<const PrivateFolder>()) {
  // Naming identities switches ssh's own default ones off: they are named again.
  if (settings_.offer == SshSettings::Offer::with_own_keys && !settings_.identities.empty()) {
    for (auto& file : own_identities()) settings_.identities.push_back(std::move(file));
  }
  config_file_ =
      folder_->write("ssh_config", ssh_config_text(settings_, Asking::never, included_files()));
}

std::vector<std::string> Ssh::program(const Route& route, const std::string& user) const {
  return ssh_program(config_file_, route, user);
}

RemoteResult Ssh::run(const Route& route, const std::string& user,
                      const RemoteCommand& command) const {
  std::vector<std::string> arguments = program(route, user);
  add_user_and_address(arguments, route, user);
  arguments.push_back(command.text);
  log::debug("running {}", shell_quoted(arguments));
  ProcessResult result = run_process({.arguments = std::move(arguments),
                                      .standard_input = command.standard_input,
                                      .timeout = command.timeout,
                                      .on_output = command.on_output});
  // A Ctrl-C on the terminal reaches ssh too, which then ends before this program looks.
  interrupt::check();
  return {result.status, std::move(result.output)};
}

std::string Ssh::run_checked(const Route& route, const std::string& user,
                             const RemoteCommand& command) const {
  RemoteResult result = run(route, user, command);
  if (result.status != 0) {
    throw CommandError(fmt::format("`{}` as {}", command.text, user), route.address, result);
  }
  return std::move(result.output);
}

int Ssh::session(const Route& route, const std::string& user,
                 const std::vector<std::string>& command) const {
  const std::filesystem::path config = folder_->write(
      "ssh_config_session", ssh_config_text(settings_, Asking::on_terminal, included_files()));
  std::vector<std::string> arguments = ssh_program(config, route, user);
  arguments.emplace_back(command.empty() ? "-t" : "-T");
  add_user_and_address(arguments, route, user);
  arguments.insert(arguments.end(), command.begin(), command.end());
  log::debug("running {}", shell_quoted(arguments));
  return run_in_foreground(arguments);
}

int Ssh::tunnels(const std::string& gateway, const std::string& target,
                 const std::vector<int>& ports) const {
  const std::filesystem::path config = folder_->write(
      "ssh_config_tunnels", ssh_config_text(settings_, Asking::on_terminal, included_files()));
  ProcessOptions options{.arguments = tunnel_arguments(config, gateway, target, ports),
                         .error_stream = ProcessOptions::ErrorStream::inherited};
  log::debug("running {}", shell_quoted(options.arguments));
  const int status = run_process(options).status;
  // A Ctrl-C on the terminal reaches ssh too, which then ends before this program looks.
  interrupt::check();
  return status;
}

}  // namespace asiaq::remote
