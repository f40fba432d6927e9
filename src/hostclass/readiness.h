// Whether hosts are ready: their groups have them, and they passed their smoke test.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/wait.h"
#include "hostclass/clients.h"
#include "hostclass/group.h"
#include "hostclass/host.h"

namespace asiaq::hostclass {

/// `failed`: the host will never be ready.
enum class Readiness { passed, not_ready, failed };

/// A host failed or went away while it was being tested. Kind "SmokeTest".
class SmokeTestError : public Error {
 public:
  explicit SmokeTestError(std::string reason) : Error("SmokeTest", std::move(reason)) {}
};

/// Whether the host itself, asked by a login as `user`, says that it is booted and tested.
/// Thread-safe.
using LoginCheck = std::function<bool(const Host& host, const std::string& user)>;

/// By state and tag `smoketest`; an untagged running host is asked by `login` if its hostclass has
/// a user for that (`smoke_test_user`).
Readiness readiness_of(const Host& host, const std::optional<std::string>& smoke_test_user,
                       const LoginCheck& login);

/// Hosts to be waited for: the members of one group.
struct AwaitedGroup {
  std::string hostclass;
  std::string group;
  std::optional<std::string> smoke_test_user;
};

struct AwaitedGroups {
  std::string environment;
  std::vector<AwaitedGroup> groups;
  WaitLimits capacity{.interval = Seconds(3), .limit = Seconds(300)};
  WaitLimits smoke_test{.interval = Seconds(3), .limit = Seconds(1200)};
};

/// What is missing until every group has as many members on their way or up as it should; nothing
/// when none is. Pure.
std::optional<std::string> missing_capacity(const std::vector<AwaitedGroup>& awaited,
                                            const std::vector<Group>& groups);

/// Waits until all groups have their members and all of these passed. Returns the members. Throws
/// TimeoutError naming groups or hosts, what AWS said and how to look at them; SmokeTestError as
/// soon as a host can never pass.
std::vector<Host> wait_until_ready(const Clients& clients, const AwaitedGroups& awaited,
                                   const LoginCheck& login, Clock& clock = system_clock());

}  // namespace asiaq::hostclass
