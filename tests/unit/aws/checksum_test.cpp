#include "aws/checksum.h"

#include <gtest/gtest.h>

#include "aws/encoding.h"

namespace asiaq::aws {
namespace {

// The check values of the catalogue of parametrised CRC algorithms and of FIPS 180, RFC 1321.
struct ChecksumRow {
  std::string name, of_digits;
};
class ChecksumOfDigits : public testing::TestWithParam<ChecksumRow> {};

TEST_P(ChecksumOfDigits, IsTheKnownOne) {
  const auto algorithm = checksum_algorithm(GetParam().name);
  ASSERT_TRUE(algorithm);
  EXPECT_EQ(hex(checksum_of(*algorithm, "123456789")), GetParam().of_digits);
}

TEST_P(ChecksumOfDigits, IsTheSameInPieces) {
  const auto algorithm = checksum_algorithm(GetParam().name);
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::to_string(i * i);
  for (const std::size_t piece : {1U, 7U, 8U, 9U, 64U}) {
    Checksum checksum(*algorithm);
    for (std::size_t at = 0; at < text.size(); at += piece) {
      checksum.update(std::string_view(text).substr(at, piece));
    }
    EXPECT_EQ(hex(checksum.finish()), hex(checksum_of(*algorithm, text))) << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ChecksumOfDigits,
    testing::Values(ChecksumRow{"CRC32", "cbf43926"}, ChecksumRow{"CRC32C", "e3069283"},
                    ChecksumRow{"crc64nvme", "ae8b14860a799888"},
                    ChecksumRow{"SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
                    ChecksumRow{"sha256",
                                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
                    ChecksumRow{"SHA512",
                                "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"
                                "d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85"},
                    ChecksumRow{"md5", "25f9e794323b453885f5181f1b624d0b"}),
    [](const auto& row) { return row.param.name; });

TEST(ChecksumAlgorithm, WithoutACodeOfOursIsUnknown) {
  EXPECT_FALSE(checksum_algorithm("XXHASH64"));
  EXPECT_FALSE(checksum_algorithm("type"));
  EXPECT_FALSE(checksum_algorithm(""));
}

}  // namespace
}  // namespace asiaq::aws
