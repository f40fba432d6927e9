#include "remote/mirror.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/interrupt.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "remote/private_folder.h"

namespace asiaq::remote {

namespace {

constexpr const char* user = "root";
constexpr const char* nosync_filter = "--filter=:e /.nosync";
constexpr int syntax_error_of_rsync = 1;

/// rsync takes a source with a final "/." as the contents of the folder.
std::string contents_of(const std::filesystem::path& folder) { return folder.string() + "/."; }

ProcessResult run(std::vector<std::string> arguments) {
  log::debug("running {}", shell_quoted(arguments));
  ProcessResult result = run_process({.arguments = std::move(arguments)});
  interrupt::check();
  if (!result.output.empty()) log::debug("{}", trimmed(result.output));
  return result;
}

bool host_lacks_rsync(const ProcessResult& result) {
  return result.status != 0 &&
         (result.output.find("rsync: command not found") != std::string::npos ||
          result.output.find("rsync: not found") != std::string::npos);
}

void require_success(const std::string& doing, const Route& route, const ProcessResult& result) {
  if (result.status != 0) {
    throw CommandError(doing, route.address, {result.status, result.output});
  }
}

void copy_by_tar(const Ssh& ssh, const Route& route, const std::filesystem::path& source,
                 const std::string& destination) {
  const PrivateFolder staging;
  const std::string tree = (staging.path() / "tree").string();
  ProcessResult filtered = run({"rsync", "-a", nosync_filter, contents_of(source), tree + "/"});
  require_success(fmt::format("copying {}", source.string()), {"this machine", {}}, filtered);
  const ProcessResult archive =
      run_process({.arguments = {"tar", "-C", tree, "-cf", "-", "."},
                   .error_stream = ProcessOptions::ErrorStream::inherited});
  require_success(fmt::format("packing {}", source.string()), {"this machine", {}}, archive);
  const std::string target = shell_quoted(destination);
  ssh.run_checked(route, user,
                  {.text = fmt::format(
                       "rm -rf {0} && mkdir -p {0} && tar -C {0} --no-same-owner -xf -", target),
                   .standard_input = archive.output});
}

}  // namespace

std::vector<std::string> rsync_arguments(const std::vector<std::string>& ssh_program,
                                         const Route& route, const std::filesystem::path& source,
                                         const std::string& destination, NosyncFiles nosync_files) {
  std::vector<std::string> arguments = {"rsync", "-a", "-v", "-z", "--delete",
                                        // Ids of this machine's accounts mean nothing there.
                                        "--chown=root:root", "--protect-args", "-e",
                                        shell_quoted(ssh_program)};
  if (nosync_files == NosyncFiles::obeyed) arguments.emplace_back(nosync_filter);
  arguments.push_back(contents_of(source));
  arguments.push_back(fmt::format("{}@{}:{}/", user, route.address, destination));
  return arguments;
}

void mirror(const Ssh& ssh, const Route& route, const std::filesystem::path& source,
            const std::string& destination) {
  // rsync makes the last folder of the path only.
  ssh.run_checked(route, user, {.text = "mkdir -p " + shell_quoted(destination)});
  const std::vector<std::string> program = ssh.program(route, user);
  ProcessResult result =
      run(rsync_arguments(program, route, source, destination, NosyncFiles::obeyed));
  if (host_lacks_rsync(result)) return copy_by_tar(ssh, route, source, destination);
  if (result.status == syntax_error_of_rsync) {
    result = run(rsync_arguments(program, route, source, destination, NosyncFiles::copied));
  }
  require_success(fmt::format("copying {} to {}", source.string(), destination), route, result);
}

}  // namespace asiaq::remote
