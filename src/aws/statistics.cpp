#include "aws/statistics.h"

#include <fmt/format.h>

namespace asiaq::aws {

CallCount& CallCount::operator+=(const CallCount& other) {
  calls += other.calls;
  attempts += other.attempts;
  throttles += other.throttles;
  failures += other.failures;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  waited += other.waited;
  return *this;
}

void CallStatistics::add(const std::string& operation, const CallCount& count) {
  const std::lock_guard lock(mutex_);
  counts_[operation] += count;
}

std::map<std::string, CallCount> CallStatistics::by_operation() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

CallCount CallStatistics::total() const {
  CallCount sum;
  for (const auto& [operation, count] : by_operation()) sum += count;
  return sum;
}

std::string to_table(const CallStatistics& statistics) {
  std::string table =
      fmt::format("{:<48} {:>6} {:>8} {:>10} {:>9} {:>10} {:>12} {:>8}\n", "operation", "calls",
                  "retries", "throttles", "failures", "sent", "received", "waited");
  const auto row = [&](const std::string& name, const CallCount& count) {
    table += fmt::format("{:<48} {:>6} {:>8} {:>10} {:>9} {:>10} {:>12} {:>7.1f}s\n", name,
                         count.calls, count.retries(), count.throttles, count.failures,
                         count.bytes_sent, count.bytes_received, count.waited.count());
  };
  for (const auto& [operation, count] : statistics.by_operation()) row(operation, count);
  row("total", statistics.total());
  return table;
}

}  // namespace asiaq::aws
