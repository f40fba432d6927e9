// Bodies of objects: streams, checksums, memory.
#include <gtest/gtest.h>

#include <fstream>

#include "aws/encoding.h"
#include "aws/error.h"
#include "aws/http/body.h"
#include "aws/protocol/integrity.h"
#include "aws/s3/client.h"
#include "support/aws_session.h"
#include "support/loopback_server.h"
#include "support/thrown.h"

namespace asiaq::aws {
namespace {

class Collector final : public http::Sink {
 public:
  void begin(const http::Headers&) override {
    text.clear();
    ++begun;
  }
  void write(std::string_view piece) override { text += piece; }
  std::string text;
  int begun = 0;
};

class Words final : public http::Source {
 public:
  explicit Words(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  void rewind() override { at_ = 0; }
  std::size_t read(char* bytes, std::size_t most) override {
    const std::size_t count = text_.copy(bytes, std::min<std::size_t>(most, 5), at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::string crc32(std::string_view text) {
  return base64_encode(checksum_of(ChecksumAlgorithm::crc32, text));
}

TEST(Upload, CarriesItsChecksumAndOverTlsIsNotSigned) {
  TestSession t;
  t.network->then(200, "");
  Words words("the words of a body");
  s3::Client(t.session).put_object({.bucket = "b", .key = "k"}, words);
  const http::Request& sent = t.network->sent.at(0);
  EXPECT_EQ(sent.body, "the words of a body");
  EXPECT_EQ(sent.headers.get("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
  EXPECT_EQ(sent.headers.get("x-amz-checksum-crc32"), crc32("the words of a body"));
  EXPECT_EQ(sent.headers.get("x-amz-sdk-checksum-algorithm"), "CRC32");
  EXPECT_EQ(t.session.calls().total().bytes_sent, 19);
}

TEST(Upload, WithoutTlsIsSigned) {
  TestSession t(with_keys({{"AWS_ENDPOINT_URL", "http://127.0.0.1:5000"}}));
  t.network->then(200, "");
  Words words("body");
  s3::Client(t.session).put_object({.bucket = "b", .key = "k"}, words);
  EXPECT_EQ(t.network->sent.at(0).headers.get("x-amz-content-sha256"), hex(sha256("body")));
}

TEST(Upload, IsSentFromItsBeginningAfterAFault) {
  TestSession t;
  t.network->then(503, "<Error><Code>SlowDown</Code></Error>").then(200, "");
  Words words("body");
  s3::Client(t.session).put_object({.bucket = "b", .key = "k"}, words);
  EXPECT_EQ(t.network->sent.at(1).body, "body");
}

struct AlgorithmRow {
  std::string algorithm, header, checksum;
};
class UploadIn : public testing::TestWithParam<AlgorithmRow> {};

TEST_P(UploadIn, TheAlgorithmThatTheCallerNames) {
  TestSession t;
  t.network->then(200, "");
  s3::Client(t.session).put_object(
      {.body = "123456789", .bucket = "b", .checksum_algorithm = GetParam().algorithm, .key = "k"});
  EXPECT_EQ(t.network->sent.at(0).headers.get(GetParam().header), GetParam().checksum);
  EXPECT_EQ(t.network->sent.at(0).headers.get("x-amz-sdk-checksum-algorithm"),
            GetParam().algorithm);
}

INSTANTIATE_TEST_SUITE_P(
    Table, UploadIn,
    testing::Values(AlgorithmRow{"CRC32", "x-amz-checksum-crc32", "y/Q5Jg=="},
                    AlgorithmRow{"CRC32C", "x-amz-checksum-crc32c", "4waSgw=="},
                    AlgorithmRow{"CRC64NVME", "x-amz-checksum-crc64nvme", "rosUhgp5mIg="},
                    AlgorithmRow{"SHA1", "x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="}),
    [](const auto& row) { return row.param.algorithm; });

TEST(UploadChecksum, OfTheCallerIsKept) {
  TestSession t;
  t.network->then(200, "");
  s3::Client(t.session).put_object(
      {.body = "b", .bucket = "b", .checksum_sha256 = "mine", .key = "k"});
  EXPECT_EQ(t.network->sent.at(0).headers.get("x-amz-checksum-sha256"), "mine");
  EXPECT_EQ(t.network->sent.at(0).headers.find("x-amz-checksum-crc32"), nullptr);
}

TEST(UploadChecksum, ThatNobodyCanComputeIsRefused) {
  TestSession t;
  EXPECT_EQ(test::thrown_by([&] {
              s3::Client(t.session).put_object(
                  {.body = "b", .bucket = "b", .checksum_algorithm = "XXHASH3", .key = "k"});
            }),
            "Request: the checksum algorithm XXHASH3 is not supported");
}

TEST(UploadChecksum, IsLeftOutWhereTheUserWantsOnlyTheNecessary) {
  TestSession t(with_keys({{"AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"}}));
  t.network->then(200, "");
  const s3::Client s3(t.session);
  s3.put_object({.body = "b", .bucket = "b", .key = "k"});
  EXPECT_EQ(t.network->sent.at(0).headers.find("x-amz-checksum-crc32"), nullptr);
  s3.delete_objects({.bucket = "b", .delete_ = s3::Delete{.objects = {{.key = "k"}}}});
  EXPECT_NE(t.network->sent.at(1).headers.find("x-amz-checksum-crc32"), nullptr)
      << "S3 demands this one";
}

TEST(Download, GoesToItsSinkPieceByPiece) {
  TestSession t;
  t.network->then(200, "the body", {{"Content-Type", "text/plain"}});
  Collector collector;
  const auto output = s3::Client(t.session).get_object({.bucket = "b", .key = "k"}, collector);
  EXPECT_EQ(collector.text, "the body");
  EXPECT_EQ(output.body, "");
  EXPECT_EQ(output.content_type, "text/plain");
  EXPECT_EQ(t.session.calls().total().bytes_received, 8);
}

TEST(Download, BeginsAnewAfterAFault) {
  TestSession t;
  t.network->then(503, "<Error><Code>SlowDown</Code></Error>").then(200, "the body");
  Collector collector;
  s3::Client(t.session).get_object({.bucket = "b", .key = "k"}, collector);
  EXPECT_EQ(collector.text, "the body");
  EXPECT_EQ(collector.begun, 1) << "the error was not for it";
}

TEST(Download, OfWhatDoesNotExistLeavesTheSinkAlone) {
  TestSession t;
  t.network->then(404, "<Error><Code>NoSuchKey</Code></Error>");
  Collector collector;
  EXPECT_THROW(s3::Client(t.session).get_object({.bucket = "b", .key = "k"}, collector),
               ServiceError);
  EXPECT_EQ(collector.begun, 0);
}

struct ChecksumRow {
  std::string name;
  std::vector<std::pair<std::string, std::string>> headers;
  int attempts = 1;  ///< 2: the first answer is damaged
};
class DownloadChecksum : public testing::TestWithParam<ChecksumRow> {};

TEST_P(DownloadChecksum, IsCompared) {
  TestSession t;
  t.network->then(200, "123456789", GetParam().headers).then(200, "good");
  Collector collector;
  s3::Client(t.session).get_object({.bucket = "b", .key = "k"}, collector);
  EXPECT_EQ(static_cast<int>(t.network->sent.size()), GetParam().attempts);
  EXPECT_EQ(collector.text, GetParam().attempts == 1 ? "123456789" : "good");
  EXPECT_EQ(t.network->sent.at(0).headers.get("x-amz-checksum-mode"), "ENABLED");
}

TEST_P(DownloadChecksum, IsComparedInMemoryToo) {
  TestSession t;
  t.network->then(200, "123456789", GetParam().headers).then(200, "good");
  EXPECT_EQ(s3::Client(t.session).get_object({.bucket = "b", .key = "k"}).body,
            GetParam().attempts == 1 ? "123456789" : "good");
}

INSTANTIATE_TEST_SUITE_P(
    Table, DownloadChecksum,
    testing::Values(
        ChecksumRow{"None", {}},
        ChecksumRow{"GoodCrc64", {{"x-amz-checksum-crc64nvme", "rosUhgp5mIg="}}},
        ChecksumRow{"GoodCrc32c", {{"x-amz-checksum-crc32c", "4waSgw=="}}},
        ChecksumRow{"BadCrc64", {{"x-amz-checksum-crc64nvme", "rosUhgp5mIk="}}, 2},
        ChecksumRow{"BadCrc32",
                    {{"x-amz-checksum-type", "FULL_OBJECT"}, {"x-amz-checksum-crc32", "AAAAAA=="}},
                    2},
        ChecksumRow{"OfParts", {{"x-amz-checksum-crc32", "AAAAAA==-3"}}},
        ChecksumRow{"Unknown", {{"x-amz-checksum-xxhash64", "AAAAAA=="}}},
        ChecksumRow{"NotBase64", {{"x-amz-checksum-crc32", "?"}}},
        ChecksumRow{"OfAPart",
                    {{"Content-Range", "bytes 0-8/100"}, {"x-amz-checksum-crc32", "AAAAAA=="}}}),
    [](const auto& row) { return row.param.name; });

TEST(DownloadChecksum, ThatNeverFitsIsAnErrorNamingTheCall) {
  TestSession t;
  t.network->then(200, "abc", {{"x-amz-checksum-crc32", "AAAAAA=="}});
  const std::string error =
      test::thrown_by([&] { s3::Client(t.session).get_object({.bucket = "b", .key = "k"}); });
  EXPECT_TRUE(error.starts_with("Connection: s3 GetObject, after 10 attempts: ")) << error;
  EXPECT_NE(error.find("x-amz-checksum-crc32"), std::string::npos) << error;
}

TEST(DownloadChecksum, IsNotAskedForWhereTheUserWantsOnlyTheNecessary) {
  TestSession t(with_keys({{"AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required"}}));
  t.network->then(200, "abc");
  s3::Client(t.session).get_object({.bucket = "b", .key = "k"});
  EXPECT_EQ(t.network->sent.at(0).headers.find("x-amz-checksum-mode"), nullptr);
}

TEST(UploadAnswer, TellsTheChecksumOfTheObjectNotOfItself) {
  TestSession t;
  t.network->then(200, "", {{"x-amz-checksum-crc32", "y/Q5Jg=="}});
  const auto output =
      s3::Client(t.session).put_object({.body = "123456789", .bucket = "b", .key = "k"});
  EXPECT_EQ(output.checksum_crc32, "y/Q5Jg==");
  EXPECT_EQ(t.network->sent.size(), 1U);
}

struct CrcRow {
  std::string name;
  std::vector<std::pair<std::string, std::string>> headers;
  bool damaged = false;
};
class DynamoDbAnswer : public testing::TestWithParam<CrcRow> {};

TEST_P(DynamoDbAnswer, IsComparedWithItsCrc) {
  constexpr Service kDynamoDb{.name = "dynamodb", .protocol = Protocol::json};
  constexpr Operation kAny{.name = "GetItem"};
  http::Headers headers;
  for (const auto& [name, value] : GetParam().headers) headers.add(name, value);
  protocol::CheckedBody body(kDynamoDb, kAny, nullptr);
  body.begin(headers);
  body.write("12345");
  body.write("6789");
  EXPECT_EQ(body.bytes(), 9U);
  EXPECT_EQ(body.damage().has_value(), GetParam().damaged);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DynamoDbAnswer,
    testing::Values(CrcRow{"None", {}}, CrcRow{"Good", {{"x-amz-crc32", "3421780262"}}},
                    CrcRow{"Bad", {{"x-amz-crc32", "3421780263"}}, true},
                    CrcRow{"Compressed", {{"x-amz-crc32", "1"}, {"Content-Encoding", "gzip"}}},
                    CrcRow{"NoNumber", {{"x-amz-crc32", "many"}}},
                    CrcRow{"TooLarge", {{"x-amz-crc32", "4294967296"}}}),
    [](const auto& row) { return row.param.name; });

// Memory.

constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30U;
constexpr long kMostMemoryKilobytes = 32L * 1024;

// The most memory that this process has had since the last forget_peak().
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long value = 0;
    if (word == "VmHWM:" && status >> value) return value;
  }
  throw std::runtime_error("/proc/self/status has no VmHWM");
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Gigabyte final : public http::Source, public http::Sink {
 public:
  std::uint64_t size() const override { return kGigabyte; }
  void rewind() override { at_ = 0; }
  std::size_t read(char* bytes, std::size_t most) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(most, kGigabyte - at_));
    std::fill_n(bytes, count, 'x');
    at_ += count;
    return count;
  }
  void begin(const http::Headers&) override { taken = 0; }
  void write(std::string_view piece) override { taken += piece.size(); }
  std::uint64_t taken = 0;

 private:
  std::uint64_t at_ = 0;
};

Session session_at(const test::LoopbackServer& server) {
  return Session::open({.environment = environment_of(
                            with_keys({{"AWS_ENDPOINT_URL", "http://" + server.host()}}))});
}

TEST(Gigabyte, IsUploadedInFlatMemory) {
  test::LoopbackServer server([](const test::ServedRequest&) { return test::good_answer(""); });
  Session session = session_at(server);
  Gigabyte gigabyte;
  forget_peak();
  const long before = peak_kilobytes();
  s3::Client(session).put_object({.bucket = "b", .key = "k"}, gigabyte);
  EXPECT_LT(peak_kilobytes() - before, kMostMemoryKilobytes);
  EXPECT_EQ(server.requests().at(0).body_bytes, kGigabyte);
}

TEST(Gigabyte, IsDownloadedInFlatMemory) {
  test::LoopbackServer server([](const test::ServedRequest&) {
    return test::ServedAnswer{
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kGigabyte) + "\r\n\r\n",
        .followed_by = kGigabyte};
  });
  Session session = session_at(server);
  Gigabyte gigabyte;
  forget_peak();
  const long before = peak_kilobytes();
  s3::Client(session).get_object({.bucket = "b", .key = "k"}, gigabyte);
  EXPECT_LT(peak_kilobytes() - before, kMostMemoryKilobytes);
  EXPECT_EQ(gigabyte.taken, kGigabyte);
}

}  // namespace
}  // namespace asiaq::aws
