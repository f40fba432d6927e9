#include "access/credentials_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/aws_session.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::access {
namespace {

namespace fs = std::filesystem;

struct Store {
  Store() { t.network->then(200, ""); }
  CredentialsStore open() { return CredentialsStore::open(t.session, {"b"}); }
  aws::TestSession t;
  test::ScratchFolder folder;
  fs::path file = folder.path() / "out";
};

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

long files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(CredentialsStore, IsTheFirstBucketThatExists) {
  aws::TestSession t;
  t.network->then(404, "").then(200, "");
  EXPECT_EQ(CredentialsStore::open(t.session, {"a", "b", "c"}).bucket(), "b");
  EXPECT_EQ(t.network->sent.size(), 2U);
}

TEST(CredentialsStore, MayBeInAnotherRegion) {
  aws::TestSession t;
  t.network->then(301, "", {{"x-amz-bucket-region", "eu-west-1"}}).then(200, "").then(200, "v");
  EXPECT_EQ(CredentialsStore::open(t.session, {"mine"}).get("k"), "v");
  EXPECT_EQ(t.network->sent.at(2).host, "mine.s3.eu-west-1.amazonaws.com");
}

TEST(CredentialsStore, DownloadsForTheOwnerOnly) {
  Store store;
  store.t.network->then(200, "secret");
  store.open().download("k", store.file);
  EXPECT_EQ(content(store.file), "secret");
  EXPECT_EQ(fs::status(store.file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files_in(store.folder.path()), 1);
}

TEST(CredentialsStore, DownloadsAnewWhatWasDamaged) {
  Store store;
  store.t.network->then(200, "damaged and longer", {{"x-amz-checksum-crc32", "AAAAAA=="}})
      .then(200, "whole");
  store.open().download("k", store.file);
  EXPECT_EQ(content(store.file), "whole");
}

TEST(CredentialsStore, LeavesTheFileAloneWhenThereIsNoSuchKey) {
  Store store;
  store.folder.write("out", "old");
  store.t.network->then(404, "<Error><Code>NoSuchKey</Code></Error>");
  EXPECT_EQ(test::thrown_by([&] { store.open().download("k", store.file); }),
            "CredentialBucket: there is no k in bucket b");
  EXPECT_EQ(content(store.file), "old");
  EXPECT_EQ(files_in(store.folder.path()), 1);
}

TEST(CredentialsStore, SaysWhereItCannotWrite) {
  Store store;
  store.t.network->then(200, "secret");
  const std::string error =
      test::thrown_by([&] { store.open().download("k", "/nonexistent/folder/out"); });
  EXPECT_EQ(error, "File: cannot write beside /nonexistent/folder/out: No such file or directory");
}

}  // namespace
}  // namespace asiaq::access
