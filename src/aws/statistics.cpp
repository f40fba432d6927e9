#include "aws/statistics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace asiaq::aws {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const CallCount& count) {
  return {{"calls", count.calls},
          {"retries", count.retries()},
          {"throttles", count.throttles},
          {"failures", count.failures},
          {"bytes_sent", count.bytes_sent},
          {"bytes_received", count.bytes_received},
          {"seconds_waited", count.waited.count()}};
}

}  // namespace

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

std::string to_json(const CallStatistics& statistics) {
  Json operations = Json::array();
  for (const auto& [operation, count] : statistics.by_operation()) {
    Json row{{"operation", operation}};
    row.update(as_json(count));
    operations.push_back(std::move(row));
  }
  return Json{{"operations", std::move(operations)}, {"total", as_json(statistics.total())}}.dump();
}

}  // namespace asiaq::aws
