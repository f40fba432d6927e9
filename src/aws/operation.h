#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "aws/path.h"
#include "aws/shape.h"

/// What the generated code says about services and their operations; constant data, like
/// aws/shape.h.
namespace asiaq::aws {

namespace endpoint {
struct RuleSet;
}

enum class Protocol : std::uint8_t { ec2, query, json, rest_json, rest_xml };

/// Whether an operation changes anything. Only reads pass a read-only session.
enum class Effect : std::uint8_t { read, write };

/// What happens when the same request arrives twice.
enum class Repeat : std::uint8_t {
  safe,  ///< the outcome is that of one request
  once   ///< may do the thing twice: never sent again once it may have been carried out
};

enum class Auth : std::uint8_t { sigv4, none };

/// An error that the model describes, by the code seen on the wire.
struct ErrorShape {
  std::string_view code;
  std::string_view name;  ///< of the shape
  const Shape* shape = nullptr;
  bool retryable = false;
  bool throttling = false;
};

/// How the pages of an operation follow one another.
struct Pages {
  std::span<const std::string_view> input_tokens;  ///< text members of the input
  /// One per input token: the places where it may be, the first that is there counts.
  std::span<const std::span<const Path>> output_tokens;
  Path more_results;  ///< whether there is another page; empty: if there is a token
};

/// A parameter of endpoint rules that an operation fixes or that its input gives.
struct EndpointInput {
  std::string_view parameter;
  Path path;  ///< into the input, or empty: `text` or `on` below
  std::string_view text;
  bool is_boolean = false;
  bool on = false;
};

struct Operation {
  std::string_view name;
  std::string_view http_method;
  std::string_view uri;  ///< template, with its fixed query string
  const Shape* input = nullptr;
  const Shape* output = nullptr;
  std::string_view result_wrapper;  ///< query protocol
  std::string_view input_root;      ///< root element of a rest-xml body
  const XmlNamespace* input_namespace = nullptr;
  std::string_view host_prefix;
  Effect effect = Effect::write;
  Repeat repeat = Repeat::once;
  Auth auth = Auth::sigv4;
  bool checksum_required = false;  ///< in one of the algorithms of today
  bool md5_required = false;
  bool checksum_supported = false;
  bool answer_has_checksum = false;  ///< when asked for
  bool gzip_supported = false;       ///< of long requests
  std::span<const ErrorShape> errors{};
  const Pages* pages = nullptr;
  std::span<const EndpointInput> endpoint_inputs{};
};

struct Service {
  std::string_view name;  ///< folder of the model: "ec2"
  std::string_view id;    ///< serviceId: "Auto Scaling"
  std::string_view full_name;
  Protocol protocol = Protocol::query;
  std::string_view api_version;
  std::string_view json_version;
  std::string_view target_prefix;
  std::string_view xml_namespace;
  std::string_view endpoint_prefix;
  std::string_view signing_name;
  bool s3_signing = false;
  bool query_compatible = false;
  const endpoint::RuleSet* rules = nullptr;
};

}  // namespace asiaq::aws
