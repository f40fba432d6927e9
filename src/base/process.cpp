#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/text.h"

namespace asiaq {

namespace {

constexpr Seconds grace_period{5};

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  ~FileDescriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  int get() const { return number_; }

 private:
  int number_ = -1;
};

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error("Command", fmt::format("no pipe: {}", std::strerror(errno)));
  }
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!changes.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : changes) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Streams {
  int input = -1;
  int output = -1;
  int errors = -1;
};

pid_t start(const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment, Streams streams) {
  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> environment_texts = environment_with(environment);
  const std::vector<char*> argv = pointers(argument_texts);
  const std::vector<char*> envp = pointers(environment_texts);
  Pipe failure = make_pipe();
  const pid_t child = fork();
  if (child < 0) throw Error("Command", fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) {
    if (streams.input >= 0) dup2(streams.input, STDIN_FILENO);
    if (streams.output >= 0) dup2(streams.output, STDOUT_FILENO);
    if (streams.errors >= 0) dup2(streams.errors, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    execvpe(argv[0], argv.data(), envp.data());
    const int reason = errno;
    if (write(failure.write_end.get(), &reason, sizeof reason) < 0) _exit(126);
    _exit(127);
  }
  failure.write_end.close();
  int reason = 0;
  if (read(failure.read_end.get(), &reason, sizeof reason) == sizeof reason) {
    waitpid(child, nullptr, 0);
    throw Error("Command",
                fmt::format("cannot run {}: {}", arguments.front(), std::strerror(reason)));
  }
  return child;
}

int exit_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int reap(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_status(status);
}

void end(pid_t child) {
  kill(child, SIGTERM);
  const SteadyTime deadline = std::chrono::steady_clock::now() +
                              std::chrono::duration_cast<SteadyTime::duration>(grace_period);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(child, SIGKILL);
    usleep(10'000);
  }
}

/// Moves what is readable into `text`; false at the end of the stream.
bool read_some(int descriptor, std::string& text, const ProcessOptions& options, bool announced) {
  std::array<char, 16'384> buffer{};
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  const std::string_view piece(buffer.data(), static_cast<std::size_t>(count));
  text += piece;
  if (announced && options.on_output) options.on_output(piece);
  return true;
}

/// Ends the child and throws if this process is asked to stop or the child's time is over.
void end_if_asked(pid_t child, const ProcessOptions& options, SteadyTime begin) {
  if (interrupt::requested()) {
    end(child);
    interrupt::check();
  }
  if (options.timeout && std::chrono::steady_clock::now() - begin > *options.timeout) {
    end(child);
    throw TimeoutError(fmt::format("{} did not end within {:.0f} s", options.arguments.front(),
                                   options.timeout->count()));
  }
}

/// Feeds and drains the child's streams until it closes them.
void converse(pid_t child, const ProcessOptions& options, SteadyTime begin, FileDescriptor input,
              FileDescriptor output, FileDescriptor errors, ProcessResult& result) {
  std::size_t sent = 0;
  fcntl(input.get(), F_SETFL, O_NONBLOCK);
  if (options.standard_input.empty()) input.close();
  while (output.get() >= 0 || errors.get() >= 0) {
    end_if_asked(child, options, begin);
    std::array<pollfd, 4> waiting{pollfd{output.get(), POLLIN, 0}, pollfd{errors.get(), POLLIN, 0},
                                  pollfd{input.get(), POLLOUT, 0},
                                  pollfd{interrupt::file_descriptor(), POLLIN, 0}};
    // A shielded thread must not spin on the signal pipe, which stays readable.
    if (interrupt::count() > 0) waiting[3].fd = -1;
    poll(waiting.data(), waiting.size(), 200);
    if (waiting[2].revents != 0) {
      const ssize_t count = write(input.get(), options.standard_input.data() + sent,
                                  options.standard_input.size() - sent);
      if (count > 0) sent += static_cast<std::size_t>(count);
      const bool broken = count < 0 && errno != EAGAIN && errno != EINTR;
      if (broken || sent == options.standard_input.size()) input.close();
    }
    if (waiting[0].revents != 0 && !read_some(output.get(), result.output, options, true)) {
      output.close();
    }
    if (waiting[1].revents != 0 && !read_some(errors.get(), result.errors, options, false)) {
      errors.close();
    }
  }
}

/// Most programs end when they close their streams; one that does not is still watched.
int reap_watching(pid_t child, const ProcessOptions& options, SteadyTime begin) {
  constexpr useconds_t longest_pause = 50'000;
  int status = 0;
  for (useconds_t pause = 500; waitpid(child, &status, WNOHANG) == 0;
       pause = std::min(2 * pause, longest_pause)) {
    end_if_asked(child, options, begin);
    usleep(pause);
  }
  return exit_status(status);
}

}  // namespace

ProcessResult run_process(const ProcessOptions& options) {
  // A program that ends without reading its input must not end this one.
  static const auto ignore_broken_pipes = signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignore_broken_pipes);
  using ErrorStream = ProcessOptions::ErrorStream;
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe errors;
  Streams streams{input.read_end.get(), output.write_end.get(), -1};
  if (options.error_stream == ErrorStream::merged) streams.errors = output.write_end.get();
  if (options.error_stream == ErrorStream::apart) {
    errors = make_pipe();
    streams.errors = errors.write_end.get();
  }
  const pid_t child = start(options.arguments, options.environment, streams);
  input.read_end.close();
  output.write_end.close();
  errors.write_end.close();
  ProcessResult result;
  const SteadyTime begin = std::chrono::steady_clock::now();
  converse(child, options, begin, std::move(input.write_end), std::move(output.read_end),
           std::move(errors.read_end), result);
  result.status = reap_watching(child, options, begin);
  return result;
}

int run_in_foreground(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string>& environment) {
  return reap(start(arguments, environment, {}));
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+%";
  if (!word.empty() && word.find_first_not_of(harmless) == std::string_view::npos) {
    return std::string(word);
  }
  std::string result = "'";
  for (const char c : word) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string shell_quoted(const std::vector<std::string>& arguments) {
  std::vector<std::string> quoted;
  quoted.reserve(arguments.size());
  for (const std::string& argument : arguments) quoted.push_back(shell_quoted(argument));
  return join(quoted, " ");
}

}  // namespace asiaq
