// The status line of a plan on a terminal, while many changes log at once; `make test-tsan` runs
// this too.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/log.h"
#include "plan/executor.h"

namespace asiaq::plan {
namespace {

constexpr int kChanges = 64;

// stderr as a terminal for as long as this lives, and what was shown on it.
class Terminal {
 public:
  Terminal() {
    setenv("TERM", "xterm", 1);
    const int screen = open(ptsname(keyboard_), O_RDWR | O_NOCTTY);
    dup2(screen, STDERR_FILENO);
    close(screen);
    // Its buffer is small: who writes waits for a reader.
    reader_ = std::jthread([this] {
      char part[4096];
      for (ssize_t size = 0; (size = read(keyboard_, part, sizeof part)) > 0;) {
        shown_.append(part, static_cast<std::size_t>(size));
      }
    });
  }

  std::string close_and_read() {
    dup2(before_, STDERR_FILENO);  // the last end of the terminal: its reader ends
    reader_.join();
    return shown_;
  }

 private:
  static int open_keyboard() {
    const int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
    return keyboard >= 0 && grantpt(keyboard) == 0 && unlockpt(keyboard) == 0 ? keyboard : -1;
  }

  const int before_ = dup(STDERR_FILENO);
  const int keyboard_ = open_keyboard();
  std::string shown_;
  std::jthread reader_;
};

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// In a process of its own, since whether stderr is a terminal is asked once.
TEST(LiveProgressDeathTest, KeepsLinesWholeAndLeavesNothingBehind) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    Terminal terminal;
    Plan plan;
    for (int i = 0; i < kChanges; ++i) {
      plan.add({.resource = {"thing", std::to_string(i), ""},
                .carry_out = [i] { log::info("change {} speaks.", i); }});
    }
    const bool succeeded = execute(plan).succeeded();
    const std::string shown = terminal.close_and_read();
    bool whole = succeeded && shown.ends_with("\r\x1b[K");
    whole &= shown.find("[0/64] create thing ") != std::string::npos;
    whole &= occurrences(shown, "\x1b[K[64/64]") == 1;
    for (int i = 0; i < kChanges; ++i) {
      whole &= occurrences(shown, "INFO change " + std::to_string(i) + " speaks.\r\n") == 1;
    }
    std::exit(whole ? 0 : 1);  // with the word of the thread sanitizer
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace asiaq::plan
