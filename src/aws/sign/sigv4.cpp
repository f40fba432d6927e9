#include "aws/sign/sigv4.h"

#include <algorithm>
#include <array>
#include <initializer_list>
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
  if (path.empty() || path == "/") return "/";
  std::string text = path;
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

constexpr bool is_blank(char sign) { return sign == ' ' || sign == '\t' || sign == '\n'; }

// Runs of blanks become one; a folded value's lines were joined by the reader.
void append_canonical_value(std::string& text, std::string_view value) {
  value = trimmed(value);
  while (true) {
    std::size_t word = 0;
    while (word < value.size() && !is_blank(value[word])) ++word;
    text += value.substr(0, word);
    value.remove_prefix(word);
    if (value.empty()) return;
    text += ' ';
    while (is_blank(value.front())) value.remove_prefix(1);
  }
}

constexpr std::size_t kUsualSize = 256;

struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const http::Headers& headers) {
  struct Field {
    std::string name;
    std::string_view value;
  };
  std::vector<Field> sorted;
  sorted.reserve(static_cast<std::size_t>(headers.end() - headers.begin()));
  for (const auto& [name, value] : headers) {
    std::string lower = lower_case(name);
    if (std::find(kUnsigned.begin(), kUnsigned.end(), lower) != kUnsigned.end()) continue;
    const auto place = std::upper_bound(
        sorted.begin(), sorted.end(), lower,
        [](const std::string& left, const Field& right) { return left < right.name; });
    sorted.insert(place, {std::move(lower), value});
  }
  CanonicalHeaders canonical;
  canonical.lines.reserve(kUsualSize);
  canonical.names.reserve(kUsualSize);
  const std::string* previous = nullptr;
  for (const auto& [name, value] : sorted) {
    if (previous != nullptr && *previous == name) {
      canonical.lines.back() = ',';
    } else {
      if (previous != nullptr) canonical.names += ';';
      canonical.names += name;
      canonical.lines += name;
      canonical.lines += ':';
    }
    append_canonical_value(canonical.lines, value);
    canonical.lines += '\n';
    previous = &name;
  }
  return canonical;
}

// The key depends on secret, day, region and service only; deriving it costs eight of a signature's
// twelve digests.
class KeyCache {
 public:
  HmacKey get(const Keys& keys, std::string_view day, const Scope& scope) {
    const std::lock_guard lock(mutex_);
    for (const Derived& each : derived_) {
      if (each.day == day && each.region == scope.region && each.service == scope.service &&
          each.secret == keys.secret_access_key) {
        return each.key;
      }
    }
    if (derived_.size() >= kMost) derived_.clear();
    const HmacKey key(hmac_sha256(
        hmac_sha256(hmac_sha256(hmac_sha256("AWS4" + keys.secret_access_key, day), scope.region),
                    scope.service),
        "aws4_request"));
    derived_.push_back(
        {std::string(day), scope.region, scope.service, keys.secret_access_key, key});
    return key;
  }

 private:
  struct Derived {
    std::string day, region, service, secret;
    HmacKey key;
  };
  static constexpr std::size_t kMost = 64;
  std::mutex mutex_;
  std::vector<Derived> derived_;
};

HmacKey signing_key(const Keys& keys, std::string_view day, const Scope& scope) {
  static KeyCache cache;
  return cache.get(keys, day, scope);
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text += part;
  return text;
}

Stages stages_of(const http::Request& request, const Keys& keys, const Scope& scope,
                 const Options& options, const CanonicalHeaders& headers, std::string_view time,
                 const std::string& body_digest) {
  const std::string_view day = time.substr(0, 8);
  Stages stages;
  stages.canonical_request = joined({request.method, "\n", canonical_path(request.path, options),
                                     "\n", canonical_query(request.query), "\n", headers.lines,
                                     "\n", headers.names, "\n", body_digest});
  stages.string_to_sign =
      joined({kAlgorithm, "\n", time, "\n", day, "/", scope.region, "/", scope.service,
              "/aws4_request\n", hex_sha256(stages.canonical_request)});
  stages.signature = signing_key(keys, day, scope).hex_digest(stages.string_to_sign);
  return stages;
}

std::string credential(const Keys& keys, const Scope& scope, std::string_view time) {
  return joined({keys.access_key_id, "/", time.substr(0, 8), "/", scope.region, "/", scope.service,
                 "/aws4_request"});
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
  if (request.upload == nullptr) return hex_sha256(request.body);
  Checksum checksum(ChecksumAlgorithm::sha256);
  http::for_each_piece(*request.upload, [&](std::string_view piece) { checksum.update(piece); });
  return hex(checksum.finish());
}

Stages sign_headers(http::Request& request, const Keys& keys, const Scope& scope,
                    const Options& options) {
  const std::string time = to_basic_iso8601(scope.time);
  request.headers.remove("Authorization");
  request.headers.remove("X-Amz-Security-Token");
  if (request.headers.find("Host") == nullptr) request.headers.set("Host", request.host);
  request.headers.set("X-Amz-Date", time);
  const std::string digest = body_digest(request);
  if (options.body_header == Options::BodyHeader::present) {
    request.headers.set("X-Amz-Content-SHA256", digest);
  }
  const bool token = !keys.session_token.empty();
  if (token && options.token == Options::Token::is_signed) {
    request.headers.set("X-Amz-Security-Token", keys.session_token);
  }
  const CanonicalHeaders headers = canonical_headers(request.headers);
  Stages stages = stages_of(request, keys, scope, options, headers, time, digest);
  if (token) request.headers.set("X-Amz-Security-Token", keys.session_token);
  request.headers.set(
      "Authorization",
      joined({kAlgorithm, " Credential=", credential(keys, scope, time),
              ", SignedHeaders=", headers.names, ", Signature=", stages.signature}));
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
  const std::string time = to_basic_iso8601(scope.time);
  request.query.emplace_back("X-Amz-Algorithm", std::string(kAlgorithm));
  request.query.emplace_back("X-Amz-Credential", credential(keys, scope, time));
  request.query.emplace_back("X-Amz-Date", time);
  request.query.emplace_back("X-Amz-SignedHeaders", headers.names);
  request.query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  const bool token = !keys.session_token.empty();
  if (token && options.token == Options::Token::is_signed) {
    request.query.emplace_back("X-Amz-Security-Token", keys.session_token);
  }
  Stages stages = stages_of(request, keys, scope, options, headers, time, digest);
  if (token && options.token == Options::Token::unsigned_) {
    request.query.emplace_back("X-Amz-Security-Token", keys.session_token);
  }
  request.query.emplace_back("X-Amz-Signature", stages.signature);
  return stages;
}

}  // namespace asiaq::aws::sign
