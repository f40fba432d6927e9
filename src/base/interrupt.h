// Being asked to stop: SIGINT, SIGTERM and SIGHUP.
//
// The handlers only take a note; whoever waits asks `requested()` or waits on `file_descriptor()`.
// Work that must be finished all the same (cleaning up what a command started) runs inside a
// Shield. Thread-safe.
#pragma once

#include <chrono>

namespace asiaq {

/// Thrown at the next safe point after a signal. Deliberately not an Error and not a
/// std::exception.
struct Interrupted {
  int signal = 0;
};

namespace interrupt {

/// Installs the handlers; called once by main. A third signal ends the process at once.
void install_handlers();

/// How many signals arrived so far.
int count();

/// True if a signal arrived and this thread is not shielded.
bool requested();

/// Throws Interrupted if requested().
void check();

/// True while this thread holds a Shield.
bool shielded();

/// Becomes readable with the first signal and stays so: to be added to poll() sets. -1 before
/// install_handlers().
int file_descriptor();

/// Sleeps; ends early by throwing Interrupted.
void sleep_for(std::chrono::duration<double> duration);

/// While one lives, this thread ignores requests to stop: for clean-up after an interruption.
class Shield {
 public:
  Shield();
  ~Shield();
  Shield(const Shield&) = delete;
  Shield& operator=(const Shield&) = delete;
};

}  // namespace interrupt
}  // namespace asiaq
