// The services that give credentials, played by host and path: STS, single sign-on, instance
// metadata, containers.
#pragma once

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/http/message.h"

namespace asiaq::test {

inline aws::http::Response answer(int status, std::string body) {
  aws::http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// The value of a field of a form.
inline std::string form_field(const std::string& body, const std::string& name) {
  const std::size_t found = ("&" + body).find("&" + name + "=");
  if (found == std::string::npos) return "";
  const std::size_t start = found + name.size() + 1;
  return aws::percent_decode(body.substr(start, body.find('&', start) - start));
}

/// Who signed: the access key id of the Authorization header.
inline std::string signer_of(const aws::http::Request& request) {
  const std::string header = request.headers.get("Authorization");
  const std::size_t start = header.find("Credential=");
  if (start == std::string::npos) return "";
  return header.substr(start + 11, header.find('/', start) - start - 11);
}

inline std::string sts_credentials(const std::string& operation, const std::string& key,
                                   const std::string& token) {
  return "<" + operation + "Response><" + operation + "Result><Credentials><AccessKeyId>" + key +
         "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>" + token +
         "</SessionToken><Expiration>2015-12-13T10:46:40Z</Expiration></Credentials></" +
         operation + "Result></" + operation + "Response>";
}

/// A role is taken with the key ROLE.<signer>, or WEB.<token>. Of an MFA code the token is made.
inline aws::http::Response answer_of_sts(const aws::http::Request& request) {
  const std::string operation = form_field(request.body, "Action");
  if (form_field(request.body, "RoleArn").ends_with("denied")) {
    return answer(403,
                  "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
                  "you</Message></Error></ErrorResponse>");
  }
  if (operation == "AssumeRole") {
    const std::string code = form_field(request.body, "TokenCode");
    return answer(
        200, sts_credentials(operation, "ROLE." + signer_of(request), code.empty() ? "rt" : code));
  }
  if (!signer_of(request).empty()) return answer(400, "signed");
  return answer(
      200, sts_credentials(operation, "WEB." + form_field(request.body, "WebIdentityToken"), "wt"));
}

inline std::string document(const std::string& key, const std::string& expiration) {
  return R"({"Code":"Success","AccessKeyId":")" + key +
         R"(","SecretAccessKey":"s","Token":"t","Expiration":")" + expiration + R"("})";
}

/// Hosts by name: "version.1" knows no tokens, "far.away" loses them, "nobody" does not exist.
inline aws::http::Response answer_of_instance(const aws::http::Request& request) {
  const std::string& host = request.host;
  if (host == "nobody")
    throw aws::ConnectionError("nobody: cannot connect", aws::ConnectionError::Sent::no);
  if (request.path == "/latest/api/token") {
    if (host == "far.away")
      throw aws::ConnectionError("timed out", aws::ConnectionError::Sent::perhaps);
    return host == "version.1" ? answer(404, "") : answer(200, "token");
  }
  const bool needs_token = host != "version.1" && host != "far.away";
  if (needs_token && request.headers.get("X-aws-ec2-metadata-token") != "token")
    return answer(401, "");
  if (request.path.ends_with("/security-credentials/"))
    return host == "no.role" ? answer(404, "") : answer(200, "host-role\n");
  if (request.path.ends_with("/placement/region")) return answer(200, "eu-north-1");
  if (!request.path.ends_with("/host-role")) return answer(404, "");
  if (host == "rubbish") return answer(200, "<html>");
  if (host == "no.trust") {
    return answer(200, R"({"Code":"AssumeRoleUnauthorizedAccess",)"
                       R"("Message":"EC2 cannot assume the role"})");
  }
  return answer(200, document("IMDS", host == "not.renewed" ? "2015-12-13T09:00:00Z"
                                                            : "2015-12-13T10:46:40Z"));
}

inline aws::http::Response answer_of_container(const aws::http::Request& request) {
  const std::string with = request.headers.get("Authorization");
  if (request.path == "/trouble") return answer(500, "");
  if (request.path == "/secret" && with != "Bearer x") return answer(403, "");
  if (request.path.starts_with("/v1/") && with != "pod") return answer(403, "");
  return answer(200, document("BOX", "2015-12-13T10:46:40Z"));
}

inline aws::http::Response answer_of_sign_on(const aws::http::Request& request) {
  if (request.host.starts_with("oidc.")) {
    if (request.body.find(R"("refreshToken":"rt")") == std::string::npos)
      return answer(400, R"({"error":"invalid_grant","error_description":"too late"})");
    return answer(200, R"({"accessToken":"new-rt","expiresIn":3600,"refreshToken":"rt2"})");
  }
  const std::string token = request.headers.get("x-amz-sso_bearer_token");
  if (token == "revoked") {
    aws::http::Response refusal =
        answer(401, R"({"message":"Session token not found or invalid"})");
    refusal.headers.add("x-amzn-ErrorType", "UnauthorizedException");
    return refusal;
  }
  return answer(200, R"({"roleCredentials":{"accessKeyId":"SSO.)" + token +
                         R"(","secretAccessKey":"s","sessionToken":"t",)"
                         R"("expiration":1450003600000}})");
}

inline aws::http::Response answer_about_identity(const aws::http::Request& request) {
  const std::string& host = request.host;
  if (host.starts_with("sts.")) return answer_of_sts(request);
  if (host.starts_with("portal.sso.") || host.starts_with("oidc."))
    return answer_of_sign_on(request);
  if (host == "169.254.170.2" || host == "169.254.170.23" || host == "127.0.0.1:9" ||
      host == "[fd00:ec2::23]" || host == "box.example") {
    return answer_of_container(request);
  }
  return answer_of_instance(request);
}

}  // namespace asiaq::test
