#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"

/// What a session has asked of AWS.
namespace asiaq::aws {

struct CallCount {
  std::int64_t calls = 0;      ///< of the program
  std::int64_t attempts = 0;   ///< requests sent
  std::int64_t throttles = 0;  ///< answers that asked to slow down
  std::int64_t failures = 0;   ///< calls that ended in an error
  std::int64_t bytes_sent = 0;
  std::int64_t bytes_received = 0;
  Seconds waited{0};  ///< before repeated attempts and for the rate limiter

  std::int64_t retries() const { return attempts > calls ? attempts - calls : 0; }
  CallCount& operator+=(const CallCount& other);
};

/// Counts by "service Operation". Thread-safe.
class CallStatistics {
 public:
  void add(const std::string& operation, const CallCount& count);
  std::map<std::string, CallCount> by_operation() const;
  CallCount total() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, CallCount> counts_;
};

/// A table for people: one line per operation and a total.
std::string to_table(const CallStatistics& statistics);

/// The same for programs, in one line: {"operations": [{"operation": "ec2 DescribeVpcs", "calls":
/// 1, "retries": 0, "throttles": 0, "failures": 0, "bytes_sent": 37, "bytes_received": 250,
/// "seconds_waited": 0.0}], "total": {…}}.
std::string to_json(const CallStatistics& statistics);

}  // namespace asiaq::aws
