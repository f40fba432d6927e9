#include "aws/retry/baseline.h"

#include <algorithm>
#include <cmath>

namespace asiaq::aws::retry {
namespace {

// Of what the service accepted: what is well below it, what is tried when it is time to, and what
// no single refusal pushes the rate below.
constexpr double kSlow = 0.85;
constexpr double kTried = 0.7;
constexpr double kLowest = 0.5;

// A comparison takes so many refusals among so many calls, or so many calls.
constexpr int kEnoughRefused = 4;
constexpr int kFewestCalls = 10;
constexpr int kEnoughCalls = 40;
// After so many calls slowing down is tried again.
constexpr int kBelieved = 200;

// Less than this part is as good as none; less than this share of the part before has fallen, more
// than the other share and the part on top of it has risen.
constexpr double kNone = 0.03;
constexpr double kFallen = 0.5;
constexpr double kRisen = 2;
constexpr double kRisenBy = 0.2;

// How fast a part that was guessed too high comes down.
constexpr double kWeightOfLatest = 0.3;
// Standard deviations (of a Poisson distribution) that are chance.
constexpr double kChance = 2;

// The answers were taken until the last refusal, which is no draw.
double unbiased_part(const Answers& answers) {
  return answers.refused > 1 ? (answers.refused - 1.0) / (answers.calls() - 1.0) : 0;
}

bool are_enough(const Answers& answers) {
  return answers.calls() >= kEnoughCalls ||
         (answers.calls() >= kFewestCalls && answers.refused >= kEnoughRefused);
}

}  // namespace

Answers& Answers::operator+=(const Answers& more) {
  accepted += more.accepted;
  refused += more.refused;
  seconds += more.seconds;
  return *this;
}

Baseline::Finding Baseline::compare(const Answers& answers) {
  if (!is_slow(answers)) return Finding::none;
  Answers slow = slow_;
  slow += answers;
  if (!are_enough(slow)) return Finding::none;
  const double part = unbiased_part(slow);
  if (part < kNone || part < kFallen * fast_.refused_part() || is_much_more(part)) {
    part_ = 0;
    begin(slow);
    return Finding::depends_on_rate;
  }
  part_ = part;
  age_ = 0;
  slow_ = {};
  return Finding::independent;
}

double Baseline::rate_before() const {
  return std::min(best_.rate(), best_.accepted_rate() / (1 - part_));
}

std::optional<double> Baseline::add(const Answers& answers) {
  age_ += answers.calls();
  if (part_ > 0 && age_ > kBelieved) {
    age_ = 0;
    begin(answers);
    return kTried * answers.accepted_rate();
  }
  if (is_slow(answers)) {
    slow_ += answers;
    return std::nullopt;
  }
  part_ = std::min(part_, part_ + kWeightOfLatest * (answers.refused_part() - part_));
  if (fast_.calls() == 0 || is_much_more(answers.refused_part())) {
    begin(answers);
    return std::nullopt;
  }
  slow_ = {};
  fast_ += answers;
  if (answers.accepted_rate() > best_.accepted_rate()) best_ = answers;
  return std::nullopt;
}

bool Baseline::explains(const Answers& answers) const {
  const double expected = part_ * answers.calls();
  return answers.refused <= expected + kChance * std::sqrt(expected);
}

double Baseline::lowest_rate() const { return kLowest * best_.accepted_rate(); }

bool Baseline::is_slow(const Answers& answers) const {
  return answers.rate() <= kSlow * best_.accepted_rate();
}

bool Baseline::is_much_more(double part) const {
  return part > kRisen * fast_.refused_part() + kRisenBy;
}

void Baseline::begin(const Answers& answers) {
  fast_ = best_ = answers;
  slow_ = {};
}

}  // namespace asiaq::aws::retry
