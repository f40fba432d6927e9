#include "aws/sign/sigv4.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <vector>

#include "aws/checksum.h"
#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/http/body.h"
#include "aws/time_text.h"
#include "base/text.h"

namespace asiaq::aws::sign {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Changed by proxies and libraries on the way, so never signed.
constexpr std::array<std::string_view, 6> kUnsigned{
    "authorization", "connection", "expect", "user-agent", "x-amzn-trace-id", "transfer-encoding"};

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, end - start);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    start = end + 1;
  }
  std::string clean = "/";
  for (const std::string_view segment : kept) {
    if (clean.size() > 1) clean += '/';
    clean += segment;
  }
  if (clean.size() > 1 && path.ends_with('/')) clean += '/';
  return clean;
}

std::string canonical_path(const std::string& path, const Options& options) {
  std::string text = path.empty() ? "/" : path;
  if (options.path == Options::Path::normalised) text = without_dots(text);
  return options.encoding == Options::Encoding::twice ? percent_encode(text, Slash::keep) : text;
}

// Sorted by the encoded bytes, which is not the order of the plain ones.
std::string canonical_query(const std::vector<http::QueryItem>& query) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& [name, value] : query) {
    items.emplace_back(percent_encode(name), percent_encode(value.value_or("")));
  }
  std::sort(items.begin(), items.end());
  std::string text;
  for (const auto& [name, value] : items) {
    if (!text.empty()) text += '&';
    text += name;
    text += '=';
    text += value;
  }
  return text;
}

// Runs of blanks become one; a folded value's lines were joined by the reader.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char sign : trimmed(value)) {
    const bool blank = sign == ' ' || sign == '\t' || sign == '\n';
    if (blank && !text.empty() && text.back() == ' ') continue;
    text += blank ? ' ' : sign;
  }
  return text;
}

struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const http::Headers& headers) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) {
    const std::string lower = lower_case(name);
    if (std::find(kUnsigned.begin(), kUnsigned.end(), lower) != kUnsigned.end()) continue;
    const auto [place, is_new] = sorted.try_emplace(lower);
    if (!is_new) place->second += ',';
    place->second += canonical_value(value);
  }
  CanonicalHeaders canonical;
  for (const auto& [name, value] : sorted) {
    canonical.lines += name + ":" + value + "\n";
    canonical.names += (canonical.names.empty() ? "" : ";") + name;
  }
  return canonical;
}

// The key depends on secret, day, region and service only; deriving it costs four of a signature's
// six digests.
class KeyCache {
 public:
  std::string get(const Keys& keys, const std::string& day, const Scope& scope) {
    const std::string name =
        sha256(keys.secret_access_key) + day + "/" + scope.region + "/" + scope.service;
    const std::lock_guard lock(mutex_);
    if (const auto found = derived_.find(name); found != derived_.end()) return found->second;
    if (derived_.size() >= kMost) derived_.clear();
    const std::string key = hmac_sha256(
        hmac_sha256(hmac_sha256(hmac_sha256("AWS4" + keys.secret_access_key, day), scope.region),
                    scope.service),
        "aws4_request");
    return derived_.emplace(name, key).first->second;
  }

 private:
  static constexpr std::size_t kMost = 64;
  std::mutex mutex_;
  std::map<std::string, std::string> derived_;
};

std::string signing_key(const Keys& keys, const std::string& day, const Scope& scope) {
  static KeyCache cache;
  return cache.get(keys, day, scope);
}

Stages stages_of(const http::Request& request, const Keys& keys, const Scope& scope,
                 const Options& options, const CanonicalHeaders& headers,
                 const std::string& body_digest) {
  const std::string time = to_basic_iso8601(scope.time);
  const std::string day = time.substr(0, 8);
  Stages stages;
  stages.canonical_request = request.method + "\n" + canonical_path(request.path, options) + "\n" +
                             canonical_query(request.query) + "\n" + headers.lines + "\n" +
                             headers.names + "\n" + body_digest;
  stages.string_to_sign = std::string(kAlgorithm) + "\n" + time + "\n" + day + "/" + scope.region +
                          "/" + scope.service + "/aws4_request\n" +
                          hex(sha256(stages.canonical_request));
  stages.signature = hex(hmac_sha256(signing_key(keys, day, scope), stages.string_to_sign));
  return stages;
}

std::string credential(const Keys& keys, const Scope& scope) {
  return keys.access_key_id + "/" + to_basic_iso8601(scope.time).substr(0, 8) + "/" + scope.region +
         "/" + scope.service + "/aws4_request";
}

// S3 refuses longer ones (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
void check_presigned(const http::Request& request, std::chrono::seconds lifetime) {
  if (lifetime < std::chrono::seconds(1) || lifetime > std::chrono::hours(7 * 24)) {
    throw RequestError("a presigned URL can be good for 1 s to 7 days, not for " +
                       std::to_string(lifetime.count()) + " s");
  }
  for (const auto& [name, value] : request.query) {
    if (name == "X-Amz-Signature") throw RequestError("the URL is signed already");
  }
}

}  // namespace

std::string body_digest(const http::Request& request) {
  if (const std::string* given = request.headers.find("X-Amz-Content-SHA256")) return *given;
  if (request.upload == nullptr) return hex(sha256(request.body));
  Checksum checksum(ChecksumAlgorithm::sha256);
  http::for_each_piece(*request.upload, [&](std::string_view piece) { checksum.update(piece); });
  return hex(checksum.finish());
}

Stages sign_headers(http::Request& request, const Keys& keys, const Scope& scope,
                    const Options& options) {
  request.headers.remove("Authorization");
  request.headers.remove("X-Amz-Security-Token");
  if (request.headers.find("Host") == nullptr) request.headers.set("Host", request.host);
  request.headers.set("X-Amz-Date", to_basic_iso8601(scope.time));
  const std::string digest = body_digest(request);
  if (options.body_header == Options::BodyHeader::present) {
    request.headers.set("X-Amz-Content-SHA256", digest);
  }
  const bool token = !keys.session_token.empty();
  if (token && options.token == Options::Token::is_signed) {
    request.headers.set("X-Amz-Security-Token", keys.session_token);
  }
  const CanonicalHeaders headers = canonical_headers(request.headers);
  const Stages stages = stages_of(request, keys, scope, options, headers, digest);
  if (token) request.headers.set("X-Amz-Security-Token", keys.session_token);
  request.headers.set("Authorization",
                      std::string(kAlgorithm) + " Credential=" + credential(keys, scope) +
                          ", SignedHeaders=" + headers.names + ", Signature=" + stages.signature);
  return stages;
}

Stages presign(http::Request& request, const Keys& keys, const Scope& scope, const Options& options,
               std::chrono::seconds lifetime) {
  check_presigned(request, lifetime);
  if (request.headers.find("Host") == nullptr) request.headers.set("Host", request.host);
  const CanonicalHeaders headers = canonical_headers(request.headers);
  const std::string digest = options.body_in_presigned == Options::PresignedBody::any
                                 ? std::string(kUnsignedPayload)
                                 : body_digest(request);
  request.query.emplace_back("X-Amz-Algorithm", std::string(kAlgorithm));
  request.query.emplace_back("X-Amz-Credential", credential(keys, scope));
  request.query.emplace_back("X-Amz-Date", to_basic_iso8601(scope.time));
  request.query.emplace_back("X-Amz-SignedHeaders", headers.names);
  request.query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  const bool token = !keys.session_token.empty();
  if (token && options.token == Options::Token::is_signed) {
    request.query.emplace_back("X-Amz-Security-Token", keys.session_token);
  }
  const Stages stages = stages_of(request, keys, scope, options, headers, digest);
  if (token && options.token == Options::Token::unsigned_) {
    request.query.emplace_back("X-Amz-Security-Token", keys.session_token);
  }
  request.query.emplace_back("X-Amz-Signature", stages.signature);
  return stages;
}

}  // namespace asiaq::aws::sign
