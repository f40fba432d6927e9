#include "aws/protocol/integrity.h"

#include "aws/encoding.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";

std::string checksum_of_body(ChecksumAlgorithm algorithm, const http::Request& request) {
  if (request.upload == nullptr) return checksum_of(algorithm, request.body);
  Checksum checksum(algorithm);
  for_each_piece(*request.upload, [&](std::string_view piece) { checksum.update(piece); });
  return checksum.finish();
}

// "x-amz-checksum-sha256", not "x-amz-checksum-type".
std::optional<ChecksumAlgorithm> algorithm_of_header(std::string_view name) {
  if (!starts_with_ignoring_case(name, kChecksumPrefix)) return std::nullopt;
  return checksum_algorithm(name.substr(kChecksumPrefix.size()));
}

bool has_checksum(const http::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (algorithm_of_header(name)) return true;
  }
  return false;
}

void add_request_checksum(http::Request& request) {
  if (has_checksum(request.headers)) return;
  std::string name = request.headers.get("X-Amz-Sdk-Checksum-Algorithm");
  if (name.empty()) name = "CRC32";
  const auto algorithm = checksum_algorithm(name);
  if (!algorithm) throw RequestError("the checksum algorithm " + name + " is not supported");
  request.headers.set("X-Amz-Checksum-" + name,
                      base64_encode(checksum_of_body(*algorithm, request)));
  request.headers.set("X-Amz-Sdk-Checksum-Algorithm", name);
}

// Four bytes in network order, from a decimal number.
std::optional<std::string> crc_of_number(std::string_view text) {
  const auto number = parse_integer(trimmed(text));
  if (!number || *number < 0 || *number > 0xFFFFFFFF) return std::nullopt;
  auto rest = static_cast<std::uint32_t>(*number);
  std::string bytes(4, '\0');
  for (std::size_t i = 4; i-- > 0; rest >>= 8U) bytes[i] = static_cast<char>(rest & 0xFFU);
  return bytes;
}

}  // namespace

void add_checksum(const Operation& operation, Integrity uploads, Integrity downloads,
                  http::Request& request) {
  const bool asked = request.headers.find("X-Amz-Sdk-Checksum-Algorithm") != nullptr;
  if (operation.checksum_required ||
      (operation.checksum_supported && (asked || uploads == Integrity::when_supported))) {
    add_request_checksum(request);
  } else if (operation.md5_required && request.headers.find("Content-MD5") == nullptr) {
    request.headers.set("Content-MD5",
                        base64_encode(checksum_of_body(ChecksumAlgorithm::md5, request)));
  }
  if (operation.answer_has_checksum && downloads == Integrity::when_supported) {
    request.headers.set("X-Amz-Checksum-Mode", "ENABLED");
  }
}

void CheckedBody::expect(ChecksumAlgorithm algorithm, std::string value, std::string name) {
  checksum_.emplace(algorithm);
  expected_ = std::move(value);
  name_ = std::move(name);
}

void CheckedBody::begin(const http::Headers& headers) {
  bytes_ = 0;
  checksum_.reset();
  if (inner_ != nullptr) inner_->begin(headers);
  // The checksum of an object says nothing about a part of it.
  if (headers.find("Content-Range") != nullptr) return;
  if (operation_.answer_has_checksum) {
    for (const auto& [name, value] : headers) {
      const auto algorithm = algorithm_of_header(name);
      // "…-3": of an object uploaded in three parts, a checksum of their checksums.
      if (!algorithm || value.find('-') != std::string::npos) continue;
      try {
        expect(*algorithm, base64_decode(value), name);
        return;
      } catch (const RequestError&) {
        continue;  // not base64: nothing to compare with
      }
    }
  } else if (service_.name == "dynamodb" && headers.find("Content-Encoding") == nullptr) {
    // Of the bytes as sent, which are not ours to see when they were compressed.
    if (const auto crc = crc_of_number(headers.get("x-amz-crc32"))) {
      expect(ChecksumAlgorithm::crc32, *crc, "x-amz-crc32");
    }
  }
}

void CheckedBody::write(std::string_view piece) {
  bytes_ += piece.size();
  if (checksum_) checksum_->update(piece);
  if (inner_ != nullptr) inner_->write(piece);
}

std::optional<std::string> CheckedBody::damage() {
  if (!checksum_) return std::nullopt;
  const std::string found = checksum_->finish();
  checksum_.reset();
  if (found == expected_) return std::nullopt;
  return "its checksum is not what the header " + name_ + " says";
}

}  // namespace asiaq::aws::protocol
