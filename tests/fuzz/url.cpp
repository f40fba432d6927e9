// Endpoints that users write, and the query strings in them.
#include "aws/encoding.h"
#include "aws/http/message.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void url(std::string_view input) {
  using namespace aws;
  promise(percent_decode(percent_encode(input)) == input, "percent encoding loses something");
  promise(base64_decode(base64_encode(input)) == input, "base64 loses something");
  const auto parsed = http::parse_url(input);
  if (!parsed) return;
  promise(!parsed->host.empty() && !parsed->path.ends_with('/'), "host or path");
  http::Request request;
  request.scheme = parsed->scheme;
  request.host = parsed->host;
  request.path = parsed->path;
  request.query = parsed->query;
  const auto again = http::parse_url(http::url_text(request));
  promise(again && again->host == parsed->host && again->query == parsed->query,
          "a URL is read as another one");
}

}  // namespace asiaq::fuzz
