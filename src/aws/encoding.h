#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Digests and text encodings of the wire.
namespace asiaq::aws {

/// Everything but letters, digits and "-._~" as %XX (RFC 3986); with `keep_slash` also '/' stays.
enum class Slash { encode, keep };
std::string percent_encode(std::string_view text, Slash slash = Slash::encode);
/// The same, behind what `encoded` holds.
void append_percent_encoded(std::string& encoded, std::string_view text,
                            Slash slash = Slash::encode);
std::string percent_decode(std::string_view text);

std::string base64_encode(std::string_view bytes);
/// Ignores line breaks; throws RequestError on anything else that is not base64.
std::string base64_decode(std::string_view text);

std::string hex(std::string_view bytes);

/// Raw bytes.
std::string sha256(std::string_view bytes);
std::string sha1(std::string_view bytes);
std::string md5(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// hex(sha256(bytes)).
std::string hex_sha256(std::string_view bytes);

/// A key of HMAC-SHA-256 (RFC 2104), with the work that depends on it alone done. Copies are cheap.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  std::string digest(std::string_view bytes) const;
  std::string hex_digest(std::string_view bytes) const;

 private:
  // OpenSSL's SHA256_CTX after the first block of the inner and of the outer digest.
  std::array<std::uint64_t, 14> inner_{};
  std::array<std::uint64_t, 14> outer_{};
};

/// The bytes compressed (RFC 1952).
std::string gzip(std::string_view bytes);

/// A random UUID (version 4).
std::string random_uuid();

}  // namespace asiaq::aws
