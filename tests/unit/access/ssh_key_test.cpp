#include "access/ssh_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace asiaq::access {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::string_literals;

// What ssh-keygen reads of the private key.
ProcessResult ssh_keygen(const std::string& private_key, std::vector<std::string> options) {
  std::string folder = (std::filesystem::temp_directory_path() / "asiaq-key-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw Error("Test", "no temporary folder");
  const std::string file = folder + "/key";
  std::ofstream(file) << private_key;
  chmod(file.c_str(), 0600);
  options.insert(options.begin(), "ssh-keygen");
  options.insert(options.end(), {"-f", file});
  const ProcessResult result = run_process({.arguments = options});
  std::filesystem::remove_all(folder);
  return result;
}

class SshKey : public ::testing::TestWithParam<KeyType> {};

TEST_P(SshKey, IsReadBySshWithTheSamePublicKey) {
  const SshKeyPair pair = generate_ssh_key(GetParam(), "smoketest");
  const ProcessResult result = ssh_keygen(pair.private_key, {"-y", "-P", ""});
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_EQ(public_key_identity(result.output), public_key_identity(pair.public_key));
}

TEST_P(SshKey, EndsInANewline) {
  EXPECT_THAT(generate_ssh_key(GetParam(), "x").private_key, EndsWith("-----\n"));
}

TEST_P(SshKey, HasItsNameAsComment) {
  EXPECT_THAT(generate_ssh_key(GetParam(), "smoketest").public_key, EndsWith(" smoketest"));
}

TEST_P(SshKey, IsAnotherOneEachTime) {
  EXPECT_NE(generate_ssh_key(GetParam(), "x").public_key,
            generate_ssh_key(GetParam(), "x").public_key);
}

INSTANTIATE_TEST_SUITE_P(AllTypes, SshKey, ::testing::Values(KeyType::rsa, KeyType::ed25519));

TEST(GenerateSshKey, MakesRsaKeysOfAtLeast3072BitsInPem) {
  const SshKeyPair pair = generate_ssh_key(KeyType::rsa, "x");
  EXPECT_THAT(pair.private_key, StartsWith("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_THAT(ssh_keygen(pair.private_key, {"-l"}).output, StartsWith("3072 "));
}

TEST(GenerateSshKey, KeepsTheCommentOfAnEd25519KeyInsideThePrivateHalf) {
  const SshKeyPair pair = generate_ssh_key(KeyType::ed25519, "dashboard");
  EXPECT_THAT(ssh_keygen(pair.private_key, {"-l"}).output, HasSubstr(" dashboard (ED25519)"));
}

TEST(SshString, IsPrefixedByItsLengthInFourBytes) { EXPECT_EQ(ssh_string("ab"), "\0\0\0\2ab"s); }

// The examples of RFC 4251 §5.
TEST(SshMpint, WritesZeroAsNoBytes) {
  EXPECT_EQ(ssh_mpint(std::array<std::uint8_t, 1>{0}), "\0\0\0\0"s);
}

TEST(SshMpint, WritesAPositiveNumberAsItIs) {
  EXPECT_EQ(ssh_mpint(std::array<std::uint8_t, 8>{0x09, 0xa3, 0x78, 0xf9, 0xb2, 0xe3, 0x32, 0xa7}),
            "\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7"s);
}

TEST(SshMpint, PutsAZeroBeforeASetFirstBit) {
  EXPECT_EQ(ssh_mpint(std::array<std::uint8_t, 1>{0x80}), "\0\0\0\x02\0\x80"s);
}

TEST(SshMpint, DropsLeadingZeros) {
  EXPECT_EQ(ssh_mpint(std::array<std::uint8_t, 3>{0, 0, 5}), "\0\0\0\x01\x05"s);
}

TEST(ParseKeyType, KnowsBothTypes) {
  EXPECT_EQ(parse_key_type("rsa"), KeyType::rsa);
  EXPECT_EQ(parse_key_type("ed25519"), KeyType::ed25519);
}

TEST(ParseKeyType, NamesThePossibleTypes) {
  try {
    parse_key_type("dsa");
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.reason(), HasSubstr("ed25519"));
  }
}

TEST(PublicKeyIdentity, LeavesTheCommentOut) {
  EXPECT_EQ(public_key_identity("ssh-rsa AAAA some comment\n"), "ssh-rsa AAAA");
  EXPECT_EQ(public_key_identity("nonsense"), "");
}

}  // namespace
}  // namespace asiaq::access
