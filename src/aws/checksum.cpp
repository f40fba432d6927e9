#include "aws/checksum.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::aws {

class Checksum::Engine {
 public:
  virtual ~Engine() = default;
  virtual void update(std::string_view bytes) = 0;
  virtual std::string finish() = 0;
};

namespace {

template <class Word>
std::string in_network_order(Word sum) {
  std::string bytes(sizeof(Word), '\0');
  for (std::size_t i = bytes.size(); i-- > 0; sum = static_cast<Word>(sum >> 8U)) {
    bytes[i] = static_cast<char>(sum & 0xFFU);
  }
  return bytes;
}

// zlib's is the fastest at hand.
class Crc32 final : public Checksum::Engine {
 public:
  void update(std::string_view bytes) override {
    sum_ = ::crc32_z(sum_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }
  std::string finish() override { return in_network_order(static_cast<std::uint32_t>(sum_)); }

 private:
  uLong sum_ = 0;
};

// Table k says what a byte does to the sum k bytes later, so that eight bytes are one step.
template <class Word>
using CrcTables = std::array<std::array<Word, 256>, 8>;

template <class Word, Word polynomial>
constexpr CrcTables<Word> make_crc_tables() {
  CrcTables<Word> tables{};
  for (unsigned value = 0; value < 256; ++value) {
    Word sum = value;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? polynomial : Word{0});
    tables[0][value] = sum;
  }
  for (unsigned value = 0; value < 256; ++value) {
    for (std::size_t k = 1; k < 8; ++k) {
      const Word before = tables[k - 1][value];
      tables[k][value] = tables[0][before & 0xFFU] ^ (before >> 8U);
    }
  }
  return tables;
}

// A reflected CRC that begins with all bits set and is inverted in the end.
template <class Word, Word polynomial>
class ReflectedCrc final : public Checksum::Engine {
 public:
  void update(std::string_view bytes) override {
    while (bytes.size() >= 8) {
      std::uint64_t eight = sum_;
      for (unsigned i = 0; i < 8; ++i) eight ^= byte(bytes[i]) << (8U * i);
      sum_ = 0;
      for (unsigned i = 0; i < 8; ++i) sum_ ^= kTables[7 - i][(eight >> (8U * i)) & 0xFFU];
      bytes.remove_prefix(8);
    }
    for (const char each : bytes) {
      sum_ = kTables[0][(sum_ ^ byte(each)) & 0xFFU] ^ (sum_ >> 8U);
    }
  }
  std::string finish() override { return in_network_order(static_cast<Word>(~sum_)); }

 private:
  static std::uint64_t byte(char sign) { return static_cast<unsigned char>(sign); }

  static constexpr CrcTables<Word> kTables = make_crc_tables<Word, polynomial>();
  Word sum_ = static_cast<Word>(~Word{0});
};

using Crc32c = ReflectedCrc<std::uint32_t, 0x82F63B78U>;
using Crc64Nvme = ReflectedCrc<std::uint64_t, 0x9A6C9329AC4BC9B5U>;

class Digest final : public Checksum::Engine {
 public:
  explicit Digest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new()) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1);
  }
  void update(std::string_view bytes) override {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string finish() override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned int size = 0;
    check(EVP_DigestFinal_ex(context_.get(), value.data(), &size) == 1);
    return {reinterpret_cast<const char*>(value.data()), size};
  }

 private:
  static void check(bool good) {
    if (!good) throw Error("Digest", "the TLS library cannot compute a digest");
  }

  struct Freer {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Freer> context_;
};

std::unique_ptr<Checksum::Engine> make_engine(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::crc32:
      return std::make_unique<Crc32>();
    case ChecksumAlgorithm::crc32c:
      return std::make_unique<Crc32c>();
    case ChecksumAlgorithm::crc64nvme:
      return std::make_unique<Crc64Nvme>();
    case ChecksumAlgorithm::sha1:
      return std::make_unique<Digest>(EVP_sha1());
    case ChecksumAlgorithm::sha256:
      return std::make_unique<Digest>(EVP_sha256());
    case ChecksumAlgorithm::sha512:
      return std::make_unique<Digest>(EVP_sha512());
    case ChecksumAlgorithm::md5:
      return std::make_unique<Digest>(EVP_md5());
  }
  return nullptr;
}

}  // namespace

std::optional<ChecksumAlgorithm> checksum_algorithm(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, ChecksumAlgorithm>, 7> kNames{
      {{"crc32", ChecksumAlgorithm::crc32},
       {"crc32c", ChecksumAlgorithm::crc32c},
       {"crc64nvme", ChecksumAlgorithm::crc64nvme},
       {"sha1", ChecksumAlgorithm::sha1},
       {"sha256", ChecksumAlgorithm::sha256},
       {"sha512", ChecksumAlgorithm::sha512},
       {"md5", ChecksumAlgorithm::md5}}};
  const std::string wanted = lower_case(name);
  for (const auto& [known, algorithm] : kNames) {
    if (wanted == known) return algorithm;
  }
  return std::nullopt;
}

Checksum::Checksum(ChecksumAlgorithm algorithm) : engine_(make_engine(algorithm)) {}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::update(std::string_view bytes) { engine_->update(bytes); }
std::string Checksum::finish() { return engine_->finish(); }

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view bytes) {
  Checksum checksum(algorithm);
  checksum.update(bytes);
  return checksum.finish();
}

}  // namespace asiaq::aws
