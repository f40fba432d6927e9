#include "instance/operators.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr const char* alice =
    "[user]\npassword = $6$salt$hash\nssh_key_0 = ssh-ed25519 AAAA a\nssh_key_1 = Insert SSH key\n"
    "shell = /bin/bash\ngroups = users,disco_operators\nactive = yes\nid = 2003\n\n";

TEST(OperatorUser, IsReadFromItsObject) {
  const auto user = parse_operator_user("alice", alice);
  EXPECT_EQ(user.id, 2003);
  EXPECT_THAT(user.password_hash, Optional(std::string("$6$salt$hash")));
  EXPECT_THAT(user.groups, Optional(ElementsAre("users", "disco_operators")));
  EXPECT_THAT(user.ssh_keys, ElementsAre("ssh-ed25519 AAAA a"));
  EXPECT_TRUE(user.active);
  EXPECT_TRUE(parse_operator_user("b", "[user]\nid=2000\n").active);
  EXPECT_FALSE(parse_operator_user("b", "[user]\nid=2000\nactive = no\n").active);
}

TEST(OperatorUser, IsRefusedWhenItCouldHarm) {
  EXPECT_THROW(parse_operator_user("alice", "[user]\n"), ConfigError);
  EXPECT_THROW(parse_operator_user("alice", "[user]\nid = x\n"), ConfigError);
  EXPECT_THROW(parse_operator_user("alice", "[user]\nid = 0\n"), ConfigError);
  EXPECT_THROW(parse_operator_user("alice", "not ini"), ConfigError);
  EXPECT_THROW(parse_operator_user("alice", "[user]\nid = 2000\npassword = a:b\n"), ConfigError);
  EXPECT_THROW(parse_operator_user("-rf", "[user]\nid = 2000\n"), ConfigError);
  EXPECT_THROW(parse_operator_user("a/b", "[user]\nid = 2000\n"), ConfigError);
  EXPECT_THROW(parse_operator_group("", "[group]\nid = 2000\n"), ConfigError);
}

TEST(OperatorAccounts, OfLaterBucketsOverrideFieldsAndAddKeys) {
  const auto first = parse_operator_user("alice", alice);
  const auto second =
      parse_operator_user("alice", "[user]\nid = 2004\nssh_key_9 = ssh-rsa BBBB\nactive = no\n");
  const auto all = merged({{{{"alice", 2003}}, {first}}, {{{"alice", 2009}}, {second}}});
  ASSERT_EQ(all.users.size(), 1U);
  EXPECT_EQ(all.users[0].id, 2004);
  EXPECT_THAT(all.users[0].shell, Optional(std::string("/bin/bash")));
  EXPECT_THAT(all.users[0].ssh_keys, ElementsAre("ssh-ed25519 AAAA a", "ssh-rsa BBBB"));
  EXPECT_FALSE(all.users[0].active);
  ASSERT_EQ(all.groups.size(), 1U);
  EXPECT_EQ(all.groups[0].id, 2009);
}

TEST(AuthorizedKeys, AreNoneForAnInactiveUser) {
  auto user = parse_operator_user("alice", alice);
  EXPECT_EQ(authorized_keys(user), "ssh-ed25519 AAAA a\n");
  user.active = false;
  EXPECT_EQ(authorized_keys(user), "");
}

}  // namespace
}  // namespace asiaq::instance
