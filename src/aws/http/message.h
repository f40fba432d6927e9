#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP requests and responses as values.
namespace asiaq::aws::http {

/// Header fields in the order of sending; names compare without regard to case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  /// Replaces a field of that name.
  void set(std::string_view name, std::string value);
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void remove(std::string_view name);
  /// The value, or null.
  const std::string* find(std::string_view name) const;
  std::string get(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<Field> fields_;
};

/// Name and value, not encoded; without value only the name is sent ("?acl").
using QueryItem = std::pair<std::string, std::optional<std::string>>;

class Source;
class Sink;

/// Past any proxy for addresses that are this machine's own business.
enum class Route { usual, direct };

struct Request {
  std::string method = "POST";
  std::string scheme = "https";
  std::string host;        ///< with its port, when it is not the scheme's own
  std::string path = "/";  ///< percent-encoded
  std::vector<QueryItem> query;
  Headers headers;
  std::string body;
  Source* upload = nullptr;  ///< sent instead of `body`
  Sink* download = nullptr;  ///< takes the body of an answer with a status of 2xx
  Route route = Route::usual;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  ///< empty when a sink took it

  bool is_good() const { return status >= 200 && status < 300; }
};

/// "a=1&b" with names and values percent-encoded.
std::string query_text(const std::vector<QueryItem>& query);
std::string url_text(const Request& request);

struct Url {
  std::string scheme, host, path;  ///< host with port; path without a slash at its end
  std::vector<QueryItem> query;
};
/// Splits an absolute http(s) URL. Empty if it is none.
std::optional<Url> parse_url(std::string_view text);

}  // namespace asiaq::aws::http
