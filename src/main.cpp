// Wires signals, output and AWS together and hands over to the command line.
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "aws/session.h"
#include "base/interrupt.h"
#include "cli/program.h"

namespace {

extern "C" void on_broken_pipe(int) {}

/// A closed pipe must end neither the program nor the clean-up after it; unlike "ignored", a
/// handler does not reach the programs that are started.
void survive_broken_pipes() {
  struct sigaction action {};
  action.sa_handler = on_broken_pipe;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  asiaq::interrupt::install_handlers();
  survive_broken_pipes();
  asiaq::cli::Output output(STDOUT_FILENO);
  return asiaq::cli::run_program(
      std::vector<std::string>(argv, argv + argc), output,
      [](asiaq::aws::Access access) { return asiaq::aws::Session::open({.access = access}); });
}
