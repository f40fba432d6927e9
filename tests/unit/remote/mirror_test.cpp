#include "remote/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "support/fake_programs.h"

namespace asiaq::remote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Route host{"10.0.0.2", {}};

/// ssh that runs the command here, as the host would.
constexpr const char* ssh_to_here =
    "while [ \"$1\" != -- ]; do shift; done; shift 2; exec sh -c \"$*\"\n";

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(RsyncArguments, AreOneVectorWithTheSshProgramQuoted) {
  EXPECT_THAT(rsync_arguments({"ssh", "-F", "/a b/config"}, host, "/home/me/config", "/opt/data",
                              NosyncFiles::obeyed),
              ElementsAre("rsync", "-a", "-v", "-z", "--delete", "--chown=root:root",
                          "--protect-args", "-e", "ssh -F '/a b/config'", "--filter=:e /.nosync",
                          "/home/me/config/.", "root@10.0.0.2:/opt/data/"));
}

TEST(Mirror, RetriesWithoutFilterWhenRsyncDoesNotKnowIt) {
  const PrivateFolder folder;
  FakePrograms programs;
  programs.add("ssh", ssh_to_here);
  programs.add("rsync", "echo \"$@\" >> " + (folder.path() / "calls").string() +
                            "\ncase \"$*\" in *nosync*) exit 1;; esac\n");
  mirror(Ssh(), host, "/home/me/config", (folder.path() / "data").string());
  const std::string calls = read(folder.path() / "calls");
  EXPECT_THAT(calls, HasSubstr(".nosync /home/me/config/."));
  EXPECT_THAT(calls.substr(calls.find('\n')), Not(HasSubstr(".nosync")));
}

TEST(Mirror, NamesSourceAndDestinationWhenItFails) {
  FakePrograms programs;
  programs.add("ssh", "exit 0\n");
  programs.add("rsync", "echo 'disk full'; exit 11\n");
  try {
    mirror(Ssh(), host, "/home/me/config", "/opt/data");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Command");
    EXPECT_EQ(error.reason(),
              "copying /home/me/config to /opt/data on 10.0.0.2 ended with status 11: disk full");
  }
}

TEST(Mirror, ByTarGivesTheSameTree) {
  const PrivateFolder folder;
  const auto source = folder.path() / "source";
  write(source / "init" / "phase1.sh", "#!/bin/sh\n");
  write(source / ".nosync", "- .git\n");
  write(source / ".git" / "HEAD", "ref\n");
  const auto target = folder.path() / "target";
  write(target / "stale", "old");
  FakePrograms programs;
  programs.add("ssh", ssh_to_here);
  programs.add("rsync",
               "case \"$*\" in *root@*) echo 'sh: 1: rsync: not found'; exit 12;; esac\n"
               "exec /usr/bin/rsync \"$@\"\n");
  mirror(Ssh(), host, source, target.string());
  EXPECT_EQ(read(target / "init" / "phase1.sh"), "#!/bin/sh\n");
  EXPECT_FALSE(std::filesystem::exists(target / ".git"));
  EXPECT_FALSE(std::filesystem::exists(target / "stale"));
}

}  // namespace
}  // namespace asiaq::remote
