#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <vector>

#include "aws/error.h"
#include "aws/http/transfer.h"
#include "aws/http/transport.h"
#include "base/interrupt.h"

namespace asiaq::aws::http {
namespace {

// Above this the server is asked first whether it wants the body: S3 may refuse the request or send
// it to another region, and the body would have been sent for nothing.
constexpr std::uint64_t kAskFirstAbove = std::uint64_t{1024} * 1024;
constexpr std::size_t kMostIdle = 64;
constexpr int kInterruptCheckMilliseconds = 100;

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCloser>;

// One request at a time. The connection stays in the multi handle, ready for the next one.
struct Line {
  std::unique_ptr<CURLM, MultiCloser> multi;
  std::unique_ptr<CURL, EasyCloser> easy;
};

Line new_line() {
  Line line;
  line.multi.reset(curl_multi_init());
  line.easy.reset(curl_easy_init());
  if (!line.multi || !line.easy) {
    throw ConnectionError("libcurl gives no handle", ConnectionError::Sent::no);
  }
  return line;
}

// Runs the request of `line.easy`; a signal cuts it off.
CURLcode run(const Line& line) {
  struct Attachment {
    CURLM* multi;
    CURL* easy;
    ~Attachment() { curl_multi_remove_handle(multi, easy); }
  };
  if (curl_multi_add_handle(line.multi.get(), line.easy.get()) != CURLM_OK) {
    return CURLE_FAILED_INIT;
  }
  const Attachment attachment{line.multi.get(), line.easy.get()};
  for (int running = 1;;) {
    if (curl_multi_perform(line.multi.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(line.multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    if (interrupt::requested()) return CURLE_ABORTED_BY_CALLBACK;
    if (running == 0) return CURLE_FAILED_INIT;
    curl_multi_poll(line.multi.get(), nullptr, 0, kInterruptCheckMilliseconds, nullptr);
  }
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK) {
    throw ConnectionError(std::string("libcurl refuses a setting: ") + curl_easy_strerror(code),
                          ConnectionError::Sent::no);
  }
}

bool has_body(const Request& request) {
  return request.upload != nullptr || !request.body.empty() || request.method == "POST" ||
         request.method == "PUT";
}

void set_body(CURL* easy, Transfer& transfer) {
  const Request& request = transfer.request;
  if (request.method == "HEAD") return set(easy, CURLOPT_NOBODY, 1L);
  if (has_body(request)) {
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.bytes_to_send()));
    set(easy, CURLOPT_READFUNCTION, Transfer::give_body);
    set(easy, CURLOPT_READDATA, &transfer);
    set(easy, CURLOPT_SEEKFUNCTION, Transfer::rewind_body);
    set(easy, CURLOPT_SEEKDATA, &transfer);
  }
  if (request.method != "GET" || has_body(request)) {
    set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw ConnectionError("out of memory", ConnectionError::Sent::no);
  static_cast<void>(list.release());
  list.reset(longer);
}

List header_list(const Transfer& transfer) {
  List list;
  for (const auto& [name, value] : transfer.request.headers) {
    append(list, value.empty() ? name + ";" : name + ": " + value);
  }
  if (transfer.bytes_to_send() > kAskFirstAbove) append(list, "Expect: 100-continue");
  // What libcurl would add by itself is not signed and not wanted.
  for (const char* name : {"Expect", "Accept", "Content-Type"}) {
    if (name == std::string_view("Expect") && transfer.bytes_to_send() > kAskFirstAbove) continue;
    if (transfer.request.headers.find(name) == nullptr) append(list, std::string(name) + ":");
  }
  return list;
}

// libcurl heeds HTTP_PROXY in lower case only, for the sake of CGI programs, which this is none of.
void set_proxy(CURL* easy, const Request& request) {
  if (request.route == Route::direct) return set(easy, CURLOPT_PROXY, "");
  const char* upper = std::getenv("HTTP_PROXY");
  if (request.scheme == "http" && upper != nullptr && *upper != '\0' &&
      std::getenv("http_proxy") == nullptr) {
    set(easy, CURLOPT_PROXY, upper);
  }
}

bool never_sent(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
      return true;
    default:
      return false;
  }
}

// Nothing that another attempt could mend.
bool is_definite(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_URL_MALFORMAT;
}

[[noreturn]] void fail(CURLcode code, const std::string& reason, const Transfer& transfer) {
  if (transfer.problem) std::rethrow_exception(transfer.problem);
  if (code == CURLE_ABORTED_BY_CALLBACK) interrupt::check();
  const std::string what = transfer.request.scheme + "://" + transfer.request.host + ": " +
                           (reason.empty() ? curl_easy_strerror(code) : reason);
  if (is_definite(code)) {
    Error error("Connection", what);
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
      error.set_hint(
          "AWS_CA_BUNDLE, or ca_bundle of the profile, names a file of certificates to trust");
    }
    throw error;
  }
  ConnectionError error(what, never_sent(code) && transfer.response.headers.empty()
                                  ? ConnectionError::Sent::no
                                  : ConnectionError::Sent::perhaps);
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT) {
    error.set_hint("check the network and AWS_ENDPOINT_URL");
  }
  throw error;
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(TransportSettings settings) : settings_(std::move(settings)) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) {
      throw ConnectionError("libcurl cannot start", ConnectionError::Sent::no);
    }
  }

  Response send(const Request& request, const Limits& limits, Resend resend) override {
    const std::string origin = request.scheme + "://" + request.host;
    Line line = take(origin);
    Transfer transfer(request, limits, resend);
    // A line that fails is dropped, and its connection with it: its state is unknown.
    perform(line, transfer);
    give_back(origin, std::move(line));
    return std::move(transfer.response);
  }

 private:
  struct Idle {
    std::string origin;
    Line line;
  };

  // The most recently used line to the same origin: its connection is the least likely to be dead.
  Line take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                                    [&](const Idle& each) { return each.origin == origin; });
    if (found == idle_.rend()) return new_line();
    Line line = std::move(found->line);
    idle_.erase(std::next(found).base());
    return line;
  }

  void give_back(const std::string& origin, Line line) {
    const std::lock_guard lock(mutex_);
    idle_.push_back({origin, std::move(line)});
    if (idle_.size() > kMostIdle) idle_.erase(idle_.begin());
  }

  void perform(const Line& line, Transfer& transfer) const {
    const Request& request = transfer.request;
    CURL* easy = line.easy.get();
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_reset(easy);
    const std::string url = url_text(request);
    set(easy, CURLOPT_URL, url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_ERRORBUFFER, reason);
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // An object that was stored compressed is wanted as it is.
    set(easy, CURLOPT_ACCEPT_ENCODING, request.method == "GET" ? nullptr : "gzip");
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(transfer.limits.connect.count() * 1000));
    if (transfer.limits.whole) {
      set(easy, CURLOPT_TIMEOUT_MS,
          std::max(1L, static_cast<long>(transfer.limits.whole->count() * 1000)));
    }
    set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(easy, CURLOPT_LOW_SPEED_TIME,
        std::max(1L, static_cast<long>(transfer.limits.silence.count())));
    set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy, CURLOPT_HEADERFUNCTION, Transfer::take_header);
    set(easy, CURLOPT_HEADERDATA, &transfer);
    set(easy, CURLOPT_WRITEFUNCTION, Transfer::take_body);
    set(easy, CURLOPT_WRITEDATA, &transfer);
    if (settings_.ca_bundle) {
      set(easy,
          std::filesystem::is_directory(*settings_.ca_bundle) ? CURLOPT_CAPATH : CURLOPT_CAINFO,
          settings_.ca_bundle->c_str());
    }
    set_proxy(easy, request);
    set_body(easy, transfer);
    // libcurl repeats a request when a kept connection turns out to be dead. What forbids that (see
    // Transfer::rewind_body) needs a body.
    if (transfer.resend == Resend::forbidden && transfer.bytes_to_send() == 0) {
      set(easy, CURLOPT_FRESH_CONNECT, 1L);
    }
    const List headers = header_list(transfer);
    set(easy, CURLOPT_HTTPHEADER, headers.get());
    if (request.upload != nullptr) request.upload->rewind();
    if (const CURLcode code = run(line); code != CURLE_OK) fail(code, reason, transfer);
    transfer.finish();
  }

  const TransportSettings settings_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
};

}  // namespace

std::unique_ptr<Transport> make_curl_transport(TransportSettings settings) {
  return std::make_unique<CurlTransport>(std::move(settings));
}

}  // namespace asiaq::aws::http
