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

/// CRC-32 (ISO-HDLC), base64 of its four bytes in network order.
std::string crc32_base64(std::string_view bytes);

/// The bytes compressed (RFC 1952).
std::string gzip(std::string_view bytes);

/// A random UUID (version 4).
std::string random_uuid();

}  // namespace asiaq::aws
