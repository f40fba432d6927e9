// The real transport against a server on loopback.
#include "aws/http/transport.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <thread>

#include "aws/error.h"
#include "aws/http/body.h"
#include "support/environment_variable.h"
#include "support/loopback_server.h"
#include "support/scratch_folder.h"
#include "support/thrown.h"

namespace asiaq::aws::http {
namespace {

using test::good_answer;
using test::LoopbackServer;
using test::ServedAnswer;
using test::ServedRequest;
using Then = ServedAnswer::Then;

Request request_to(const LoopbackServer& server, std::string body = "a=1") {
  Request request;
  request.scheme = "http";
  request.host = server.host();
  request.body = std::move(body);
  return request;
}

class Text final : public Source, public Sink {
 public:
  explicit Text(std::string words = {}) : text(std::move(words)) {}
  std::uint64_t size() const override { return promised.value_or(text.size()); }
  void rewind() override { at_ = 0; }
  std::size_t read(char* bytes, std::size_t most) override {
    const std::size_t count = text.copy(bytes, most, at_);
    at_ += count;
    return count;
  }
  void begin(const Headers&) override {
    text.clear();
    ++begun;
  }
  void write(std::string_view piece) override { text += piece; }

  std::string text;
  std::optional<std::uint64_t> promised;
  int begun = 0;

 private:
  std::size_t at_ = 0;
};

ConnectionError::Sent how_far(Transport& transport, const Request& request, Resend resend) {
  try {
    transport.send(request, {}, resend);
  } catch (const ConnectionError& error) {
    return error.sent();
  }
  throw std::runtime_error("nothing was thrown");
}

// Answers the first request of a connection and resets it when another one has been read.
ServedAnswer one_per_connection(const ServedRequest& request) {
  static thread_local int served = 0;
  return ++served == 1 ? good_answer("c" + std::to_string(request.connection))
                       : ServedAnswer{.bytes = "", .then = Then::reset};
}

TEST(Connections, AreKeptForTheNextRequest) {
  LoopbackServer server([](const ServedRequest&) { return good_answer("ok"); });
  const auto transport = make_curl_transport();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(transport->send(request_to(server), {}, Resend::forbidden).body, "ok");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(Connections, AreSharedByAllThreads) {
  LoopbackServer server([](const ServedRequest&) { return good_answer("ok"); });
  const auto transport = make_curl_transport();
  for (int i = 0; i < 3; ++i) {
    std::thread([&] { transport->send(request_to(server), {}, Resend::allowed); }).join();
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(Connections, AreAsManyAsRequestsUnderWay) {
  LoopbackServer server([](const ServedRequest&) { return good_answer("ok"); });
  const auto transport = make_curl_transport();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) transport->send(request_to(server), {}, Resend::allowed);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.requests().size(), 80U);
  EXPECT_LE(server.connections(), 4);
}

TEST(KeptConnection, ThatTheServerClosedIsReplaced) {
  LoopbackServer server([](const ServedRequest&) {
    ServedAnswer answer = good_answer("ok");
    answer.then = Then::close;
    return answer;
  });
  const auto transport = make_curl_transport();
  transport->send(request_to(server), {}, Resend::forbidden);
  server.wait_for_closed(1);
  EXPECT_EQ(transport->send(request_to(server), {}, Resend::forbidden).body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST(KeptConnection, ThatDiesUnderARepeatableRequestIsReplaced) {
  LoopbackServer server(one_per_connection);
  const auto transport = make_curl_transport();
  transport->send(request_to(server), {}, Resend::allowed);
  EXPECT_EQ(transport->send(request_to(server), {}, Resend::allowed).body, "c2");
  EXPECT_EQ(server.requests().size(), 3U) << "the second request was read twice";
}

TEST(KeptConnection, ThatDiesUnderAnUnrepeatableRequestIsAnError) {
  LoopbackServer server(one_per_connection);
  const auto transport = make_curl_transport();
  transport->send(request_to(server), {}, Resend::forbidden);
  EXPECT_EQ(how_far(*transport, request_to(server), Resend::forbidden),
            ConnectionError::Sent::perhaps);
  EXPECT_EQ(server.requests().size(), 2U) << "it was read once only";
}

TEST(KeptConnection, IsNotTrustedWithAnUnrepeatableRequestWithoutBody) {
  LoopbackServer server(one_per_connection);
  const auto transport = make_curl_transport();
  transport->send(request_to(server, ""), {}, Resend::forbidden);
  EXPECT_EQ(transport->send(request_to(server, ""), {}, Resend::forbidden).body, "c2");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Connection, RefusedWasNeverSent) {
  std::string host;
  {
    LoopbackServer server([](const ServedRequest&) { return good_answer(""); });
    host = server.host();
  }
  Request request;
  request.scheme = "http";
  request.host = host;
  EXPECT_EQ(how_far(*make_curl_transport(), request, Resend::allowed), ConnectionError::Sent::no);
}

struct BrokenRow {
  std::string name, bytes;
  Then then = Then::close;
};
class BrokenAnswer : public testing::TestWithParam<BrokenRow> {};

TEST_P(BrokenAnswer, IsAnErrorAfterTheRequestWasSent) {
  LoopbackServer server([](const ServedRequest&) {
    return ServedAnswer{.bytes = GetParam().bytes, .then = GetParam().then};
  });
  EXPECT_EQ(how_far(*make_curl_transport(), request_to(server), Resend::forbidden),
            ConnectionError::Sent::perhaps);
  EXPECT_EQ(server.requests().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenAnswer,
    testing::Values(BrokenRow{"None", ""}, BrokenRow{"Reset", "", Then::reset},
                    BrokenRow{"CutOffHeader", "HTTP/1.1 200 OK\r\nContent-Le"},
                    BrokenRow{"ShortBody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"},
                    BrokenRow{"CutOffChunk",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123"},
                    BrokenRow{"NoLastChunk",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n"},
                    BrokenRow{"WrongCompression",
                              "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                              "4\r\n\r\n1234"},
                    BrokenRow{"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n"}),
    [](const auto& row) { return row.param.name; });

TEST(Answer, InChunksIsPutTogether) {
  LoopbackServer server([](const ServedRequest&) {
    return ServedAnswer{.bytes =
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"};
  });
  const auto transport = make_curl_transport();
  EXPECT_EQ(transport->send(request_to(server), {}, Resend::allowed).body, "abcde");
  EXPECT_EQ(transport->send(request_to(server), {}, Resend::allowed).body, "abcde");
  EXPECT_EQ(server.connections(), 1);
}

std::string gzip(const std::string& text) {
  std::string packed(256, '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST(Answer, CompressedOnItsWayIsUnpacked) {
  LoopbackServer server([](const ServedRequest& request) {
    EXPECT_NE(request.head.find("Accept-Encoding: gzip\r\n"), std::string::npos);
    return good_answer(gzip("abcabcabc"), "Content-Encoding: gzip\r\n");
  });
  EXPECT_EQ(make_curl_transport()->send(request_to(server), {}, Resend::allowed).body, "abcabcabc");
}

TEST(Answer, ThatIsACompressedObjectStaysSo) {
  LoopbackServer server([](const ServedRequest& request) {
    EXPECT_EQ(request.head.find("Accept-Encoding"), std::string::npos);
    return good_answer(gzip("abc"), "Content-Encoding: gzip\r\n");
  });
  Request request = request_to(server, "");
  request.method = "GET";
  EXPECT_EQ(make_curl_transport()->send(request, {}, Resend::allowed).body, gzip("abc"));
}

TEST(Answer, ToHeadHasALengthAndNoBody) {
  LoopbackServer server([](const ServedRequest&) {
    return ServedAnswer{.bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 300\r\n\r\n"};
  });
  Request request = request_to(server, "");
  request.method = "HEAD";
  const Response response = make_curl_transport()->send(request, {}, Resend::allowed);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("content-length"), "300");
}

TEST(Answer, ThatIsARedirectIsLeftToTheCaller) {
  LoopbackServer server([](const ServedRequest&) {
    return ServedAnswer{.bytes =
                            "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                            "http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"};
  });
  EXPECT_EQ(make_curl_transport()->send(request_to(server), {}, Resend::allowed).status, 307);
}

TEST(Answer, LongerThanItsLimitIsRefused) {
  LoopbackServer server(
      [](const ServedRequest&) { return good_answer(std::string(3000000, 'x')); });
  const Limits limits{.most_body = 2000000};
  EXPECT_EQ(test::thrown_by(
                [&] { make_curl_transport()->send(request_to(server), limits, Resend::allowed); }),
            "Connection: http://" + server.host() + ": the answer is longer than 1 MiB");
}

TEST(Answer, WithAnEndlessHeaderIsRefused) {
  LoopbackServer server([](const ServedRequest&) {
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 20000; ++i) bytes += "X-Field: " + std::string(60, 'x') + "\r\n";
    return ServedAnswer{.bytes = bytes + "\r\n"};
  });
  EXPECT_EQ(test::thrown_by(
                [&] { make_curl_transport()->send(request_to(server), {}, Resend::allowed); }),
            "Connection: http://" + server.host() + ": the answer's header is longer than 256 KiB");
}

TEST(LargeBody, WaitsUntilTheServerWantsIt) {
  LoopbackServer server(
      [](const ServedRequest& request) { return good_answer(std::to_string(request.body_bytes)); });
  const Response response = make_curl_transport()->send(
      request_to(server, std::string(2000000, 'x')), {}, Resend::forbidden);
  EXPECT_EQ(response.body, "2000000");
  EXPECT_EQ(response.headers.find("X-Interim"), nullptr) << "that was of the interim answer";
}

TEST(LargeBody, IsNotSentWhenTheServerRefusesIt) {
  LoopbackServer server([](const ServedRequest&) { return good_answer("body read"); }, nullptr,
                        [](const ServedRequest&) {
                          return ServedAnswer{.bytes =
                                                  "HTTP/1.1 301 Moved\r\nContent-Length: "
                                                  "0\r\nConnection: close\r\n\r\n",
                                              .then = Then::close};
                        });
  const Response response = make_curl_transport()->send(
      request_to(server, std::string(2000000, 'x')), {}, Resend::forbidden);
  EXPECT_EQ(response.status, 301);
  EXPECT_EQ(server.requests().at(0).body_bytes, 0U);
}

TEST(SmallBody, IsSentAtOnce) {
  LoopbackServer server([](const ServedRequest& request) { return good_answer(request.head); });
  const std::string head =
      make_curl_transport()->send(request_to(server), {}, Resend::allowed).body;
  EXPECT_EQ(head.find("Expect"), std::string::npos);
  EXPECT_EQ(head.find("Content-Type"), std::string::npos) << "libcurl's own was not signed";
}

TEST(Upload, IsReadFromItsSource) {
  LoopbackServer server([](const ServedRequest& request) { return good_answer(request.body); });
  Text source("from a source");
  Request request = request_to(server, "");
  request.method = "PUT";
  request.upload = &source;
  EXPECT_EQ(make_curl_transport()->send(request, {}, Resend::allowed).body, "from a source");
  EXPECT_NE(server.requests().at(0).head.find("Content-Length: 13\r\n"), std::string::npos);
}

TEST(Upload, IsReadAgainForASecondConnection) {
  LoopbackServer server([](const ServedRequest& request) {
    ServedAnswer answer = one_per_connection(request);
    if (!answer.bytes.empty()) answer = good_answer(request.body);
    return answer;
  });
  const auto transport = make_curl_transport();
  transport->send(request_to(server), {}, Resend::allowed);
  Text source("whole");
  Request request = request_to(server, "");
  request.upload = &source;
  EXPECT_EQ(transport->send(request, {}, Resend::allowed).body, "whole");
  EXPECT_EQ(server.connections(), 2);
}

TEST(Upload, ThatBecomesShorterIsAnErrorOfItsOwn) {
  LoopbackServer server([](const ServedRequest&) { return good_answer(""); });
  Text source("short");
  source.promised = 100;
  Request request = request_to(server, "");
  request.upload = &source;
  EXPECT_NE(test::thrown_by([&] {
              make_curl_transport()->send(request, {}, Resend::allowed);
            }).find("became shorter"),
            std::string::npos);
  EXPECT_TRUE(server.requests().empty());
}

TEST(Download, GoesToItsSink) {
  LoopbackServer server([](const ServedRequest&) { return good_answer("the body"); });
  Text sink("of an earlier attempt");
  Request request = request_to(server);
  request.download = &sink;
  const Response response = make_curl_transport()->send(request, {}, Resend::allowed);
  EXPECT_EQ(sink.text, "the body");
  EXPECT_EQ(response.body, "");
}

TEST(Download, OfAnEmptyBodyBeginsToo) {
  LoopbackServer server([](const ServedRequest&) { return good_answer(""); });
  Text sink("of an earlier attempt");
  Request request = request_to(server);
  request.download = &sink;
  make_curl_transport()->send(request, {}, Resend::allowed);
  EXPECT_EQ(sink.text, "");
  EXPECT_EQ(sink.begun, 1);
}

TEST(Download, DoesNotTakeTheBodyOfAnError) {
  LoopbackServer server([](const ServedRequest&) {
    return ServedAnswer{.bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied"};
  });
  Text sink("untouched");
  Request request = request_to(server);
  request.download = &sink;
  EXPECT_EQ(make_curl_transport()->send(request, {}, Resend::allowed).body, "denied");
  EXPECT_EQ(sink.text, "untouched");
}

TEST(Download, PassesOnWhatItsSinkThrows) {
  struct FullDisk final : Sink {
    void begin(const Headers&) override {}
    void write(std::string_view) override { throw Error("File", "the disk is full"); }
  } sink;
  LoopbackServer server([](const ServedRequest&) { return good_answer("the body"); });
  Request request = request_to(server);
  request.download = &sink;
  EXPECT_EQ(test::thrown_by([&] { make_curl_transport()->send(request, {}, Resend::allowed); }),
            "File: the disk is full");
}

TEST(FileSource, ReadsItsFileAsOftenAsWanted) {
  const test::ScratchFolder folder;
  folder.write("f", "content");
  FileSource source(folder.path() / "f");
  EXPECT_EQ(source.size(), 7U);
  for (int i = 0; i < 2; ++i) {
    std::string text;
    for_each_piece(source, [&](std::string_view piece) { text += piece; });
    EXPECT_EQ(text, "content");
  }
  EXPECT_EQ(test::thrown_by([&] { FileSource("/nonexistent/f"); }),
            "File: cannot read /nonexistent/f: No such file or directory");
}

using Variable = test::EnvironmentVariable;

struct ProxyRow {
  std::string name, variable, no_proxy;
  Route route = Route::usual;
  bool proxied = true;
};
class Proxy : public testing::TestWithParam<ProxyRow> {};

TEST_P(Proxy, IsTakenFromTheEnvironment) {
  const Variable lower("http_proxy", std::nullopt), upper("HTTP_PROXY", std::nullopt),
      all("all_proxy", std::nullopt), except("NO_PROXY", std::nullopt),
      except_lower("no_proxy", std::nullopt);
  LoopbackServer service([](const ServedRequest&) { return good_answer("direct"); });
  LoopbackServer proxy([](const ServedRequest&) { return good_answer("proxied"); });
  const Variable named(GetParam().variable, "http://" + proxy.host());
  const Variable excepted("no_proxy", GetParam().no_proxy);
  Request request = request_to(service);
  request.route = GetParam().route;
  const Response response = make_curl_transport()->send(request, {}, Resend::allowed);
  EXPECT_EQ(response.body, GetParam().proxied ? "proxied" : "direct");
  if (GetParam().proxied) {
    EXPECT_EQ(proxy.requests().at(0).line(), "POST http://" + service.host() + "/ HTTP/1.1");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Proxy,
    testing::Values(ProxyRow{"Lower", "http_proxy", ""}, ProxyRow{"Upper", "HTTP_PROXY", ""},
                    ProxyRow{"All", "all_proxy", ""},
                    ProxyRow{"OtherScheme", "https_proxy", "", Route::usual, false},
                    ProxyRow{"Except", "http_proxy", "example.com,127.0.0.1", Route::usual, false},
                    ProxyRow{"ExceptAll", "HTTP_PROXY", "*", Route::usual, false},
                    ProxyRow{"ExceptOther", "http_proxy", "example.com"},
                    ProxyRow{"PastIt", "http_proxy", "", Route::direct, false}),
    [](const auto& row) { return row.param.name; });

TEST(ProxyForTls, IsAskedForATunnel) {
  const Variable except("no_proxy", ""), except_upper("NO_PROXY", std::nullopt);
  LoopbackServer proxy([](const ServedRequest&) {
    return ServedAnswer{.bytes = "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"};
  });
  const Variable named("HTTPS_PROXY", "http://" + proxy.host());
  Request request;
  request.host = "ec2.us-west-2.amazonaws.com";
  how_far(*make_curl_transport(), request, Resend::allowed);
  EXPECT_EQ(proxy.requests().at(0).line(), "CONNECT ec2.us-west-2.amazonaws.com:443 HTTP/1.1");
}

TEST(Tls, TrustsTheBundleThatIsNamed) {
  const test::SelfSigned identity;
  LoopbackServer server([](const ServedRequest&) { return good_answer("secret"); },
                        identity.context());
  const test::ScratchFolder folder;
  folder.write("bundle.pem", identity.certificate());
  Request request = request_to(server);
  request.scheme = "https";
  const auto transport = make_curl_transport({.ca_bundle = folder.path() / "bundle.pem"});
  EXPECT_EQ(transport->send(request, {}, Resend::forbidden).body, "secret");
  EXPECT_EQ(transport->send(request, {}, Resend::forbidden).body, "secret");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Tls, DoesNotTrustAStrangerAndSaysWhatToDo) {
  const test::SelfSigned identity;
  LoopbackServer server([](const ServedRequest&) { return good_answer("secret"); },
                        identity.context());
  Request request = request_to(server);
  request.scheme = "https";
  const std::string error =
      test::thrown_by([&] { make_curl_transport()->send(request, {}, Resend::allowed); });
  EXPECT_TRUE(error.starts_with("Connection: https://127.0.0.1")) << error;
  EXPECT_NE(error.find("AWS_CA_BUNDLE"), std::string::npos) << error;
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace asiaq::aws::http
