#include "support/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <stdexcept>

namespace asiaq::test {
namespace {

constexpr std::size_t kKeptOfBody = std::size_t{64} * 1024;

// One accepted connection, with or without TLS.
class Wire {
 public:
  Wire(int descriptor, SSL_CTX* tls) : descriptor_(descriptor) {
    if (tls == nullptr) return;
    tls_ = SSL_new(tls);
    SSL_set_fd(tls_, descriptor);
    good_ = SSL_accept(tls_) == 1;
  }
  ~Wire() {
    if (tls_ != nullptr) SSL_free(tls_);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool good() const { return good_; }

  std::size_t read(char* bytes, std::size_t most) {
    const auto count = tls_ != nullptr ? SSL_read(tls_, bytes, static_cast<int>(most))
                                       : ::recv(descriptor_, bytes, most, 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = tls_ != nullptr
                             ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  int descriptor_;
  SSL* tls_ = nullptr;
  bool good_ = true;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char sign) { return static_cast<char>(std::tolower(sign)); });
  return text;
}

// Reads up to the blank line; what came behind it stays in `rest`.
bool read_head(Wire& wire, std::string& head, std::string& rest) {
  std::string text = std::move(rest);
  char buffer[4096];
  std::size_t end = 0;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    const std::size_t count = wire.read(buffer, sizeof buffer);
    if (count == 0) return false;
    text.append(buffer, count);
  }
  head = text.substr(0, end + 4);
  rest = text.substr(end + 4);
  return true;
}

std::uint64_t content_length(const std::string& head) {
  const std::string text = lower(head);
  const std::size_t at = text.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + 17));
}

bool read_body(Wire& wire, std::string& rest, ServedRequest& request) {
  const std::uint64_t length = content_length(request.head);
  std::vector<char> buffer(std::size_t{256} * 1024);
  const auto take = [&](std::string_view piece) {
    request.body_bytes += piece.size();
    const std::size_t room = kKeptOfBody - std::min(kKeptOfBody, request.body.size());
    request.body += piece.substr(0, room);
  };
  const auto at_hand = static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), length));
  take(std::string_view(rest).substr(0, at_hand));
  rest.erase(0, at_hand);
  while (request.body_bytes < length) {
    const std::size_t count =
        wire.read(buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(
                                     buffer.size(), length - request.body_bytes)));
    if (count == 0) return false;
    take({buffer.data(), count});
  }
  return true;
}

bool write_answer(Wire& wire, const ServedAnswer& answer) {
  if (!wire.write(answer.bytes)) return false;
  const std::string piece(std::size_t{256} * 1024, 'x');
  for (std::uint64_t left = answer.followed_by; left > 0;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    if (!wire.write(std::string_view(piece).substr(0, count))) return false;
    left -= count;
  }
  return true;
}

void reset_on_close(int descriptor) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

ServedAnswer good_answer(const std::string& body, const std::string& more_headers) {
  return {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                   more_headers + "\r\n" + body};
}

LoopbackServer::LoopbackServer(Handler handler, SSL_CTX* tls, Gate gate)
    : handler_(std::move(handler)), tls_(tls), gate_(std::move(gate)) {
  // OpenSSL writes to sockets without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_connections(); });
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  for (std::thread& servant : servants_) servant.join();
}

int LoopbackServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<ServedRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void LoopbackServer::wait_for_closed(int count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ >= count; });
}

void LoopbackServer::accept_connections() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::lock_guard lock(mutex_);
    const int number = ++connections_;
    open_.push_back(descriptor);
    servants_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void LoopbackServer::serve(int descriptor, int number) {
  {
    Wire wire(descriptor, tls_);
    std::string rest;
    while (wire.good()) {
      ServedRequest request{.connection = number};
      if (!read_head(wire, request.head, rest)) break;
      ServedAnswer answer;
      if (lower(request.head).find("\r\nexpect: 100-continue") != std::string::npos) {
        if (gate_) answer = gate_(request);
        if (answer.bytes.empty() && !wire.write("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"))
          break;
      }
      if (answer.bytes.empty()) {
        if (!read_body(wire, rest, request)) break;
        answer = handler_(request);
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (answer.then == ServedAnswer::Then::reset) reset_on_close(descriptor);
      if (!write_answer(wire, answer) || answer.then != ServedAnswer::Then::keep) break;
    }
  }
  const std::lock_guard lock(mutex_);
  ::close(descriptor);
  std::erase(open_, descriptor);
  ++closed_;
  changed_.notify_all();
}

SelfSigned::SelfSigned() : certificate_(X509_new()), context_(SSL_CTX_new(TLS_server_method())) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  X509* certificate = certificate_.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 3600);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("asiaq test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* address =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, address, -1);
  X509_EXTENSION_free(address);
  X509_set_pubkey(certificate, key.get());
  if (X509_sign(certificate, key.get(), EVP_sha256()) == 0 ||
      SSL_CTX_use_certificate(context_.get(), certificate) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    throw std::runtime_error("cannot make a certificate");
  }
}

std::string SelfSigned::certificate() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate_.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

}  // namespace asiaq::test
