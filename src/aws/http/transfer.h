#pragma once

#include <cstdint>
#include <exception>

#include "aws/http/body.h"
#include "aws/http/transport.h"

/// One exchange with a server, as libcurl's callbacks see it.
namespace asiaq::aws::http {

/// What is sent, what came so far, and what went wrong on our side. Exceptions do not pass through
/// libcurl: `problem` keeps the first one, and the exchange ends.
struct Transfer {
  Transfer(const Request& what, const Limits& within, Resend again)
      : request(what), limits(within), resend(again) {}

  const Request& request;
  const Limits& limits;
  const Resend resend;

  Response response;
  std::uint64_t sent = 0;
  std::exception_ptr problem;

  std::uint64_t bytes_to_send() const {
    return request.upload != nullptr ? request.upload->size() : request.body.size();
  }
  /// The end of the answer, which libcurl found good: tells the sink about a body without a byte.
  /// Throws ConnectionError if the header was cut off.
  void finish();

  // Signatures are those of CURLOPT_WRITEFUNCTION, _HEADERFUNCTION, _READFUNCTION, _SEEKFUNCTION;
  // `self` is a Transfer.
  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t give_body(char* buffer, std::size_t size, std::size_t count, void* self);
  static int rewind_body(void* self, std::int64_t offset, int origin);

 private:
  void header_line(std::string_view line);
  void body_piece(std::string_view piece);
  std::size_t announced_length() const;
  std::size_t next_piece(char* buffer, std::size_t most);
  void restart();
  void begin_sink();

  std::size_t header_bytes_ = 0;
  bool header_complete_ = false;
  bool sink_began_ = false;
};

}  // namespace asiaq::aws::http
