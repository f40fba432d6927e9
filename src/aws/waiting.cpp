#include "aws/waiting.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "aws/call.h"
#include "aws/error.h"
#include "aws/session_parts.h"
#include "aws/waiter.h"
#include "base/wait.h"

namespace asiaq::aws {
namespace {

// The look that reaches the longest pause is never later than this.
constexpr int kMostDoublings = 30;

WaitOptions scaled(WaitOptions options) {
  const double scale = wait_scale();
  options.limit *= scale;
  options.shortest_pause *= scale;
  options.longest_pause *= scale;
  return options;
}

// As many as one call may name; Auto Scaling takes the fewest.
constexpr std::size_t kMostIdsOfEc2 = 1000;
constexpr std::size_t kMostIds = 50;

Seconds longest_pause_after(int look, const WaitOptions& options) {
  const int doublings = std::min(look - 1, kMostDoublings);
  return std::min(options.longest_pause, options.shortest_pause * std::exp2(doublings));
}

// The ids of a request that says nothing else, and the member of an answer's items that holds one:
// "InstanceIds" and "InstanceId".
struct Ids {
  const Member* list;
  std::string_view member;
  std::vector<std::string> values;
};

// The only member of the request that is set, if it is a list of texts.
const Member* only_list(const Shape& shape, const void* request) {
  const Member* only = nullptr;
  for (const Member& member : shape.members) {
    if (member.peek(request) == nullptr) continue;
    const bool is_list =
        member.shape->kind == Kind::list && member.shape->element().shape->kind == Kind::string;
    if (only != nullptr || !is_list) return nullptr;
    only = &member;
  }
  return only;
}

bool tells_apart(const Waiter& waiter, std::string_view member) {
  const auto looks = [](const Acceptor& each) { return !each.path.empty(); };
  const auto tells = [&](const Acceptor& each) {
    return can_select(*waiter.operation->output, each.path, member);
  };
  return waiter.operation->output != nullptr &&
         std::any_of(waiter.acceptors.begin(), waiter.acceptors.end(), looks) &&
         std::all_of(waiter.acceptors.begin(), waiter.acceptors.end(), [&](const Acceptor& each) {
           return looks(each) ? tells(each) : each.match == Acceptor::Match::error;
         });
}

// Nothing if the answer to several waits together could not be told apart again.
std::optional<Ids> ids_of(const Waiter& waiter, const void* request) {
  const Member* list = only_list(*waiter.operation->input, request);
  if (list == nullptr || !list->name.ends_with('s')) return std::nullopt;
  const std::string_view member = list->name.substr(0, list->name.size() - 1);
  if (!tells_apart(waiter, member)) return std::nullopt;
  Ids ids{.list = list, .member = member, .values = {}};
  const void* values = list->peek(request);
  for (std::size_t i = 0; i < list->shape->list->size(values); ++i) {
    ids.values.push_back(*static_cast<const std::string*>(list->shape->list->at(values, i)));
  }
  if (ids.values.empty()) return std::nullopt;
  return ids;
}

// One wait: asks alone or together with others, and judges the answers.
class Wait {
 public:
  Wait(Session& session, const Service& service, const Waiter& waiter, const void* request,
       const Structures& structures, const WaitOptions& options)
      : session_(session),
        parts_(session.parts()),
        service_(service),
        waiter_(waiter),
        request_(request),
        structures_(structures),
        times_(scaled(options)),
        what_(options.what.empty() ? std::string(service.name) + " " + std::string(waiter.name)
                                   : options.what),
        ids_(ids_of(waiter, request)) {
    if (!ids_) return;
    only_ = {ids_->member, ids_->values};
    place_.emplace(parts_.shared_looks, *waiter.operation, ids_->values,
                   service.protocol == Protocol::ec2 ? kMostIdsOfEc2 : kMostIds, parts_.clock);
  }

  void run() {
    wait_until(
        what_, times_.limit, [this] { return missing(); },
        [this](int look, Seconds left) { return pause(look, left); }, parts_.clock);
  }

 private:
  struct Seen {
    std::shared_ptr<const void> output;
    std::optional<ServiceError> error;
  };

  std::optional<std::string> missing() {
    const Seen seen_now = place_ ? look_together() : look_alone();
    Answer answer{.output = seen_now.output.get(), .only = ids_ ? &only_ : nullptr};
    if (const auto& error = seen_now.error) {
      answer = {
          .output = nullptr, .http_status = error->http_status(), .error_code = error->code()};
    }
    const Acceptor* acceptor = deciding(waiter_, answer);
    if (acceptor == nullptr && seen_now.error) throw *seen_now.error;
    if (acceptor == nullptr || acceptor->verdict == Acceptor::Verdict::retry) {
      return seen(waiter_, answer);
    }
    if (acceptor->verdict == Acceptor::Verdict::failure) give_up(answer);
    return std::nullopt;
  }

  [[noreturn]] void give_up(const Answer& answer) const {
    const std::string why = reason(waiter_, answer);
    throw WaitError("gave up waiting for " + what_ + ": " + seen(waiter_, answer) +
                    (why.empty() ? "" : " (" + why + ")"));
  }

  Seconds pause(int look, Seconds left) {
    const Seconds wanted = pause_after(look, left, times_, parts_.random());
    return place_ ? place_->pause(wanted, longest_pause_after(look, times_)) : wanted;
  }

  Seen look_alone() const {
    const std::shared_ptr<void> result = structures_.result();
    try {
      call(session_, service_, *waiter_.operation, request_, result.get());
    } catch (const ServiceError& error) {
      return {.output = nullptr, .error = error};
    }
    return {.output = result, .error = std::nullopt};
  }

  Seen look_together() {
    const auto answer =
        place_->look(times_.shortest_pause / 2, [this](const auto& ids) { return ask(ids); });
    for (const std::string& id : ids_->values) {
      if (const auto found = answer->errors.find(id); found != answer->errors.end()) {
        return {.output = nullptr, .error = found->second};
      }
    }
    return {.output = answer->output, .error = std::nullopt};
  }

  // AWS refuses a question as a whole for one id that it does not know: the others are asked about
  // again without it.
  CommonAnswer ask(std::vector<std::string> ids) const {
    CommonAnswer answer;
    while (!ids.empty()) {
      const std::shared_ptr<void> result = structures_.result();
      try {
        call(session_, service_, *waiter_.operation, request_about(ids).get(), result.get());
        answer.output = result;
        return answer;
      } catch (const ServiceError& error) {
        const auto blamed = [&](const std::string& id) {
          return error.message().find(id) != std::string::npos;
        };
        const bool blames_some = std::any_of(ids.begin(), ids.end(), blamed);
        std::erase_if(ids, [&](const std::string& id) {
          return (!blames_some || blamed(id)) && answer.errors.emplace(id, error).second;
        });
      }
    }
    return answer;
  }

  std::shared_ptr<void> request_about(const std::vector<std::string>& ids) const {
    std::shared_ptr<void> request = structures_.request();
    void* list = ids_->list->make(request.get());
    for (const std::string& id : ids) {
      *static_cast<std::string*>(ids_->list->shape->list->append(list)) = id;
    }
    return request;
  }

  Session& session_;
  SessionParts& parts_;
  const Service& service_;
  const Waiter& waiter_;
  const void* request_;
  const Structures& structures_;
  const WaitOptions times_;
  const std::string what_;
  const std::optional<Ids> ids_;
  Selection only_{};
  std::optional<SharedLooks::Place> place_;
};

}  // namespace

Seconds pause_after(int look, Seconds left, const WaitOptions& options, double chance) {
  const Seconds ceiling = longest_pause_after(look, options);
  const Seconds pause = options.shortest_pause + (ceiling - options.shortest_pause) * chance;
  return left - pause < options.shortest_pause ? left : pause;
}

void wait(Session& session, const Service& service, const Waiter& waiter, const void* request,
          const Structures& structures, const WaitOptions& options) {
  Wait(session, service, waiter, request, structures, options).run();
}

}  // namespace asiaq::aws
