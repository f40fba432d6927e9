#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/error.h"
#include "base/clock.h"

/// Many waits that look together: one call asks for the states of all that is waited for.
namespace asiaq::aws {

struct Operation;

/// The answer of AWS to one question about several things.
struct CommonAnswer {
  std::shared_ptr<const void> output{};
  std::map<std::string, ServiceError> errors{};  ///< by id: about these there is no output
};

/// The waits of a session, by the operation that they look with. The first that wants to look asks
/// for all; who comes while the answer is on its way waits for it, and all sleep until the same
/// moment for the next. Thread-safe.
class SharedLooks {
 public:
  /// Asks about these ids. Called without a lock, by one thread at a time for each operation.
  using Ask = std::function<CommonAnswer(const std::vector<std::string>& ids)>;

 private:
  struct Round {
    std::uint64_t number = 0;
    SteadyTime began{};
    std::set<std::string> ids;
    CommonAnswer answer;
  };
  struct Group {
    std::multiset<std::string> ids;  ///< that are waited for
    bool is_asking = false;
    std::condition_variable changed;
    std::shared_ptr<const Round> latest;
    std::uint64_t rounds = 0;
    SteadyTime next{};  ///< when the next round is due
  };

 public:
  /// One wait's place among them. Used by one thread.
  class Place {
   public:
    /// One question is about `most_ids` at most, unless these are more.
    Place(SharedLooks& looks, const Operation& operation, std::vector<std::string> ids,
          std::size_t most_ids, Clock& clock);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// An answer about the ids that this wait has not seen yet, at most so old. Throws what `ask`
    /// throws, and Interrupted.
    std::shared_ptr<const CommonAnswer> look(Seconds oldest, const Ask& ask);

    /// How long to sleep: until the round that others have chosen if it is due within `longest`,
    /// else `wanted`, which makes it theirs too.
    Seconds pause(Seconds wanted, Seconds longest);

   private:
    bool is_news(SteadyTime arrived, Seconds oldest) const;
    std::vector<std::string> ids_to_ask() const;

    SharedLooks& looks_;
    Group& group_;
    const std::vector<std::string> ids_;
    const std::size_t most_ids_;
    Clock& clock_;
    std::uint64_t seen_;
  };

 private:
  std::mutex mutex_;
  std::map<const Operation*, Group> groups_;  ///< guarded, as all in them, by the mutex
};

}  // namespace asiaq::aws
