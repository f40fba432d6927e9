#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Checksums of bodies, computed as the bytes pass by.
namespace asiaq::aws {

/// Those that S3 offers and that our libraries know
/// (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html).
enum class ChecksumAlgorithm : std::uint8_t { crc32, crc32c, crc64nvme, sha1, sha256, sha512, md5 };

/// By its name in requests, in any case ("CRC32C"); empty for one that we cannot compute.
std::optional<ChecksumAlgorithm> checksum_algorithm(std::string_view name);

class Checksum {
 public:
  explicit Checksum(ChecksumAlgorithm algorithm);
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void update(std::string_view bytes);
  /// The raw bytes, in network order. Once only.
  std::string finish();

  class Engine;

 private:
  std::unique_ptr<Engine> engine_;
};

/// Raw bytes.
std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view bytes);

}  // namespace asiaq::aws
