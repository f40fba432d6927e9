#include "hostclass/snapshot.h"

#include <gtest/gtest.h>

namespace asiaq::hostclass {
namespace {

Snapshot snapshot(const std::string& id, int time, std::optional<std::string> environment = {},
                  const std::string& state = "completed") {
  return {.id = id,
          .hostclass = "mhcfoo",
          .environment = std::move(environment),
          .state = state,
          .size = 20,
          .started = from_unix_seconds(time)};
}

std::string newest(const std::vector<Snapshot>& snapshots) {
  const auto found = newest_snapshot(snapshots, "mhcfoo", "ci");
  return found ? found->id : "none";
}

TEST(NewestSnapshot, IsTheYoungestOfTheHostclass) {
  Snapshot other = snapshot("snap-3", 3);
  other.hostclass = "mhcbar";
  EXPECT_EQ(newest({snapshot("snap-2", 2), snapshot("snap-1", 1), other}), "snap-2");
  EXPECT_EQ(newest({other}), "none");
}

TEST(NewestSnapshot, IsTheEnvironmentsOwnWhereThereIsOne) {
  EXPECT_EQ(newest({snapshot("snap-1", 1, "ci"), snapshot("snap-2", 2)}), "snap-1");
  EXPECT_EQ(newest({snapshot("snap-1", 1), snapshot("snap-2", 2, "qa")}), "snap-1");
}

TEST(NewestSnapshot, MayBePendingButNotBroken) {
  EXPECT_EQ(newest({snapshot("snap-1", 1), snapshot("snap-2", 2, {}, "pending")}), "snap-2");
  EXPECT_EQ(newest({snapshot("snap-1", 1), snapshot("snap-2", 2, {}, "error")}), "snap-1");
}

}  // namespace
}  // namespace asiaq::hostclass
