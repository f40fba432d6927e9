#include "base/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace asiaq::interrupt {

namespace {

constexpr int signals_until_immediate_exit = 3;

std::atomic<int> arrived = 0;
std::atomic<int> last_signal = 0;
int wake_up[2] = {-1, -1};
thread_local int shields = 0;

extern "C" void on_signal(int signal) {
  const int saved_errno = errno;
  last_signal = signal;
  if (++arrived >= signals_until_immediate_exit) _exit(128 + signal);
  const char byte = 1;
  if (write(wake_up[1], &byte, 1) < 0) {
    // The pipe is full: it is readable already, which is all that matters.
  }
  errno = saved_errno;
}

}  // namespace

void install_handlers() {
  if (pipe2(wake_up, O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

int count() { return arrived; }

bool shielded() { return shields > 0; }

bool requested() { return !shielded() && arrived > 0; }

void check() {
  if (requested()) throw Interrupted{last_signal};
}

int file_descriptor() { return wake_up[0]; }

void sleep_for(std::chrono::duration<double> duration) {
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration);
  while (true) {
    check();
    const auto left = end - std::chrono::steady_clock::now();
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    if (milliseconds <= 0) return;
    // A shielded sleeper must not spin on a pipe that stays readable.
    pollfd pipe_end{shielded() ? -1 : wake_up[0], POLLIN, 0};
    poll(&pipe_end, 1, static_cast<int>(std::min<long long>(milliseconds, 60'000)));
  }
}

Shield::Shield() { ++shields; }

Shield::~Shield() { --shields; }

}  // namespace asiaq::interrupt
