#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "aws/error.h"
#include "aws/http/transport.h"
#include "base/interrupt.h"

namespace asiaq::aws::http {
namespace {

constexpr std::size_t kMostHeaderBytes = 1024 * 1024;

struct HandleCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleCloser>;

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What the callbacks of one transfer work on.
struct Transfer {
  const Request* request = nullptr;
  Response response{};
  std::size_t sent = 0;
  std::size_t header_bytes = 0;
  Resend resend = Resend::allowed;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  static_cast<Transfer*>(self)->response.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string_view line(bytes, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kMostHeaderBytes) return 0;
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    // An interim answer (100 Continue) and a proxy's greeting have header blocks of their own.
    transfer.response.headers = {};
    return size * count;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  transfer.response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return size * count;
}

std::size_t give_body(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string& body = transfer.request->body;
  const std::size_t piece = std::min(size * count, body.size() - transfer.sent);
  std::memcpy(buffer, body.data() + transfer.sent, piece);
  transfer.sent += piece;
  return piece;
}

// libcurl rewinds the body when it repeats a request on a fresh connection: refusing that is how to
// forbid it.
int rewind_body(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.resend == Resend::forbidden && transfer.sent > 0) return CURL_SEEKFUNC_FAIL;
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  transfer.sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int watch(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupt::requested() ? 1 : 0;
}

bool never_sent(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      return false;
  }
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK) {
    throw ConnectionError(std::string("libcurl refuses a setting: ") + curl_easy_strerror(code),
                          ConnectionError::Sent::no);
  }
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

class CurlTransport final : public Transport {
 public:
  CurlTransport() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) {
      throw ConnectionError("libcurl cannot start", ConnectionError::Sent::no);
    }
  }

  Response send(const Request& request, const Limits& limits, Resend resend) override {
    const std::string origin = request.scheme + "://" + request.host;
    Handle handle = take(origin);
    // A handle that fails is dropped, and its connections with it: their state is unknown.
    Response response = perform(handle.get(), request, limits, resend);
    give_back(origin, std::move(handle));
    return response;
  }

 private:
  struct Idle {
    std::string origin;
    Handle handle;
  };

  // The most recently used handle of the same origin: its connection is the least likely to be
  // dead.
  Handle take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                                    [&](const Idle& each) { return each.origin == origin; });
    if (found != idle_.rend()) {
      Handle handle = std::move(found->handle);
      idle_.erase(std::next(found).base());
      return handle;
    }
    Handle handle(curl_easy_init());
    if (!handle) throw ConnectionError("libcurl gives no handle", ConnectionError::Sent::no);
    return handle;
  }

  void give_back(const std::string& origin, Handle handle) {
    const std::lock_guard lock(mutex_);
    idle_.push_back({origin, std::move(handle)});
    if (idle_.size() > kMostIdle) idle_.erase(idle_.begin());
  }

  static Response perform(CURL* handle, const Request& request, const Limits& limits,
                          Resend resend) {
    Transfer transfer{.request = &request, .resend = resend};
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_reset(handle);
    const std::string url = url_text(request);
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_PATH_AS_IS, 1L);
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_ERRORBUFFER, reason);
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(handle, CURLOPT_ACCEPT_ENCODING, request.method == "GET" ? nullptr : "gzip");
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count() * 1000));
    if (limits.whole) {
      set(handle, CURLOPT_TIMEOUT_MS,
          std::max(1L, static_cast<long>(limits.whole->count() * 1000)));
    }
    set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle, CURLOPT_LOW_SPEED_TIME, std::max(1L, static_cast<long>(limits.silence.count())));
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, watch);
    set(handle, CURLOPT_HEADERFUNCTION, take_header);
    set(handle, CURLOPT_HEADERDATA, &transfer);
    set(handle, CURLOPT_WRITEFUNCTION, take_body);
    set(handle, CURLOPT_WRITEDATA, &transfer);
    for (const char* name : {"AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
      if (const char* file = environment(name)) {
        set(handle, CURLOPT_CAINFO, file);
        break;
      }
    }
    if (request.route == Route::direct) set(handle, CURLOPT_PROXY, "");
    set_body(handle, request, transfer);
    std::unique_ptr<curl_slist, ListCloser> headers;
    const auto add_header = [&](const std::string& line) {
      curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
      static_cast<void>(headers.release());
      headers.reset(longer);
    };
    for (const auto& [name, value] : request.headers) {
      add_header(value.empty() ? name + ";" : name + ": " + value);
    }
    // What libcurl would add by itself is not signed and not wanted.
    for (const char* name : {"Expect", "Accept", "Content-Type"}) {
      if (request.headers.find(name) == nullptr) add_header(std::string(name) + ":");
    }
    set(handle, CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK) fail(code, reason, request, transfer);
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return std::move(transfer.response);
  }

  static void set_body(CURL* handle, const Request& request, Transfer& transfer) {
    if (request.method == "HEAD") {
      set(handle, CURLOPT_NOBODY, 1L);
      return;
    }
    const bool has_body =
        !request.body.empty() || request.method == "POST" || request.method == "PUT";
    if (has_body) {
      set(handle, CURLOPT_POST, 1L);
      set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(handle, CURLOPT_READFUNCTION, give_body);
      set(handle, CURLOPT_READDATA, &transfer);
      set(handle, CURLOPT_SEEKFUNCTION, rewind_body);
      set(handle, CURLOPT_SEEKDATA, &transfer);
    }
    if (request.method != "GET" || has_body)
      set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  [[noreturn]] static void fail(CURLcode code, const char* reason, const Request& request,
                                const Transfer& transfer) {
    if (code == CURLE_ABORTED_BY_CALLBACK) interrupt::check();
    std::string what = *reason != '\0' ? reason : curl_easy_strerror(code);
    ConnectionError error(request.scheme + "://" + request.host + ": " + what,
                          never_sent(code) && transfer.response.headers.empty()
                              ? ConnectionError::Sent::no
                              : ConnectionError::Sent::perhaps);
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT) {
      error.set_hint("check the network and AWS_ENDPOINT_URL");
    }
    throw error;
  }

  static constexpr std::size_t kMostIdle = 64;
  std::mutex mutex_;
  std::vector<Idle> idle_;
};

}  // namespace

std::unique_ptr<Transport> make_curl_transport() { return std::make_unique<CurlTransport>(); }

}  // namespace asiaq::aws::http
