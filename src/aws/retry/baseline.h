#pragma once

#include <optional>

/// Refusals that have nothing to do with our rate.
namespace asiaq::aws::retry {

/// What became of the calls of some time.
struct Answers {
  int accepted = 0;
  int refused = 0;
  double seconds = 0;

  int calls() const { return accepted + refused; }
  /// Calls per second.
  double rate() const { return seconds > 0 ? calls() / seconds : 0; }
  double accepted_rate() const { return seconds > 0 ? accepted / seconds : 0; }
  /// 0 to 1.
  double refused_part() const { return calls() > 0 ? static_cast<double>(refused) / calls() : 0; }
  Answers& operator+=(const Answers& more);
};

/// The part of the calls that a service refuses at any rate: others use up what the account may
/// send, or the service is in trouble. It is told from an empty bucket by slowing down, which the
/// caller does for the bucket's sake anyway. Well below what the service has shown to accept, a
/// bucket refuses next to nothing, and chance as many of the calls as before:
///
/// - If the part of refused calls stays about the same there, it is the baseline.
/// - If it falls, there is a bucket. If it rises, the service accepts less than it did, and what it
///   accepts now is what further slowing down is compared with.
/// - A baseline is never higher than what is refused in all, and every few hundred calls slowing
///   down is tried again.
///
/// Not thread-safe.
class Baseline {
 public:
  enum class Finding { none, depends_on_rate, independent };
  /// To be asked at every refusal, with the answers since the evidence began. Whatever is found,
  /// the evidence begins anew then.
  Finding compare(const Answers& answers);
  /// In calls per second: what to go back to when refusals are independent of the rate.
  double rate_before() const;
  /// Takes answers from which a rate was measured, and which are not given again. If it is time to
  /// try slowing down: the rate to try, in calls per second.
  std::optional<double> add(const Answers& answers);

  /// The part, 0 to 1; 0 unless slowing down did not help lately.
  double part() const { return part_; }
  /// Whether that explains the refusals among them.
  bool explains(const Answers& answers) const;
  /// In calls per second: going below it before answers have been compared tells nothing more.
  double lowest_rate() const;

 private:
  bool is_slow(const Answers& answers) const;
  bool is_much_more(double part) const;
  void begin(const Answers& answers);

  double part_ = 0;
  int age_ = 0;   ///< calls since it was found
  Answers fast_;  ///< at the rate that slower ones are compared with
  Answers best_;  ///< those of them of which most a second were accepted
  Answers slow_;
};

}  // namespace asiaq::aws::retry
