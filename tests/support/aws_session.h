// Sessions for tests: an environment of their own, a fake network and a fake clock.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "aws/session.h"
#include "support/fake_clock.h"
#include "support/fake_transport.h"

namespace asiaq::aws {

using Variables = std::map<std::string, std::string>;

inline Environment environment_of(Variables variables,
                                  std::filesystem::path home = "/nonexistent") {
  return {.variable = [variables = std::move(variables)](
                          const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
          },
          .home = std::move(home)};
}

inline Variables with_keys(Variables more = {}) {
  more.merge(Variables{{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                       {"AWS_SECRET_ACCESS_KEY", "secret"},
                       {"AWS_REGION", "us-west-2"}});
  return more;
}

struct TestSession {
  explicit TestSession(Variables variables = with_keys(), Access access = Access::read_write,
                       std::filesystem::path home = "/nonexistent")
      : session({.access = access,
                 .environment = environment_of(std::move(variables), std::move(home)),
                 .transport = network,
                 .clock = &clock}) {}
  FakeClock clock;
  std::shared_ptr<FakeTransport> network = std::make_shared<FakeTransport>();
  Session session;
};

}  // namespace asiaq::aws
