#pragma once

#include <mutex>

/// How many retries faults are worth.
namespace asiaq::aws::retry {

/// A budget that retries after faults are paid from, so that many callers do not hammer a service
/// that is down. Prices are those of the standard mode of AWS's SDKs. Thread-safe.
class Quota {
 public:
  static constexpr int kPriceOfRetry = 14;
  static constexpr int kGainOfSuccess = 1;

  /// Sixteen calls at once, a plan's worth, may each use all nine retries.
  static constexpr int kUsual = 16 * 9 * kPriceOfRetry;

  explicit Quota(int most = kUsual) : most_(most), left_(most) {}

  /// Pays for a retry; false if too little is left.
  bool pay();
  /// A call succeeded: gives back the price of its last paid retry, or a little without one.
  void succeeded(bool paid);
  int left() const;

 private:
  mutable std::mutex mutex_;
  const int most_;
  int left_;
};

}  // namespace asiaq::aws::retry
