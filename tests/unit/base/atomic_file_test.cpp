#include "base/atomic_file.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace asiaq {
namespace {

namespace fs = std::filesystem;

long files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(AtomicFile, TakesThePlaceOfAnotherWithItsMode) {
  const test::ScratchFolder folder;
  const fs::path target = folder.path() / "f";
  write_atomically(target, "old", {.mode = 0640});
  AtomicFile file(target);
  file.write("n");
  EXPECT_EQ(read_file(target), "old");
  file.write("ew");
  file.place({});
  EXPECT_EQ(read_file(target), "new");
  EXPECT_EQ(fs::status(target).permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST(AtomicFile, ForgetsWhatWasWrittenBeforeItWasCleared) {
  const test::ScratchFolder folder;
  AtomicFile file(folder.path() / "f");
  file.write("a long beginning");
  file.clear();
  file.write("end");
  file.place({});
  EXPECT_EQ(read_file(folder.path() / "f"), "end");
}

TEST(AtomicFile, ThatIsNotPlacedVanishes) {
  const test::ScratchFolder folder;
  {
    AtomicFile file(folder.path() / "f");
    file.write("half");
    EXPECT_EQ(files_in(folder.path()), 1);
  }
  EXPECT_EQ(files_in(folder.path()), 0);
}

}  // namespace
}  // namespace asiaq
