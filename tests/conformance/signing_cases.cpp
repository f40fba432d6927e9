#include <nlohmann/json.hpp>

#include "aws/encoding.h"
#include "aws/sign/sigv4.h"
#include "aws/time_text.h"
#include "base/text.h"
#include "conformance/case.h"

namespace asiaq::aws::conformance {
namespace {

std::string without_returns(std::string text) {
  std::erase(text, '\r');
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// "GET /path?query HTTP/1.1", headers (a line that begins with a blank goes on with the one
// before), a blank line, body.
http::Request parse_request(const std::string& text) {
  http::Request request;
  std::string all = text;
  std::erase(all, '\r');
  const std::size_t gap = all.find("\n\n");
  if (gap != std::string::npos) request.body = all.substr(gap + 2);
  std::vector<std::string> lines = split(all.substr(0, gap), '\n');
  const std::string& first = lines.front();
  const std::size_t method_end = first.find(' ');
  const std::size_t target_end = first.rfind(' ');
  request.method = first.substr(0, method_end);
  const std::string target = first.substr(method_end + 1, target_end - method_end - 1);
  request.path = target.substr(0, target.find('?'));
  if (const std::size_t mark = target.find('?'); mark != std::string::npos) {
    for (const std::string& item : split(target.substr(mark + 1), '&')) {
      if (item.empty()) continue;
      const std::size_t equals = item.find('=');
      request.query.emplace_back(percent_decode(item.substr(0, equals)),
                                 equals == std::string::npos
                                     ? std::nullopt
                                     : std::optional(percent_decode(item.substr(equals + 1))));
    }
  }
  std::vector<std::pair<std::string, std::string>> headers;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i].front() == ' ' || lines[i].front() == '\t') {
      headers.back().second += " " + std::string(trimmed(lines[i]));
      continue;
    }
    const std::size_t colon = lines[i].find(':');
    headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
  }
  for (auto& [name, value] : headers) {
    if (lower_case(name) == "host") request.host = trimmed(value);
    request.headers.add(name, value);
  }
  return request;
}

void compare(const char* stage, const std::string& is, const std::string& wanted,
             std::vector<std::string>& differences) {
  if (is != wanted)
    differences.push_back(std::string(stage) + "\n--- is\n" + is + "\n--- wanted\n" + wanted);
}

// The signature is of what was there before; some cases already hold the date.
std::vector<std::string> run_folder(const std::filesystem::path& folder, bool presigned) {
  const auto context = nlohmann::json::parse(read_text(folder / "context.json"));
  http::Request request = parse_request(read_text(folder / "request.txt"));
  const auto& keys = context.at("credentials");
  const sign::Keys credentials{keys.at("access_key_id"), keys.at("secret_access_key"),
                               keys.value("token", "")};
  const sign::Scope scope{context.at("region"), context.at("service"),
                          parse_time(context.at("timestamp").get<std::string>()).value()};
  sign::Options options;
  options.path = context.value("normalize", true) ? sign::Options::Path::normalised
                                                  : sign::Options::Path::as_is;
  if (context.value("sign_body", false)) options.body_header = sign::Options::BodyHeader::present;
  if (context.value("omit_session_token", false)) options.token = sign::Options::Token::unsigned_;
  options.body_in_presigned = sign::Options::PresignedBody::digest;
  const sign::Stages stages =
      presigned ? sign::presign(request, credentials, scope, options,
                                std::chrono::seconds(context.value("expiration_in_seconds", 3600)))
                : sign::sign_headers(request, credentials, scope, options);
  const std::string mode = presigned ? "query-" : "header-";
  std::vector<std::string> differences;
  compare("canonical request", stages.canonical_request,
          without_returns(read_text(folder / (mode + "canonical-request.txt"))), differences);
  compare("string to sign", stages.string_to_sign,
          without_returns(read_text(folder / (mode + "string-to-sign.txt"))), differences);
  compare("signature", stages.signature,
          without_returns(read_text(folder / (mode + "signature.txt"))), differences);
  return differences;
}

std::vector<std::string> run_files(const std::filesystem::path& folder, const std::string& stem) {
  const auto file = [&](const char* extension) {
    return without_returns(read_text(folder / (stem + extension)));
  };
  http::Request request = parse_request(read_text(folder / (stem + ".req")));
  sign::Keys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  // The token of a case is written where it is signed.
  keys.session_token = request.headers.get("X-Amz-Security-Token");
  for (const std::string& line : split(file(".creq"), '\n')) {
    constexpr std::string_view token = "x-amz-security-token:";
    if (line.starts_with(token)) keys.session_token = line.substr(token.size());
  }
  const auto time = parse_time(request.headers.get("X-Amz-Date"));
  const sign::Stages stages =
      sign::sign_headers(request, keys, {"us-east-1", "service", time.value()}, sign::Options{});
  std::vector<std::string> differences;
  compare("canonical request", stages.canonical_request, file(".creq"), differences);
  compare("string to sign", stages.string_to_sign, file(".sts"), differences);
  compare("header", request.headers.get("Authorization"), file(".authz"), differences);
  return differences;
}

}  // namespace

void add_signing_cases() {
  const std::filesystem::path old_suite = suites_folder() / "unit/auth/aws4_testsuite";
  if (std::filesystem::exists(old_suite)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(old_suite)) {
      if (entry.path().extension() != ".req") continue;
      const std::filesystem::path folder = entry.path().parent_path();
      const std::string stem = entry.path().stem();
      add_case("Sigv4", test_name(stem), [=] { return run_files(folder, stem); });
    }
  }
  const std::filesystem::path newer = ASIAQ_SIGV4_SUITE_DIR;
  if (newer.empty() || !std::filesystem::exists(newer)) return;
  for (const auto& entry : std::filesystem::directory_iterator(newer)) {
    const std::filesystem::path folder = entry.path();
    if (!std::filesystem::exists(folder / "context.json")) continue;
    const std::string name = test_name(folder.filename().string());
    add_case("Sigv4Header", name, [=] { return run_folder(folder, false); });
    add_case("Sigv4Query", name, [=] { return run_folder(folder, true); });
  }
}

}  // namespace asiaq::aws::conformance
