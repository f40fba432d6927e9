#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "aws/http/message.h"
#include "base/clock.h"

/// Sending HTTP requests.
namespace asiaq::aws::http {

struct Limits {
  Seconds connect{5};
  Seconds silence{60};             ///< without a byte in either direction
  std::optional<Seconds> whole{};  ///< for the request and its answer
  /// Bytes of an answer that is kept in memory, after decompression. The largest pages of AWS have
  /// some MB.
  std::size_t most_body = std::size_t{256} * 1024 * 1024;
};

/// Whether a request may be sent a second time on a fresh connection when a kept one turns out to
/// be dead after the request was written to it.
enum class Resend { allowed, forbidden };

/// Sends requests. Implementations are thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Any HTTP answer is a result. Throws ConnectionError without one, Interrupted on a signal, and
  /// what the request's source or sink throws.
  virtual Response send(const Request& request, const Limits& limits, Resend resend) = 0;
};

struct TransportSettings {
  /// File (or folder of hashed names) with the certificates to trust instead of the system's.
  std::optional<std::filesystem::path> ca_bundle{};
};

/// libcurl: TLS 1.2 and above; connections are kept and shared by all threads; a signal ends a
/// request within a tenth of a second. Proxies come from the environment: HTTPS_PROXY, HTTP_PROXY,
/// ALL_PROXY and NO_PROXY in lower and upper case. An answer longer than its limit and one that
/// its sink refuses are Errors that no repetition mends.
std::unique_ptr<Transport> make_curl_transport(TransportSettings settings = {});

}  // namespace asiaq::aws::http
