#include "aws/shared_looks.h"

#include <algorithm>
#include <utility>

#include "base/interrupt.h"

namespace asiaq::aws {
namespace {

// A signal cannot wake who waits for another thread's answer.
constexpr std::chrono::milliseconds kAttention{100};

}  // namespace

SharedLooks::Place::Place(SharedLooks& looks, const Operation& operation,
                          std::vector<std::string> ids, std::size_t most_ids, Clock& clock)
    : looks_(looks),
      group_([&]() -> Group& {
        const std::lock_guard lock(looks.mutex_);
        return looks.groups_[&operation];
      }()),
      ids_(std::move(ids)),
      most_ids_(most_ids),
      clock_(clock) {
  const std::lock_guard lock(looks_.mutex_);
  group_.ids.insert(ids_.begin(), ids_.end());
  // An answer that was asked for before is not one to this wait.
  seen_ = group_.rounds + (group_.is_asking ? 1 : 0);
}

SharedLooks::Place::~Place() {
  const std::lock_guard lock(looks_.mutex_);
  for (const std::string& id : ids_) group_.ids.erase(group_.ids.find(id));
}

std::shared_ptr<const CommonAnswer> SharedLooks::Place::look(Seconds oldest, const Ask& ask) {
  std::unique_lock lock(looks_.mutex_);
  const SteadyTime arrived = clock_.steady_now();
  while (!is_news(arrived, oldest) && group_.is_asking) {
    group_.changed.wait_for(lock, kAttention);
    interrupt::check();
  }
  if (!is_news(arrived, oldest)) {
    group_.is_asking = true;
    const std::vector<std::string> ids = ids_to_ask();
    auto round = std::make_shared<Round>();
    round->began = clock_.steady_now();
    round->ids = {ids.begin(), ids.end()};
    lock.unlock();
    // Whatever comes of it, the others must be able to ask.
    const auto end = [&] {
      lock.lock();
      group_.is_asking = false;
      group_.changed.notify_all();
    };
    try {
      round->answer = ask(ids);
    } catch (...) {
      end();
      throw;
    }
    end();
    round->number = ++group_.rounds;
    group_.latest = std::move(round);
  }
  seen_ = group_.latest->number;
  return {group_.latest, &group_.latest->answer};
}

Seconds SharedLooks::Place::pause(Seconds wanted, Seconds longest) {
  const std::lock_guard lock(looks_.mutex_);
  const SteadyTime now = clock_.steady_now();
  const Seconds due = group_.next - now;
  if (due > Seconds(0) && due <= longest) return due;
  group_.next = now + std::chrono::duration_cast<SteadyTime::duration>(wanted);
  return wanted;
}

bool SharedLooks::Place::is_news(SteadyTime arrived, Seconds oldest) const {
  const auto& latest = group_.latest;
  return latest && latest->number > seen_ && latest->began + oldest >= arrived &&
         std::all_of(ids_.begin(), ids_.end(),
                     [&](const std::string& id) { return latest->ids.contains(id); });
}

// Its own first, then as many of the others' as there is room for.
std::vector<std::string> SharedLooks::Place::ids_to_ask() const {
  std::set<std::string> ids(ids_.begin(), ids_.end());
  for (const std::string& id : group_.ids) {
    if (ids.size() >= most_ids_) break;
    ids.insert(id);
  }
  return {ids.begin(), ids.end()};
}

}  // namespace asiaq::aws
