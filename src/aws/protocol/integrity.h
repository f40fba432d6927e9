#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/checksum.h"
#include "aws/http/body.h"
#include "aws/operation.h"

/// Checksums of bodies on their way to S3 and back
/// (docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html).
namespace asiaq::aws::protocol {

/// When bodies carry checksums.
enum class Integrity : std::uint8_t { when_supported, when_required };

/// Adds the checksum that the operation wants or takes, in the algorithm that the input names, else
/// CRC-32; one that the caller gave is kept. Asks for the checksum of the answer where there is
/// one. Reads an upload to its end.
void add_checksum(const Operation& operation, Integrity uploads, Integrity downloads,
                  http::Request& request);

/// Counts and checks an answer's body, and hands it on.
class CheckedBody final : public http::Sink {
 public:
  /// `inner` may be null: then nothing is handed on.
  CheckedBody(const Service& service, const Operation& operation, http::Sink* inner)
      : service_(service), operation_(operation), inner_(inner) {}

  void begin(const http::Headers& headers) override;
  void write(std::string_view piece) override;

  std::uint64_t bytes() const { return bytes_; }
  /// After the last piece, once: what is wrong with the body, or nothing.
  std::optional<std::string> damage();

 private:
  void expect(ChecksumAlgorithm algorithm, std::string value, std::string name);

  const Service& service_;
  const Operation& operation_;
  http::Sink* inner_;
  std::uint64_t bytes_ = 0;
  std::optional<Checksum> checksum_;
  std::string expected_;  ///< raw bytes
  std::string name_;      ///< of the header
};

}  // namespace asiaq::aws::protocol
