#include "cli/secret_input.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/error.h"
#include "base/interrupt.h"

namespace asiaq::cli {
namespace {

// While one lives, the terminal does not show what is typed.
class Unseen {
 public:
  Unseen() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Unseen() {
    if (!is_terminal_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::cerr << '\n';
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_;
};

// Up to `size` bytes; none at the end of the input.
std::size_t read_some(char* buffer, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw Error("Input", std::string("standard input: ") + strerror(errno));
    interrupt::check();
  }
}

}  // namespace

std::string read_standard_input() {
  std::string all;
  std::array<char, 65536> buffer{};
  while (const std::size_t got = read_some(buffer.data(), buffer.size())) {
    all.append(buffer.data(), got);
  }
  return all;
}

std::string ask_secret(const std::string& question) {
  const Unseen unseen;
  if (unseen.is_terminal()) std::cerr << question << std::flush;
  std::string line;
  char letter = 0;
  bool any = false;
  while (read_some(&letter, 1) == 1) {
    any = true;
    if (letter == '\n') break;
    line += letter;
  }
  if (!any) throw Error("Input", "standard input ended where a password was expected");
  return line;
}

}  // namespace asiaq::cli
