#include "base/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/interrupt.h"

namespace asiaq {
namespace {

class Opened {
 public:
  Opened(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY)) {}
  ~Opened() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, const std::string& text) {
  return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

HiddenTyping::HiddenTyping(int descriptor)
    : descriptor_(descriptor), is_terminal_(tcgetattr(descriptor, &before_) == 0) {
  if (!is_terminal_) return;
  termios quiet = before_;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(descriptor_, TCSAFLUSH, &quiet);
}

HiddenTyping::~HiddenTyping() {
  if (is_terminal_) tcsetattr(descriptor_, TCSAFLUSH, &before_);
}

std::optional<std::string> ask_on_terminal(const std::string& question,
                                           const std::filesystem::path& terminal) {
  const Opened input(terminal, O_RDONLY);
  const Opened output(terminal, O_WRONLY | O_APPEND);
  if (!input.is_open() || !output.is_open()) return std::nullopt;
  const HiddenTyping hidden(input.descriptor());
  if (!write_all(output.descriptor(), question)) return std::nullopt;
  std::string line;
  for (;;) {
    char letter = 0;
    const ssize_t got = ::read(input.descriptor(), &letter, 1);
    if (got < 0 && errno == EINTR) {
      interrupt::check();
      continue;
    }
    if (got <= 0) return std::nullopt;
    if (letter == '\n') break;
    line += letter;
  }
  if (hidden.is_terminal()) write_all(output.descriptor(), "\n");
  return line;
}

}  // namespace asiaq
