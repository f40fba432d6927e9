// Finding SHA-256 through OpenSSL's general interface takes longer than a signature's digests.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "aws/encoding.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/random.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "aws/error.h"

namespace asiaq::aws {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr std::string_view kLowerHex = "0123456789abcdef";

using HexPair = std::array<char, 2>;

// Each byte in two digits: three digests of every signature are written in them.
constexpr std::array<HexPair, 256> kHexPairs = [] {
  std::array<HexPair, 256> pairs{};
  for (unsigned byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kLowerHex[byte >> 4U], kLowerHex[byte & 0xFU]};
  }
  return pairs;
}();

using Signs = std::array<bool, 256>;

constexpr Signs signs_of(std::string_view text) {
  Signs signs{};
  for (const char sign : text) signs[static_cast<unsigned char>(sign)] = true;
  return signs;
}
constexpr Signs kUnreserved =
    signs_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
constexpr Signs kUnreservedAndSlash =
    signs_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/");

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), value.data(), &size, algorithm, nullptr) != 1) {
    throw Error("Digest", "the TLS library cannot compute a digest");
  }
  return {reinterpret_cast<const char*>(value.data()), size};
}

std::string_view view(const auto& digest) { return {digest.data(), digest.size()}; }

class Sha256 {
 public:
  Sha256() { SHA256_Init(&state_); }
  /// Goes on from the state of another.
  explicit Sha256(const void* state) { std::memcpy(&state_, state, sizeof(state_)); }
  Sha256& add(std::string_view bytes) {
    SHA256_Update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  using Digest = std::array<char, SHA256_DIGEST_LENGTH>;
  Digest digest() {
    Digest value;
    SHA256_Final(reinterpret_cast<unsigned char*>(value.data()), &state_);
    return value;
  }
  const SHA256_CTX& state() const { return state_; }

 private:
  SHA256_CTX state_;
};

int hex_value(char sign) {
  if (sign >= '0' && sign <= '9') return sign - '0';
  if (sign >= 'a' && sign <= 'f') return sign - 'a' + 10;
  if (sign >= 'A' && sign <= 'F') return sign - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_encode(std::string_view text, Slash slash) {
  std::string encoded;
  encoded.reserve(text.size());
  append_percent_encoded(encoded, text, slash);
  return encoded;
}

void append_percent_encoded(std::string& encoded, std::string_view text, Slash slash) {
  const Signs& plain = slash == Slash::keep ? kUnreservedAndSlash : kUnreserved;
  const auto stays = [&plain](char sign) { return plain[static_cast<unsigned char>(sign)]; };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    while (at < text.size() && stays(text[at])) ++at;
    encoded.append(text, begin, at - begin);
    for (; at < text.size() && !stays(text[at]); ++at) {
      const auto sign = static_cast<unsigned char>(text[at]);
      encoded += '%';
      encoded += kUpperHex[sign >> 4U];
      encoded += kUpperHex[sign & 0xFU];
    }
  }
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string base64_encode(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) / 2) {
    throw RequestError("more than a gigabyte cannot be sent in one text");
  }
  std::string encoded((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

std::string base64_decode(std::string_view text) {
  std::string decoded;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char sign : text) {
    int value = -1;
    if (sign >= 'A' && sign <= 'Z') value = sign - 'A';
    if (sign >= 'a' && sign <= 'z') value = sign - 'a' + 26;
    if (sign >= '0' && sign <= '9') value = sign - '0' + 52;
    if (sign == '+') value = 62;
    if (sign == '/') value = 63;
    if (value < 0) {
      if (sign == '=' || sign == '\n' || sign == '\r') continue;
      throw RequestError("text is not base64");
    }
    group = (group << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      decoded += static_cast<char>((group >> static_cast<unsigned>(bits)) & 0xFFU);
    }
  }
  return decoded;
}

std::string hex(std::string_view bytes) {
  std::string text(bytes.size() * 2, '\0');
  char* next = text.data();
  for (const char byte : bytes) {
    const HexPair& pair = kHexPairs[static_cast<unsigned char>(byte)];
    next = std::copy(pair.begin(), pair.end(), next);
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  return std::string(view(Sha256().add(bytes).digest()));
}

std::string hex_sha256(std::string_view bytes) { return hex(view(Sha256().add(bytes).digest())); }

std::string sha1(std::string_view bytes) { return digest(EVP_sha1(), bytes); }
std::string md5(std::string_view bytes) { return digest(EVP_md5(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return HmacKey(key).digest(bytes);
}

HmacKey::HmacKey(std::string_view key) {
  static_assert(sizeof(inner_) >= sizeof(SHA256_CTX));
  const std::string short_key = key.size() > SHA256_CBLOCK ? sha256(key) : std::string(key);
  const auto begin = [&](char pad, void* state) {
    std::string block(SHA256_CBLOCK, pad);
    for (std::size_t i = 0; i < short_key.size(); ++i) {
      block[i] = static_cast<char>(block[i] ^ short_key[i]);
    }
    const SHA256_CTX begun = Sha256().add(block).state();
    std::memcpy(state, &begun, sizeof(begun));
  };
  begin(0x36, inner_.data());
  begin(0x5C, outer_.data());
}

std::string HmacKey::digest(std::string_view bytes) const {
  const Sha256::Digest inner = Sha256(inner_.data()).add(bytes).digest();
  return std::string(view(Sha256(outer_.data()).add(view(inner)).digest()));
}

std::string HmacKey::hex_digest(std::string_view bytes) const {
  const Sha256::Digest inner = Sha256(inner_.data()).add(bytes).digest();
  return hex(view(Sha256(outer_.data()).add(view(inner)).digest()));
}

std::string gzip(std::string_view bytes) {
  constexpr int gzip_window = 15 + 16;
  constexpr int usual_memory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, usual_memory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  // Straight from the kernel: OpenSSL's own generator takes a millisecond to set up.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error("Random", "the system gives no random bytes");
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

}  // namespace asiaq::aws
