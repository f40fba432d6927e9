#include "aws/http/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>

#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::http {
namespace {

// Below the 300 KiB at which newer versions of libcurl give up.
constexpr std::size_t kMostHeaderBytes = std::size_t{256} * 1024;

// A server that only promises much does not get it.
constexpr std::int64_t kMostReserved = std::int64_t{16} * 1024 * 1024;

Error refusal(const Request& request, const std::string& what) {
  return {"Connection", request.scheme + "://" + request.host + ": " + what};
}

// The status of "HTTP/1.1 200 OK".
int status_of(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return 0;
  return static_cast<int>(parse_integer(line.substr(blank + 1, 3)).value_or(0));
}

}  // namespace

void Transfer::finish() {
  // libcurl takes a connection that ends within the header for the end of the answer.
  if (!header_complete_) {
    throw ConnectionError(
        request.scheme + "://" + request.host + ": the answer breaks off within its header",
        ConnectionError::Sent::perhaps);
  }
  begin_sink();
}

void Transfer::begin_sink() {
  if (request.download == nullptr || !response.is_good() || sink_began_) return;
  sink_began_ = true;
  request.download->begin(response.headers);
}

void Transfer::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMostHeaderBytes) {
    throw refusal(request, "the answer's header is longer than 256 KiB");
  }
  line = trimmed(line);
  if (line.empty()) header_complete_ = true;
  if (line.starts_with("HTTP/")) {
    // An interim answer (100 Continue) and a proxy's greeting have header blocks of their own.
    response.headers = {};
    response.status = status_of(line);
    header_complete_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response.headers.add(std::string(line.substr(0, colon)),
                       std::string(trimmed(line.substr(colon + 1))));
}

void Transfer::body_piece(std::string_view piece) {
  if (request.download != nullptr && response.is_good()) {
    begin_sink();
    request.download->write(piece);
    return;
  }
  if (response.body.size() + piece.size() > limits.most_body) {
    throw refusal(request, "the answer is longer than " +
                               std::to_string(limits.most_body / (std::size_t{1024} * 1024)) +
                               " MiB");
  }
  if (response.body.empty()) response.body.reserve(announced_length());
  response.body.append(piece);
}

// What the header says of the body's length, as far as it is believed: a body that grows by and by
// is copied several times.
std::size_t Transfer::announced_length() const {
  const std::string* text = response.headers.find("Content-Length");
  const auto length = text == nullptr ? std::nullopt : parse_integer(*text);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(length.value_or(0), 0, kMostReserved));
}

std::size_t Transfer::next_piece(char* buffer, std::size_t most) {
  if (request.upload != nullptr) {
    const std::size_t count = request.upload->read(buffer, most);
    if (count == 0 && sent < request.upload->size()) {
      throw refusal(request, "what is being sent became shorter in the meantime");
    }
    return count;
  }
  const std::size_t count = std::min<std::size_t>(most, request.body.size() - sent);
  std::memcpy(buffer, request.body.data() + sent, count);
  return count;
}

void Transfer::restart() {
  sent = 0;
  if (request.upload != nullptr) request.upload->rewind();
}

std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.body_piece({bytes, size * count});
    return size * count;
  } catch (...) {
    transfer.problem = std::current_exception();
    return 0;
  }
}

std::size_t Transfer::take_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.header_line({bytes, size * count});
    return size * count;
  } catch (...) {
    transfer.problem = std::current_exception();
    return 0;
  }
}

std::size_t Transfer::give_body(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    const std::size_t piece = transfer.next_piece(buffer, size * count);
    transfer.sent += piece;
    return piece;
  } catch (...) {
    transfer.problem = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

// libcurl rewinds the body when it repeats a request on a fresh connection: refusing that is how to
// forbid it.
int Transfer::rewind_body(void* self, std::int64_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.resend == Resend::forbidden && transfer.sent > 0) return CURL_SEEKFUNC_FAIL;
  if (origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_CANTSEEK;
  try {
    transfer.restart();
    return CURL_SEEKFUNC_OK;
  } catch (...) {
    transfer.problem = std::current_exception();
    return CURL_SEEKFUNC_FAIL;
  }
}

}  // namespace asiaq::aws::http
