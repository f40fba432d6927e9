#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <utility>

#include "aws/encoding.h"
#include "aws/endpoint/rules.h"
#include "aws/error.h"
#include "base/text.h"

namespace asiaq::aws::endpoint {
namespace {

using Arguments = std::vector<Value>;

// RFC 1035 §2.3.4.
constexpr std::size_t kLongestLabel = 63;

const std::string& text_of(const Arguments& arguments, std::size_t index) {
  if (index >= arguments.size() || arguments[index].text() == nullptr) {
    throw RequestError("an endpoint rule compares something that is no text");
  }
  return *arguments[index].text();
}

bool flag_of(const Arguments& arguments, std::size_t index) {
  if (index >= arguments.size() || arguments[index].boolean() == nullptr) {
    throw RequestError("an endpoint rule compares something that is neither true nor false");
  }
  return *arguments[index].boolean();
}

std::size_t number_of(const Arguments& arguments, std::size_t index) {
  if (index >= arguments.size() || arguments[index].number() == nullptr ||
      *arguments[index].number() < 0) {
    throw RequestError("an endpoint rule counts with something that is no number");
  }
  return static_cast<std::size_t>(*arguments[index].number());
}

// "resourceId[1]", "region", "[0]", several joined by dots.
Value attribute(Value value, std::string_view path) {
  for (const std::string& word : split(path, '.')) {
    const std::size_t bracket = word.find('[');
    if (const std::string name = word.substr(0, bracket); !name.empty()) {
      if (value.record() == nullptr) return {};
      const auto found = value.record()->find(name);
      if (found == value.record()->end()) return {};
      value = Value(found->second);
    }
    if (bracket != std::string::npos) {
      const auto index = parse_integer(word.substr(bracket + 1, word.find(']') - bracket - 1));
      if (!index || *index < 0 || value.list() == nullptr) return {};
      if (static_cast<std::size_t>(*index) >= value.list()->size()) return {};
      value = Value((*value.list())[static_cast<std::size_t>(*index)]);
    }
  }
  return value;
}

Value substring(const Arguments& arguments) {
  const std::string& text = text_of(arguments, 0);
  const std::size_t start = number_of(arguments, 1);
  const std::size_t stop = number_of(arguments, 2);
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](unsigned char sign) { return sign < 128; });
  if (start >= stop || text.size() < stop || !ascii) return {};
  return text.substr(flag_of(arguments, 3) ? text.size() - stop : start, stop - start);
}

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > kLongestLabel) return false;
  if (text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char sign) { return std::isalnum(sign) || sign == '-'; });
}

bool is_host_label(std::string_view text, bool allow_subdomains) {
  if (!allow_subdomains) return is_label(text);
  const auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(),
                     [](const std::string& label) { return is_label(label); });
}

bool is_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           const auto number = parse_integer(part);
           return number && *number >= 0 && *number <= 255 && part.size() <= 3 &&
                  std::isdigit(static_cast<unsigned char>(part.front()));
         });
}

Value parse_arn(const Value& value) {
  if (value.text() == nullptr) return {};
  const std::string& text = *value.text();
  std::array<std::string, 6> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (start > text.size()) return {};
    const std::size_t end = i == 5 ? text.size() : std::min(text.find(':', start), text.size());
    parts[i] = text.substr(start, end - start);
    start = end + 1;
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || parts[5].empty()) return {};
  Values resource;
  std::string id;
  for (const char sign : parts[5] + "/") {
    if (sign == ':' || sign == '/') {
      resource.emplace_back(std::exchange(id, {}));
    } else {
      id += sign;
    }
  }
  return Record{{"partition", parts[1]},
                {"service", parts[2]},
                {"region", parts[3]},
                {"accountId", parts[4]},
                {"resourceId", std::move(resource)}};
}

Value parse_url(const Value& value) {
  if (value.text() == nullptr) return {};
  const std::string& text = *value.text();
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos || text.find('?') != std::string::npos) return {};
  const std::string scheme = lower_case(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return {};
  const std::size_t slash = std::min(text.find('/', colon + 3), text.size());
  const std::string authority = text.substr(colon + 3, slash - colon - 3);
  const std::size_t port = authority.rfind(':');
  const bool has_port = port != std::string::npos && authority.find(']', port) == std::string::npos;
  const std::string host = has_port ? authority.substr(0, port) : authority;
  if (has_port && port + 1 < authority.size()) {
    const auto number = parse_integer(authority.substr(port + 1));
    if (!number || *number < 0 || *number > 65535) return {};
  }
  const std::string path = text.substr(slash);
  std::string normalised = path;
  if (normalised.empty() || normalised.back() != '/') normalised += '/';
  return Record{{"scheme", scheme},
                {"authority", authority},
                {"path", path},
                {"normalizedPath", normalised},
                {"isIp", is_ipv4(host) || host.starts_with('[')}};
}

Value partition(const Value& region) {
  const Partition& found =
      partition_of(region.text() == nullptr ? "" : std::string_view(*region.text()));
  return Record{{"name", found.name},
                {"dnsSuffix", found.dns_suffix},
                {"dualStackDnsSuffix", found.dual_stack_dns_suffix},
                {"implicitGlobalRegion", found.implicit_global_region},
                {"supportsFIPS", found.supports_fips},
                {"supportsDualStack", found.supports_dual_stack}};
}

bool is_bucket_for_hosts(const Value& bucket, bool allow_subdomains) {
  if (bucket.text() == nullptr) return false;
  const std::string& text = *bucket.text();
  return text.size() >= 3 && lower_case(text) == text && !is_ipv4(text) &&
         is_host_label(text, allow_subdomains);
}

std::vector<std::regex> region_patterns() {
  std::vector<std::regex> patterns;
  for (const Partition& each : partitions()) {
    patterns.emplace_back(std::string(each.region_pattern));
  }
  return patterns;
}

}  // namespace

const Partition& partition_of(std::string_view region) {
  for (const Partition& candidate : partitions()) {
    if (std::find(candidate.regions.begin(), candidate.regions.end(), region) !=
        candidate.regions.end()) {
      return candidate;
    }
  }
  // A region is a label of a host name. Longer texts would also exhaust the stack of std::regex.
  if (region.size() > kLongestLabel) return partitions().front();
  static const std::vector<std::regex> patterns = region_patterns();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (std::regex_match(region.begin(), region.end(), patterns[i])) return partitions()[i];
  }
  return partitions().front();
}

Value call_function(std::string_view name, const Arguments& arguments) {
  const Value first = arguments.empty() ? Value() : arguments.front();
  if (name == "isSet") return first.is_set();
  if (name == "not") return !first.is_set() || (first.boolean() != nullptr && !*first.boolean());
  if (name == "booleanEquals") return flag_of(arguments, 0) == flag_of(arguments, 1);
  if (name == "stringEquals") return text_of(arguments, 0) == text_of(arguments, 1);
  if (name == "getAttr") return attribute(first, text_of(arguments, 1));
  if (name == "substring") return substring(arguments);
  if (name == "uriEncode")
    return first.text() == nullptr ? Value() : Value(percent_encode(*first.text()));
  if (name == "parseURL") return parse_url(first);
  if (name == "aws.parseArn") return parse_arn(first);
  if (name == "aws.partition") return partition(first);
  if (name == "isValidHostLabel") {
    return first.text() != nullptr && is_host_label(*first.text(), flag_of(arguments, 1));
  }
  if (name == "aws.isVirtualHostableS3Bucket")
    return is_bucket_for_hosts(first, flag_of(arguments, 1));
  throw RequestError("endpoint rules call an unknown function " + std::string(name));
}

}  // namespace asiaq::aws::endpoint
