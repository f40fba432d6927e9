#include "aws/http/message.h"

#include <algorithm>

#include "aws/encoding.h"

namespace asiaq::aws::http {
namespace {

// Field names are ASCII (RFC 9110 §5.1).
constexpr char lower(char sign) {
  return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + ('a' - 'A')) : sign;
}

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  for (Field& field : fields_) {
    if (same_name(field.first, name)) {
      field.second = std::move(value);
      return;
    }
  }
  fields_.emplace_back(name, std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) return &field.second;
  }
  return nullptr;
}

std::string Headers::get(std::string_view name) const {
  const std::string* found = find(name);
  return found == nullptr ? "" : *found;
}

std::string query_text(const std::vector<QueryItem>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += percent_encode(name);
    if (value) text += '=' + percent_encode(*value);
  }
  return text;
}

std::string url_text(const Request& request) {
  std::string url = request.scheme + "://" + request.host + request.path;
  if (!request.query.empty()) url += '?' + query_text(request.query);
  return url;
}

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = text.substr(0, colon);
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    std::string_view query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
    while (!query.empty()) {
      const std::string_view item = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(query.size(), item.size() + 1));
      if (item.empty()) continue;
      const std::size_t equals = item.find('=');
      url.query.emplace_back(percent_decode(item.substr(0, equals)),
                             equals == std::string_view::npos
                                 ? std::nullopt
                                 : std::optional(percent_decode(item.substr(equals + 1))));
    }
  }
  const std::size_t slash = rest.find('/');
  url.host = rest.substr(0, slash);
  if (url.host.empty()) return std::nullopt;
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  while (!url.path.empty() && url.path.back() == '/') url.path.pop_back();
  return url;
}

}  // namespace asiaq::aws::http
