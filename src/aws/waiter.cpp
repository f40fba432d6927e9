#include "aws/waiter.h"

#include <algorithm>
#include <array>

namespace asiaq::aws {
namespace {

using Match = Acceptor::Match;

constexpr std::size_t kMostShown = 5;

std::vector<Found> values_of(const Waiter& waiter, const Acceptor& acceptor, const Answer& answer) {
  if (answer.output == nullptr || waiter.operation->output == nullptr) return {};
  return values_at(*waiter.operation->output, answer.output, acceptor.path, answer.only);
}

std::size_t size_of(const Found& found) {
  switch (found.shape->kind) {
    case Kind::list:
      return found.shape->list->size(found.value);
    case Kind::string:
      return static_cast<const std::string*>(found.value)->size();
    default:
      return 1;
  }
}

bool is_some(const std::vector<Found>& values, bool many) {
  return !values.empty() && (many || size_of(values.front()) > 0);
}

bool is_none(const std::vector<Found>& values, bool many) {
  return many ? values.empty() : !values.empty() && size_of(values.front()) == 0;
}

bool fits_values(const Acceptor& acceptor, const std::vector<Found>& values) {
  const auto expected = [&](const Found& value) { return text_of(value) == acceptor.expected; };
  switch (acceptor.match) {
    case Match::value:
      return values.size() == 1 && expected(values.front());
    case Match::all:
      return !values.empty() && std::all_of(values.begin(), values.end(), expected);
    case Match::any:
      return std::any_of(values.begin(), values.end(), expected);
    case Match::some:
      return is_some(values, has_many(acceptor.path));
    default:
      return is_none(values, has_many(acceptor.path));
  }
}

bool fits(const Waiter& waiter, const Acceptor& acceptor, const Answer& answer) {
  switch (acceptor.match) {
    case Match::status:
      return std::to_string(answer.http_status) == acceptor.expected;
    case Match::error:
      return answer.error_code == acceptor.expected;
    case Match::any_error:
      return !answer.error_code.empty();
    case Match::no_error:
      return answer.error_code.empty();
    default:
      // There is nothing to look at in an error.
      return answer.error_code.empty() &&
             fits_values(acceptor, values_of(waiter, acceptor, answer));
  }
}

bool looks_at_values(const Acceptor& acceptor) { return !acceptor.path.empty(); }

std::string joined(const std::vector<Found>& values) {
  std::vector<std::string> texts;
  for (const Found& value : values) {
    std::string text = text_of(value);
    if (std::find(texts.begin(), texts.end(), text) == texts.end())
      texts.push_back(std::move(text));
  }
  std::string all;
  for (std::size_t i = 0; i < std::min(texts.size(), kMostShown); ++i) {
    all += (i == 0 ? "" : ", ") + texts[i];
  }
  return texts.size() > kMostShown ? all + " …" : all;
}

const Acceptor* wanted_values(const Waiter& waiter) {
  const auto found =
      std::find_if(waiter.acceptors.begin(), waiter.acceptors.end(), [](const Acceptor& acceptor) {
        return acceptor.verdict == Acceptor::Verdict::success && looks_at_values(acceptor);
      });
  return found == waiter.acceptors.end() ? nullptr : &*found;
}

// A reason to give up that is not to be seen where the wanted is looked for.
bool is_other_failure(const Acceptor* acceptor, const Acceptor* wanted) {
  return acceptor != nullptr && acceptor->verdict == Acceptor::Verdict::failure &&
         looks_at_values(*acceptor) &&
         (wanted == nullptr || path_text(acceptor->path) != path_text(wanted->path));
}

}  // namespace

const Acceptor* deciding(const Waiter& waiter, const Answer& answer) {
  const auto found =
      std::find_if(waiter.acceptors.begin(), waiter.acceptors.end(),
                   [&](const Acceptor& acceptor) { return fits(waiter, acceptor, answer); });
  return found == waiter.acceptors.end() ? nullptr : &*found;
}

std::string seen(const Waiter& waiter, const Answer& answer) {
  if (!answer.error_code.empty()) return "AWS says " + answer.error_code;
  const Acceptor* wanted = wanted_values(waiter);
  if (const Acceptor* against = deciding(waiter, answer); is_other_failure(against, wanted)) {
    return path_text(against->path) + " is " + joined(values_of(waiter, *against, answer));
  }
  if (wanted == nullptr) return "not yet";
  const std::string what = path_text(wanted->path);
  if (wanted->match == Match::some) return what + " is still empty";
  const std::vector<Found> values = values_of(waiter, *wanted, answer);
  if (wanted->match == Match::none) {
    const std::string left = joined(values);
    return left.empty() ? what + " is not yet empty" : "still there: " + left;
  }
  return what + (values.empty() ? " is not there" : " is " + joined(values)) + ", wanted " +
         std::string(wanted->expected);
}

std::string reason(const Waiter& waiter, const Answer& answer) {
  static constexpr std::array<PathStep, 1> kFailure{PathStep{"FailureMessage"}};
  static constexpr std::array<PathStep, 1> kStatus{PathStep{"StatusMessage"}};
  static constexpr std::array<PathStep, 1> kState{PathStep{"StateMessage"}};
  static constexpr std::array<PathStep, 2> kReason{PathStep{"StateReason"}, PathStep{"Message"}};
  static constexpr std::array<PathStep, 2> kMessage{PathStep{"Status"}, PathStep{"Message"}};
  static constexpr std::array<Path, 5> kPlaces{kFailure, kStatus, kState, kReason, kMessage};
  const Acceptor* wanted = wanted_values(waiter);
  if (wanted == nullptr || answer.output == nullptr) return {};
  const auto last =
      std::find_if(wanted->path.rbegin(), wanted->path.rend(),
                   [](const PathStep& step) { return step.take == PathStep::Take::each; });
  std::vector<Found> texts;
  for (const Path& place : kPlaces) {
    std::vector<PathStep> path(wanted->path.begin(), last.base());
    path.insert(path.end(), place.begin(), place.end());
    for (const Found& found :
         values_at(*waiter.operation->output, answer.output, path, answer.only)) {
      if (!text_of(found).empty()) texts.push_back(found);
    }
  }
  return joined(texts);
}

}  // namespace asiaq::aws
