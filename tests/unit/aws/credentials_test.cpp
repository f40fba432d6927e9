// What providers send, and what they leave behind; whose keys win is in who_signs_test.cpp.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "aws/session_parts.h"
#include "support/aws_session.h"
#include "support/fake_identity_services.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

constexpr const char* kKeys = "[p]\naws_access_key_id = P\naws_secret_access_key = s\n";
constexpr const char* kSignOn =
    "[sso-session corp]\nsso_start_url = https://corp.example\nsso_region = eu-west-1\n"
    "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n";
// SHA-1 of "corp".
constexpr const char* kTokenFile = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
constexpr const char* kToken =
    R"({"accessToken":"at","expiresAt":"2015-12-13T09:50:00Z","refreshToken":"rt","clientId":"c",)"
    R"("clientSecret":"cs","registrationExpiresAt":"2016-01-01T00:00:00Z"})";

std::string role_profile(const std::string& lines) {
  return "[profile r]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = p\n" + lines;
}

class ProviderCalls : public testing::Test {
 protected:
  /// Everything of a session whose home is this test's.
  std::unique_ptr<TestSession> session(Variables variables) const {
    variables.try_emplace("AWS_REGION", "us-west-2");
    auto made = std::make_unique<TestSession>(std::move(variables), Access::read_only, home.path());
    made->network->then(test::answer_about_identity);
    return made;
  }
  std::vector<std::filesystem::path> stored() const {
    std::vector<std::filesystem::path> found;
    const auto folder = home.path() / ".aws/cli/cache";
    if (!std::filesystem::exists(folder)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      found.push_back(entry.path());
    return found;
  }
  static std::string text_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }
  test::ScratchFolder home;
};

TEST_F(ProviderCalls, TakeARoleWithTheKeysOfItsSourceAndTheOptionsOfTheProfile) {
  home.write(".aws/config",
             role_profile("external_id = ext\nrole_session_name = me\nduration_seconds = 900\n"));
  home.write(".aws/credentials", kKeys);
  const auto t = session({{"AWS_PROFILE", "r"}});
  t->session.parts().credentials.get();
  const http::Request& sent = t->network->sent.at(0);
  EXPECT_EQ(sent.host, "sts.us-west-2.amazonaws.com");
  EXPECT_EQ(test::signer_of(sent), "P");
  EXPECT_EQ(test::form_field(sent.body, "RoleSessionName"), "me");
  EXPECT_EQ(test::form_field(sent.body, "ExternalId"), "ext");
  EXPECT_EQ(test::form_field(sent.body, "DurationSeconds"), "900");
  EXPECT_EQ(test::form_field(sent.body, "RoleArn"), "arn:aws:iam::1:role/x");
}

TEST_F(ProviderCalls, DoNotSignWithAWebIdentity) {
  home.write("token", "jwt\n");
  const auto t = session({{"AWS_WEB_IDENTITY_TOKEN_FILE", (home.path() / "token").string()},
                          {"AWS_ROLE_ARN", "arn:aws:iam::1:role/w"}});
  t->session.parts().credentials.get();
  EXPECT_EQ(t->network->sent.at(0).headers.find("Authorization"), nullptr);
  EXPECT_EQ(test::form_field(t->network->sent.at(0).body, "WebIdentityToken"), "jwt");
}

TEST_F(ProviderCalls, DoNotSignASignOn) {
  home.write(".aws/config", kSignOn);
  home.write(kTokenFile, kToken);
  const auto t = session({});
  t->session.parts().credentials.get();
  ASSERT_EQ(t->network->sent.size(), 2U);
  for (const http::Request& sent : t->network->sent)
    EXPECT_EQ(sent.headers.find("Authorization"), nullptr) << sent.host;
}

TEST_F(ProviderCalls, KeepARenewedSignOnForTheNextRun) {
  home.write(".aws/config", kSignOn);
  home.write(kTokenFile, kToken);
  session({})->session.parts().credentials.get();
  const auto kept = nlohmann::json::parse(text_of(home.path() / kTokenFile));
  EXPECT_EQ(kept.at("accessToken"), "new-rt");
  EXPECT_EQ(kept.at("expiresAt"), "2015-12-13T10:46:40Z");
  EXPECT_EQ(kept.at("refreshToken"), "rt2");
  EXPECT_EQ(kept.at("clientSecret"), "cs");
  EXPECT_EQ(mode_of(home.path() / kTokenFile), 0600U);
}

TEST_F(ProviderCalls, StoreARoleForItsOwnerAlone) {
  home.write(".aws/config", role_profile(""));
  home.write(".aws/credentials", kKeys);
  session({{"AWS_PROFILE", "r"}})->session.parts().credentials.get();
  ASSERT_EQ(stored().size(), 1U);
  EXPECT_EQ(mode_of(stored().front()), 0600U);
  EXPECT_EQ(mode_of(stored().front().parent_path()), 0700U);
  const auto kept = nlohmann::json::parse(text_of(stored().front())).at("Credentials");
  EXPECT_EQ(kept.at("AccessKeyId"), "ROLE.P");
  EXPECT_EQ(kept.at("Expiration"), "2015-12-13T10:46:40Z");
}

TEST_F(ProviderCalls, TakeAStoredRoleInTheNextRun) {
  home.write(".aws/config", role_profile(""));
  home.write(".aws/credentials", kKeys);
  session({{"AWS_PROFILE", "r"}})->session.parts().credentials.get();
  const auto second = session({{"AWS_PROFILE", "r"}});
  EXPECT_EQ(second->session.parts().credentials.get().keys.access_key_id, "ROLE.P");
  EXPECT_TRUE(second->network->sent.empty());
}

TEST_F(ProviderCalls, AskAgainForAStoredRoleThatAwsRefuses) {
  home.write(".aws/config", role_profile(""));
  home.write(".aws/credentials", kKeys);
  session({{"AWS_PROFILE", "r"}})->session.parts().credentials.get();
  const auto second = session({{"AWS_PROFILE", "r"}});
  second->session.parts().credentials.get();
  second->session.parts().credentials.invalidate("ROLE.P");
  EXPECT_TRUE(stored().empty());
  second->session.parts().credentials.get();
  EXPECT_EQ(second->network->sent.size(), 1U);
}

// The file names that botocore gives for the same profiles.
TEST_F(ProviderCalls, NameStoredRolesAsTheCliDoes) {
  home.write(".aws/credentials", kKeys);
  home.write("terminal", "123456\n");
  home.write(".aws/config",
             role_profile("external_id = \"quoted\" \xC3\xA9\nrole_session_name = me\n"
                          "duration_seconds = 900\nmfa_serial = arn:aws:iam::1:mfa/me\n"));
  Environment environment =
      environment_of({{"AWS_PROFILE", "r"}, {"AWS_REGION", "us-west-2"}}, home.path());
  environment.terminal = home.path() / "terminal";
  auto network = std::make_shared<FakeTransport>();
  network->then(test::answer_about_identity);
  FakeClock clock;
  Session session({.environment = environment, .transport = network, .clock = &clock});
  session.parts().credentials.get();
  ASSERT_EQ(stored().size(), 1U);
  EXPECT_EQ(stored().front().filename(), "fffd7681fd24edbb82ef5851cc6aef0f188ffdf1.json");
}

TEST_F(ProviderCalls, GoOnWhereNothingCanBeStored) {
  home.write(".aws/config", role_profile(""));
  home.write(".aws/credentials", kKeys);
  home.write(".aws/cli", "not a folder");
  const auto t = session({{"AWS_PROFILE", "r"}});
  EXPECT_EQ(t->session.parts().credentials.get().keys.access_key_id, "ROLE.P");
}

TEST(Metadata, IsNotAskedWhenKeysAreGiven) {
  TestSession t;
  t.network->then(test::answer_about_identity);
  t.session.parts().credentials.get();
  EXPECT_EQ(t.session.region(), "us-west-2");
  EXPECT_TRUE(t.network->sent.empty());
}

TEST(Metadata, GivesTheRegionOfAHostWithoutSettings) {
  TestSession t(Variables{});
  t.network->then(test::answer_about_identity);
  EXPECT_EQ(t.session.region(), "eu-north-1");
}

TEST(Metadata, IsNotAskedForTheRegionWhenSwitchedOff) {
  TestSession t(Variables{{"AWS_EC2_METADATA_DISABLED", "true"}});
  EXPECT_EQ(test::thrown_by([&] { t.session.region(); }),
            "Credentials: no AWS region is set (set AWS_REGION, or region in the profile)");
  EXPECT_TRUE(t.network->sent.empty());
}

}  // namespace
}  // namespace asiaq::aws
