#include "aws/encoding.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <set>

#include "aws/error.h"

namespace asiaq::aws {
namespace {

TEST(PercentEncoding, KeepsOnlyUnreservedSigns) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b+c/%*é"), "a%20b%2Bc%2F%25%2A%C3%A9");
  EXPECT_EQ(percent_encode("a/b c", Slash::keep), "a/b%20c");
  EXPECT_EQ(percent_decode("a%20b%2Bc+%zz%4"), "a b+c+%zz%4");
}

TEST(Base64, GoesThereAndBack) {
  for (const char* text : {"", "f", "fo", "foo", "foob", "\xff\xfe"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  EXPECT_EQ(base64_encode("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_decode("Zm9v\nYg=="), "foob");
  EXPECT_THROW(base64_decode("Zm9v*"), RequestError);
}

TEST(Digests, AreTheKnownOnes) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

std::string unpacked(std::string packed) {
  constexpr int gzip_window = 15 + 16;
  std::string text(100'000, '\0');
  z_stream stream{};
  inflateInit2(&stream, gzip_window);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, HoldsTheSameBytesInFewer) {
  const std::string text(20'000, 'a');
  EXPECT_EQ(unpacked(gzip(text)), text);
  EXPECT_LT(gzip(text).size(), 200U);
  EXPECT_EQ(unpacked(gzip("")), "");
}

TEST(Uuid, IsOfVersionFourAndNew) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = random_uuid();
    EXPECT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

}  // namespace
}  // namespace asiaq::aws
