#include "image/host_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "remote/private_folder.h"

namespace asiaq::image {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(HostKey, HasTwoHalvesThatBelongTogether) {
  const HostKey key = make_host_key();
  const remote::PrivateFolder folder;
  const auto file = folder.write("key", key.private_key);
  const ProcessResult shown = run_process({.arguments = {"ssh-keygen", "-y", "-f", file.string()}});
  EXPECT_THAT(shown.output, StartsWith(key.public_key));
  EXPECT_THAT(key.public_key, StartsWith("ssh-ed25519 AAAA"));
}

TEST(HostKey, IsNewEachTime) { EXPECT_NE(make_host_key().public_key, make_host_key().public_key); }

TEST(UserDataInstalling, IsAScriptThatAShellUnderstands) {
  const HostKey key{"-----BEGIN\nabc\n-----END\n", "ssh-ed25519 AAAA"};
  const std::string script = user_data_installing(key);
  EXPECT_THAT(script, StartsWith("#!/bin/sh\n"));
  EXPECT_THAT(script, HasSubstr("<<'END_OF_KEY'\n-----BEGIN\nabc\n-----END\nEND_OF_KEY\n"));
  EXPECT_EQ(run_process({.arguments = {"sh", "-n"}, .standard_input = script}).status, 0);
}

TEST(KnownHostsLine, IsAddressAndKey) {
  EXPECT_EQ(known_hosts_line("10.0.0.2", {"", "ssh-ed25519 AAAA"}), "10.0.0.2 ssh-ed25519 AAAA\n");
}

}  // namespace
}  // namespace asiaq::image
