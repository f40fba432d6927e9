// Who signs: file contents and variables to keys.
#include <gtest/gtest.h>

#include "aws/instance_metadata.h"
#include "aws/session_parts.h"
#include "aws/time_text.h"
#include "support/aws_session.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

constexpr const char* kStsAnswer =
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>"
    "<SecretAccessKey>rs</SecretAccessKey><SessionToken>rt</SessionToken>"
    "<Expiration>2016-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></"
    "AssumeRoleResponse>";

constexpr const char* kWebAnswer =
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>"
    "WEB</AccessKeyId>"
    "<SecretAccessKey>ws</SecretAccessKey><SessionToken>wt</SessionToken></Credentials>"
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

// The services behind which credentials hide, by host and path.
http::Response serve(const http::Request& request) {
  http::Response response;
  response.status = 200;
  if (request.host == "169.254.169.254") {
    if (request.path == "/latest/api/token") {
      response.body = "token";
    } else if (request.headers.get("X-aws-ec2-metadata-token") != "token") {
      response.status = 401;
    } else if (request.path.ends_with("/security-credentials/")) {
      response.body = "host-role\n";
    } else if (request.path.ends_with("/host-role")) {
      response.body = R"({"Code":"Success","AccessKeyId":"IMDS","SecretAccessKey":"s","Token":"t",)"
                      R"("Expiration":"2016-01-01T00:00:00Z"})";
    } else if (request.path.ends_with("/placement/region")) {
      response.body = "eu-north-1";
    } else {
      response.status = 404;
    }
  } else if (request.host == "169.254.170.2" || request.host == "127.0.0.1:9") {
    response.body =
        R"({"AccessKeyId":"BOX","SecretAccessKey":"s","Token":"t","Expiration":"2016-01-01T00:00:00Z"})";
    if (request.path == "/secret" && request.headers.get("Authorization") != "Bearer x")
      response.status = 403;
  } else if (request.body.find("AssumeRoleWithWebIdentity") != std::string::npos) {
    response.body = kWebAnswer;
  } else if (request.body.find("AssumeRole") != std::string::npos) {
    response.body = kStsAnswer;
  } else if (request.host.starts_with("portal.sso")) {
    response.body =
        R"({"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t",)"
        R"("expiration":1460000000000}})";
  } else {
    response.status = 404;
  }
  return response;
}

struct Row {
  std::string name;
  Variables variables;
  std::string config, credentials;
  std::string expected;  ///< the access key id, or the beginning of the error
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

std::string who_signs(const Row& row) {
  test::ScratchFolder home;
  if (!row.config.empty()) home.write(".aws/config", row.config);
  if (!row.credentials.empty()) home.write(".aws/credentials", row.credentials);
  home.write("token", "jwt\n");
  Variables variables = row.variables;
  for (auto& [name, value] : variables) {
    if (value == "TOKEN_FILE") value = (home.path() / "token").string();
  }
  variables.try_emplace("AWS_REGION", "us-west-2");
  std::string found = "nothing was thrown";
  found = test::thrown_by([&] {
    TestSession t(variables, Access::read_only, home.path());
    t.network->then(serve);
    found = t.session.parts().credentials.get().keys.access_key_id;
    throw Error("Found", found);
  });
  return found.starts_with("Found: ") ? found.substr(7) : found;
}

class WhoSigns : public testing::TestWithParam<Row> {};

TEST_P(WhoSigns, IsTheFirstOfTheChain) {
  const std::string found = who_signs(GetParam());
  EXPECT_TRUE(found.starts_with(GetParam().expected) && !GetParam().expected.empty())
      << "found " << found << "\nwanted " << GetParam().expected;
}

const Variables kNoHost{{"AWS_EC2_METADATA_DISABLED", "true"}};
Variables off(Variables more) {
  more.merge(Variables(kNoHost));
  return more;
}

const std::string kDefault = "[default]\naws_access_key_id = DEF\naws_secret_access_key = s\n";
const std::string kNamed = kDefault + "[p]\naws_access_key_id = P\naws_secret_access_key = s\n";

INSTANTIATE_TEST_SUITE_P(
    Variables, WhoSigns,
    testing::Values(
        Row{"Keys", {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}}, "", "", "ENV"},
        Row{"KeysWinOverProfile",
            {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_PROFILE", "p"}},
            "",
            kNamed,
            "ENV"},
        Row{"KeysWinOverProfileThatIsNotThere",
            {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_PROFILE", "x"}},
            "",
            kNamed,
            "ENV"},
        Row{"KeysWithBrokenFile",
            {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}},
            "rubbish",
            "",
            "ENV"},
        Row{"EmptyKeysAreUnset",
            {{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
            "",
            kDefault,
            "DEF"},
        Row{"IdAlone",
            {{"AWS_ACCESS_KEY_ID", "ENV"}},
            "",
            kDefault,
            "Credentials: AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"},
        Row{"SecretAlone",
            {{"AWS_SECRET_ACCESS_KEY", "s"}},
            "",
            kDefault,
            "Credentials: AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Profiles, WhoSigns,
    testing::Values(Row{"Default", {}, "", kDefault, "DEF"},
                    Row{"DefaultInConfig", {}, kDefault, "", "DEF"},
                    Row{"ProfileDefaultInConfig",
                        {},
                        "[profile default]\naws_access_key_id = D2\naws_secret_access_key = s\n",
                        "",
                        "D2"},
                    Row{"CredentialsBeforeConfig",
                        {},
                        "[default]\naws_access_key_id = C\naws_secret_access_key = s\n",
                        kDefault,
                        "DEF"},
                    Row{"Named", {{"AWS_PROFILE", "p"}}, "", kNamed, "P"},
                    Row{"NamedByTheOlderVariable", {{"AWS_DEFAULT_PROFILE", "p"}}, "", kNamed, "P"},
                    Row{"NamedInConfig",
                        {{"AWS_PROFILE", "p"}},
                        "[profile p]\naws_access_key_id = PC\naws_secret_access_key = s\n",
                        "",
                        "PC"},
                    Row{"NameWithBlanks",
                        {{"AWS_PROFILE", "my p"}},
                        "[profile  my   p]\naws_access_key_id = PC\naws_secret_access_key = s\n",
                        "",
                        "PC"},
                    Row{"ConfigNeedsTheWordProfile",
                        {{"AWS_PROFILE", "p"}},
                        "[p]\naws_access_key_id = PC\naws_secret_access_key = s\n",
                        "",
                        "Credentials: there is no profile p in "},
                    Row{"Missing",
                        {{"AWS_PROFILE", "nope"}},
                        "",
                        kNamed,
                        "Credentials: there is no profile nope in "},
                    Row{"HalfAKey",
                        {},
                        "",
                        "[default]\naws_access_key_id = X\n",
                        "Credentials: profile default in "},
                    Row{"OtherHalf",
                        {},
                        "",
                        "[default]\naws_secret_access_key = X\n",
                        "Credentials: profile default in "},
                    Row{"Broken", {}, "", "[default\n", "Credentials: "},
                    Row{"ForeignSections",
                        {},
                        "[Boto]\nnum_retries = 12\n[s3]\nhost = s3.amazonaws.com\n",
                        kDefault,
                        "DEF"},
                    Row{"NothingAnywhere", kNoHost, "", "",
                        "Credentials: there are no AWS credentials"},
                    Row{"EmptyDefault", kNoHost, "[default]\nregion = x\n", "",
                        "Credentials: there are no AWS credentials"}),
    [](const auto& row) { return row.param.name; });

std::string role(const std::string& lines) {
  return "[profile r]\nrole_arn = arn:aws:iam::1:role/x\n" + lines;
}
const Variables kRole{{"AWS_PROFILE", "r"}, {"AWS_EC2_METADATA_DISABLED", "true"}};

INSTANTIATE_TEST_SUITE_P(
    Roles, WhoSigns,
    testing::Values(
        Row{"WithSource", kRole, role("source_profile = p\n"), kNamed, "ROLE"},
        Row{"WithItself", kRole,
            role("source_profile = r\naws_access_key_id = A\naws_secret_access_key = s\n"), "",
            "ROLE"},
        Row{"WithItselfButNoKeys", kRole, role("source_profile = r\n"), "",
            "Credentials: source_profile of profile r leads in a circle"},
        Row{"InACircle", kRole,
            role("source_profile = q\n") + "[profile q]\nrole_arn = a\nsource_profile = r\n", "",
            "Credentials: source_profile of profile q leads in a circle: r -> q -> r"},
        Row{"InAChain", kRole,
            role("source_profile = q\n") + "[profile q]\nrole_arn = a\nsource_profile = p\n",
            kNamed, "ROLE"},
        Row{"WithASourceThatIsNotThere", kRole, role("source_profile = nope\n"), "",
            "Credentials: source_profile of profile r: there is no profile nope"},
        Row{"WithASourceWithoutKeys", kRole,
            role("source_profile = q\n") + "[profile q]\nregion = x\n", "",
            "Credentials: profile r takes its role with credentials of profile q, which has none"},
        Row{"WithoutSource", kRole, role(""), "",
            "Credentials: profile r has role_arn with neither source_profile nor "
            "credential_source"},
        Row{"WithBothSources", kRole, role("source_profile = p\ncredential_source = Environment\n"),
            kNamed, "Credentials: profile r has role_arn with both"},
        Row{"WithAnUnknownSource", kRole, role("credential_source = Moon\n"), "",
            "Credentials: credential_source of profile r is 'Moon'"},
        Row{"WithEnvironmentThatHasNone", kRole, role("credential_source = Environment\n"), "",
            "Credentials: profile r takes its role with credentials of Environment, which has "
            "none"},
        Row{"WithTheInstance",
            {{"AWS_PROFILE", "r"}},
            role("credential_source = Ec2InstanceMetadata\n"),
            "",
            "ROLE"},
        Row{"WithTheContainer",
            off({{"AWS_PROFILE", "r"}, {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}}),
            role("credential_source = EcsContainer\n"), "", "ROLE"},
        Row{"ForTooShort", kRole, role("source_profile = p\nduration_seconds = 60\n"), kNamed,
            "Credentials: duration_seconds of profile r is '60'"},
        Row{"RoleWinsOverKeysOfItsProfile", kRole,
            role("source_profile = p\naws_access_key_id = A\naws_secret_access_key = s\n"), kNamed,
            "ROLE"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Programs, WhoSigns,
    testing::Values(
        Row{"Prints", kNoHost,
            "[default]\ncredential_process = /bin/echo "
            "'{\"Version\":1,\"AccessKeyId\":\"PROC\",\"SecretAccessKey\":\"s\"}'\n",
            "", "PROC"},
        Row{"PrintsRubbish", kNoHost, "[default]\ncredential_process = /bin/echo hello\n", "",
            "Credentials: credential_process of profile default printed no JSON object with "
            "Version 1"},
        Row{"PrintsAnotherVersion", kNoHost,
            "[default]\ncredential_process = /bin/echo '{\"Version\":2}'\n", "",
            "Credentials: credential_process of profile default printed no JSON object with "
            "Version 1"},
        Row{"PrintsNoKeys", kNoHost,
            "[default]\ncredential_process = /bin/echo '{\"Version\":1}'\n", "",
            "Credentials: credential_process of profile default gave no AccessKeyId"},
        Row{"Fails", kNoHost,
            "[default]\ncredential_process = /bin/sh -c 'echo no luck >&2; exit 3'\n", "",
            "Credentials: credential_process of profile default ended with status 3: no luck"},
        Row{"OpenQuote", kNoHost, "[default]\ncredential_process = /bin/echo 'x\n", "",
            "Credentials: credential_process of profile default has an open quote"},
        Row{"KeysOfTheProfileWin", kNoHost, "[default]\ncredential_process = /bin/false\n",
            kDefault, "DEF"}),
    [](const auto& row) { return row.param.name; });

const Variables kWeb{{"AWS_WEB_IDENTITY_TOKEN_FILE", "TOKEN_FILE"},
                     {"AWS_ROLE_ARN", "arn:aws:iam::1:role/w"}};
Variables web(Variables more) {
  more.merge(Variables(kWeb));
  return more;
}

INSTANTIATE_TEST_SUITE_P(
    WebIdentity, WhoSigns,
    testing::Values(Row{"OfVariables", kWeb, "", "", "WEB"},
                    Row{"WinsOverTheDefaultProfile", kWeb, "", kDefault, "WEB"},
                    Row{"LosesToANamedProfile", web({{"AWS_PROFILE", "p"}}), "", kNamed, "P"},
                    Row{"WithoutRole",
                        {{"AWS_WEB_IDENTITY_TOKEN_FILE", "TOKEN_FILE"}},
                        "",
                        "",
                        "Credentials: AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN"},
                    Row{"WithoutFile",
                        {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent"}, {"AWS_ROLE_ARN", "a"}},
                        "",
                        "",
                        "Credentials: the web identity token /nonexistent cannot be read"}),
    [](const auto& row) { return row.param.name; });

const std::string kSession =
    "[sso-session corp]\nsso_start_url = https://x\nsso_region = eu-west-1\n"
    "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n";

INSTANTIATE_TEST_SUITE_P(
    SignOn, WhoSigns,
    testing::Values(
        Row{"NoToken", kNoHost,
            "[default]\nsso_start_url = https://y\nsso_region = eu-west-1\nsso_account_id = "
            "1\nsso_role_name = r\n",
            "", "Credentials: there is no valid sign-on of profile default (run: aws sso login"},
        Row{"NoSession", kNoHost, "[default]\nsso_session = corp\nsso_account_id = 1\n", "",
            "Credentials: profile default names a section [sso-session corp] that is not there"},
        Row{"NoRole", kNoHost, "[default]\nsso_start_url = u\nsso_region = r\nsso_account_id = 1\n",
            "", "Credentials: profile default lacks sso_role_name"}),
    [](const auto& row) { return row.param.name; });

// The cache is named by the SHA-1 of the session's name.
constexpr const char* kCache = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

TEST(SignOn, UsesTheTokenOfItsSession) {
  test::ScratchFolder home;
  home.write(".aws/config", kSession);
  home.write(kCache, R"({"accessToken":"at","expiresAt":"2016-01-01T00:00:00Z"})");
  TestSession t({{"AWS_REGION", "us-west-2"}}, Access::read_only, home.path());
  t.network->then(serve);
  EXPECT_EQ(t.session.parts().credentials.get().keys.access_key_id, "SSO");
  const http::Request& sent = t.network->sent.at(0);
  EXPECT_EQ(sent.host, "portal.sso.eu-west-1.amazonaws.com");
  EXPECT_EQ(sent.headers.get("x-amz-sso_bearer_token"), "at");
  EXPECT_EQ(sent.headers.find("Authorization"), nullptr);
}

TEST(SignOn, DoesNotUseATokenThatIsOver) {
  test::ScratchFolder home;
  home.write(".aws/config", kSession);
  home.write(kCache, R"({"accessToken":"at","expiresAt":"2015-01-01T00:00:00Z"})");
  TestSession t({{"AWS_REGION", "us-west-2"}}, Access::read_only, home.path());
  t.network->then(serve);
  EXPECT_THROW(t.session.parts().credentials.get(), CredentialsError);
  EXPECT_TRUE(t.network->sent.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, WhoSigns,
    testing::Values(
        Row{"Instance", {}, "", "", "IMDS"},
        Row{"InstanceOff", kNoHost, "", "", "Credentials: there are no AWS credentials"},
        Row{"Container", {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}}, "", "", "BOX"},
        Row{"ContainerByUrl",
            {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x"}},
            "",
            "",
            "BOX"},
        Row{"ContainerElsewhereInPlainHttp",
            {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/x"}},
            "",
            "",
            "Credentials: container credentials may not come over plain HTTP from example.com"},
        Row{"ContainerWithToken",
            {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/secret"},
             {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer x"}},
            "",
            "",
            "BOX"},
        Row{"ContainerRefuses",
            {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/secret"}},
            "",
            "",
            "Credentials: container credentials: 127.0.0.1:9 answers with HTTP status 403"},
        Row{"DefaultProfileWinsOverContainer",
            {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}},
            "",
            kDefault,
            "DEF"},
        Row{"ContainerWinsOverInstance",
            {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}},
            "",
            "",
            "BOX"}),
    [](const auto& row) { return row.param.name; });

TEST(Metadata, IsNotAskedWhenKeysAreGiven) {
  TestSession t;
  t.network->then(serve);
  t.session.parts().credentials.get();
  EXPECT_EQ(t.session.region(), "us-west-2");
  EXPECT_TRUE(t.network->sent.empty());
}

TEST(Metadata, GivesTheRegionOfAHostWithoutSettings) {
  TestSession t(Variables{});
  t.network->then(serve);
  EXPECT_EQ(t.session.region(), "eu-north-1");
}

TEST(Metadata, ThatIsNotThereMeansNoCredentials) {
  TestSession t(Variables{{"AWS_REGION", "r"}});
  t.network->then_fail(ConnectionError::Sent::no);
  EXPECT_THROW(t.session.parts().credentials.get(), CredentialsError);
}

TEST(Metadata, SaysNothingForAPathThatDoesNotExist) {
  auto network = std::make_shared<FakeTransport>();
  network->then(serve);
  FakeClock clock;
  InstanceMetadata metadata(network, {}, clock);
  EXPECT_FALSE(metadata.get("user-data"));
  EXPECT_EQ(metadata.get("meta-data/placement/region"), "eu-north-1");
  EXPECT_EQ(network->sent.size(), 3U) << "one token serves all";
}

TEST(Credentials, AreFetchedOnceUntilTheyAreAboutToExpire) {
  TestSession t(Variables{{"AWS_REGION", "r"}});
  t.network->then(serve);
  auto& cached = t.session.parts().credentials;
  cached.get();
  const std::size_t asked = t.network->sent.size();
  cached.get();
  EXPECT_EQ(t.network->sent.size(), asked);
  const Timestamp expiry = *parse_time("2016-01-01T00:00:00Z");
  t.clock.sleep_for(Seconds(expiry - t.clock.now()) - Seconds(60));
  cached.get();
  EXPECT_GT(t.network->sent.size(), asked);
}

TEST(Role, IsTakenWithTheKeysOfItsSourceAndTheOptionsOfTheProfile) {
  test::ScratchFolder home;
  home.write(".aws/config", role("source_profile = p\nexternal_id = ext\nrole_session_name = "
                                 "me\nduration_seconds = 900\n"));
  home.write(".aws/credentials", kNamed);
  TestSession t({{"AWS_REGION", "us-west-2"}, {"AWS_PROFILE", "r"}}, Access::read_only,
                home.path());
  t.network->then(serve);
  t.session.parts().credentials.get();
  const http::Request& sent = t.network->sent.at(0);
  EXPECT_EQ(sent.host, "sts.us-west-2.amazonaws.com");
  EXPECT_NE(sent.headers.get("Authorization").find("Credential=P/"), std::string::npos);
  for (const char* part :
       {"RoleSessionName=me", "ExternalId=ext", "DurationSeconds=900", "RoleArn=arn%3Aaws"}) {
    EXPECT_NE(sent.body.find(part), std::string::npos) << part;
  }
}

TEST(WebIdentity, IsNotSigned) {
  test::ScratchFolder home;
  home.write("token", "jwt\n");
  Variables variables = kWeb;
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = (home.path() / "token").string();
  variables["AWS_REGION"] = "us-west-2";
  TestSession t(variables, Access::read_only, home.path());
  t.network->then(serve);
  t.session.parts().credentials.get();
  EXPECT_EQ(t.network->sent.at(0).headers.find("Authorization"), nullptr);
  EXPECT_NE(t.network->sent.at(0).body.find("WebIdentityToken=jwt"), std::string::npos);
}

}  // namespace
}  // namespace asiaq::aws
