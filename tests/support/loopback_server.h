// An HTTP/1.1 server on 127.0.0.1 that does exactly what a test tells it, for the real transport.
#pragma once

#include <openssl/ssl.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace asiaq::test {

/// What the server read.
struct ServedRequest {
  int connection = 0;  ///< 1 is the first that was opened
  std::string head;    ///< request line and header, with the line ends
  std::string body;    ///< its first 64 KiB
  std::uint64_t body_bytes = 0;
  std::string line() const { return head.substr(0, head.find('\r')); }
};

/// What the server does with it.
struct ServedAnswer {
  enum class Then { keep, close, reset };
  std::string bytes;              ///< as they go over the wire; none: no answer
  std::uint64_t followed_by = 0;  ///< that many bytes 'x' behind them
  Then then = Then::keep;
};

/// "200 OK" with this body and its length.
ServedAnswer good_answer(const std::string& body, const std::string& more_headers = "");

class LoopbackServer {
 public:
  using Handler = std::function<ServedAnswer(const ServedRequest&)>;
  /// Asked with the head alone when a request expects "100 Continue": an answer without bytes lets
  /// the body come, any other is sent instead of reading it.
  using Gate = std::function<ServedAnswer(const ServedRequest&)>;

  /// `tls` may be null: plain HTTP. Every handler call comes from the thread of its connection.
  explicit LoopbackServer(Handler handler, SSL_CTX* tls = nullptr, Gate gate = {});
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// "127.0.0.1:PORT"
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  int connections() const;
  std::vector<ServedRequest> requests() const;
  /// Returns when that many connections have been closed.
  void wait_for_closed(int count) const;

 private:
  void accept_connections();
  void serve(int descriptor, int number);

  Handler handler_;
  SSL_CTX* tls_;
  Gate gate_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::thread> servants_;
  std::vector<int> open_;
  std::vector<ServedRequest> requests_;
  int connections_ = 0;
  int closed_ = 0;
};

/// A server's key with a certificate for 127.0.0.1 that nobody but itself has signed.
class SelfSigned {
 public:
  SelfSigned();
  /// As it is written into a file of trusted certificates.
  std::string certificate() const;
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct Freer {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  std::unique_ptr<X509, Freer> certificate_;
  std::unique_ptr<SSL_CTX, Freer> context_;
};

}  // namespace asiaq::test
