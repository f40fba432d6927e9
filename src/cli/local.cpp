// asiaq local: hands all its words to the cloud in a box.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/home.h"

namespace asiaq::cli {

namespace {

namespace fs = std::filesystem;

/// Replaces this process, so that signals and the terminal belong to the box alone.
int run_box(const std::vector<std::string>& words) {
  const fs::path folder = home();
  const fs::path python = folder / "build" / "python" / "bin" / "python";
  if (access(python.c_str(), X_OK) != 0) {
    Error error("Installation",
                fmt::format("the cloud in a box needs its Python environment, and there is no {}",
                            python.string()));
    error.set_hint(fmt::format("run {}", (folder / "scripts" / "setup").string()));
    throw error;
  }
  std::vector<std::string> arguments{python.string(), "-m", "asiaq_local"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  setenv("PYTHONPATH", (folder / "local").c_str(), 1);
  execv(python.c_str(), argv.data());
  throw Error("Command", fmt::format("cannot run {}: {}", python.string(), std::strerror(errno)));
}

}  // namespace

Tool local_tool() { return {.pass_on = run_box}; }

}  // namespace asiaq::cli
