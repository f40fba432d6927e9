#include "hostclass/selectors.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "hostclass/host_removal.h"

namespace asiaq::hostclass {
namespace {

Host named(const std::string& id, const std::string& state, const std::string& hostname) {
  return {.id = id, .state = state, .tags = {{"hostname", hostname}}};
}

TEST(HostOfName, IsTheFirstThatIsNotOnItsWayOut) {
  EXPECT_EQ(host_of_name({named("i-1", "terminated", "a"), named("i-2", "running", "a"),
                          named("i-3", "running", "a"), named("i-4", "running", "b")},
                         "a")
                .id,
            "i-2");
  EXPECT_EQ(host_of_name({named("i-1", "terminated", "a")}, "a").id, "i-1");
}

TEST(HostOfName, IsNamedWhenThereIsNone) {
  try {
    host_of_name({named("i-1", "running", "a")}, "nope");
    FAIL() << "a hostname that nobody has was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "could not find an instance with hostname nope");
  }
}

TEST(HostsThatAreUp, ArePendingOrRunning) {
  const auto up = that_are_up({named("i-1", "pending", ""), named("i-2", "running", ""),
                               named("i-3", "stopped", ""), named("i-4", "shutting-down", ""),
                               named("i-5", "terminated", "")});
  ASSERT_EQ(up.size(), 2U);
  EXPECT_EQ(up[1].id, "i-2");
}

TEST(ResultLine, PutsAWordBeforeEachId) {
  EXPECT_EQ(result_line("Terminated", {"i-1", "i-2"}), "Terminated: Instance:i-1,Instance:i-2");
  EXPECT_EQ(result_line("Stopped", {}), "Stopped: ");
}

}  // namespace
}  // namespace asiaq::hostclass
