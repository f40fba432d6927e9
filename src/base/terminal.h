// Questions to the person at the terminal.
#pragma once

#include <termios.h>

#include <filesystem>
#include <optional>
#include <string>

namespace asiaq {

/// While one lives, the terminal behind `descriptor` does not show what is typed. Does nothing for
/// other files.
class HiddenTyping {
 public:
  explicit HiddenTyping(int descriptor);
  ~HiddenTyping();
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

  bool is_terminal() const { return is_terminal_; }

 private:
  int descriptor_;
  termios before_{};
  bool is_terminal_;
};

/// Asks past redirected standard streams, which may belong to the command, and hides what is typed.
/// The line break is not part of the answer. Nothing if there is no terminal or its input ends.
/// Throws Interrupted.
std::optional<std::string> ask_on_terminal(const std::string& question,
                                           const std::filesystem::path& terminal = "/dev/tty");

}  // namespace asiaq
