#include "access/ssh_key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::access {
namespace {

constexpr unsigned kRsaBits = 3072;
constexpr std::size_t kEd25519Size = 32;

template <auto release>
struct Releaser {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Releaser<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Releaser<BN_clear_free>>;

void require(bool succeeded, std::string_view doing) {
  if (!succeeded) throw Error("Key", fmt::format("OpenSSL failed at {}", doing));
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string ssh_uint32(std::uint32_t number) {
  return {static_cast<char>(number >> 24U), static_cast<char>(number >> 16U),
          static_cast<char>(number >> 8U), static_cast<char>(number)};
}

// BASE64 in lines of 70 characters, as ssh-keygen writes it.
std::string armoured(std::string_view bytes) {
  const std::string text = base64(bytes);
  std::string result = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < text.size(); at += 70) result += text.substr(at, 70) + "\n";
  return result + "-----END OPENSSH PRIVATE KEY-----\n";
}

std::string mpint_of(EVP_PKEY* key, const char* parameter) {
  BIGNUM* raw = nullptr;
  require(EVP_PKEY_get_bn_param(key, parameter, &raw) == 1, "reading a number of the key");
  const Number number(raw);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return ssh_mpint(bytes);
}

std::string pem_of(EVP_PKEY* key) {
  const Bio memory(BIO_new(BIO_s_secmem()));
  require(memory && PEM_write_bio_PrivateKey_traditional(memory.get(), key, nullptr, nullptr, 0,
                                                         nullptr, nullptr) == 1,
          "writing the private key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

SshKeyPair generate_rsa(const std::string& comment) {
  const Key key(EVP_RSA_gen(kRsaBits));
  require(key != nullptr, "making an RSA key");
  const std::string blob = ssh_string("ssh-rsa") + mpint_of(key.get(), OSSL_PKEY_PARAM_RSA_E) +
                           mpint_of(key.get(), OSSL_PKEY_PARAM_RSA_N);
  return {.private_key = pem_of(key.get()),
          .public_key = fmt::format("ssh-rsa {} {}", base64(blob), comment)};
}

SshKeyPair generate_ed25519(const std::string& comment) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  std::string seed(kEd25519Size, '\0');
  std::string point(kEd25519Size, '\0');
  std::size_t seed_size = seed.size();
  std::size_t point_size = point.size();
  std::array<unsigned char, 4> check{};
  require(key != nullptr &&
              EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(seed.data()),
                                           &seed_size) == 1 &&
              EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(point.data()),
                                          &point_size) == 1 &&
              RAND_bytes(check.data(), check.size()) == 1,
          "making an ed25519 key");
  const std::string blob = ssh_string("ssh-ed25519") + ssh_string(point);
  // openssh/PROTOCOL.key: two equal check numbers, the key, its comment, padding 1, 2, 3 … to
  // eight.
  const std::string number(check.begin(), check.end());
  std::string secret = number + number + ssh_string("ssh-ed25519") + ssh_string(point) +
                       ssh_string(seed + point) + ssh_string(comment);
  for (char pad = 1; secret.size() % 8 != 0; ++pad) secret += pad;
  SshKeyPair pair{.private_key = armoured(std::string("openssh-key-v1") + '\0' +
                                          ssh_string("none") + ssh_string("none") + ssh_string("") +
                                          ssh_uint32(1) + ssh_string(blob) + ssh_string(secret)),
                  .public_key = fmt::format("ssh-ed25519 {} {}", base64(blob), comment)};
  OPENSSL_cleanse(seed.data(), seed.size());
  OPENSSL_cleanse(secret.data(), secret.size());
  return pair;
}

}  // namespace

std::string ssh_string(std::string_view bytes) {
  return ssh_uint32(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

std::string ssh_mpint(std::span<const std::uint8_t> big_endian_magnitude) {
  while (!big_endian_magnitude.empty() && big_endian_magnitude.front() == 0) {
    big_endian_magnitude = big_endian_magnitude.subspan(1);
  }
  std::string bytes(big_endian_magnitude.begin(), big_endian_magnitude.end());
  // A first bit that is set would make the number negative.
  if (!bytes.empty() && (big_endian_magnitude.front() & 0x80U) != 0) bytes.insert(0, 1, '\0');
  return ssh_string(bytes);
}

SshKeyPair generate_ssh_key(KeyType type, const std::string& comment) {
  return type == KeyType::rsa ? generate_rsa(comment) : generate_ed25519(comment);
}

KeyType parse_key_type(std::string_view word) {
  if (word == "rsa") return KeyType::rsa;
  if (word == "ed25519") return KeyType::ed25519;
  throw UsageError(fmt::format("key type '{}' is neither rsa nor ed25519", word));
}

std::string public_key_identity(std::string_view public_key) {
  const std::vector<std::string> parts = words(public_key);
  return parts.size() < 2 ? "" : parts[0] + " " + parts[1];
}

}  // namespace asiaq::access
