#include "cli/secret_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/terminal.h"

namespace asiaq::cli {
namespace {

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
  const HiddenTyping hidden(STDIN_FILENO);
  if (hidden.is_terminal()) std::cerr << question << std::flush;
  std::string line;
  char letter = 0;
  bool any = false;
  while (read_some(&letter, 1) == 1) {
    any = true;
    if (letter == '\n') break;
    line += letter;
  }
  if (hidden.is_terminal()) std::cerr << '\n';
  if (!any) throw Error("Input", "standard input ended where a password was expected");
  return line;
}

}  // namespace asiaq::cli
