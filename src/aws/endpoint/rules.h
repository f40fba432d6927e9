#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Endpoint rules (smithy.io/2.0/additional-specs/rules-engine): which address serves a request.
/// The rules are constant tables of the generated code.
namespace asiaq::aws::endpoint {

// The tables.

/// An expression. A text may hold parts in braces: "https://{Bucket}.{url#authority}".
struct Node {
  enum class Kind : std::uint8_t { text, boolean, number, reference, call, array, object };
  Kind kind = Kind::text;
  std::string_view text{};        ///< the text, the name referred to, the function called
  std::int64_t number = 0;        ///< also 1 for true
  std::span<const Node> items{};  ///< arguments, elements, values
  std::span<const std::string_view> keys{};  ///< of an object, one per item
};

struct Condition {
  Node node{};
  std::string_view assign{};  ///< name that the result gets
};

struct Rule {
  enum class Kind : std::uint8_t { endpoint, error, tree };
  Kind kind = Kind::tree;
  std::span<const Condition> conditions{};
  const Node* result = nullptr;      ///< URL or message
  const Node* properties = nullptr;  ///< an object
  const Node* headers = nullptr;     ///< an object of arrays
  std::span<const Rule> rules{};
};

struct Parameter {
  std::string_view name{};
  std::string_view built_in{};
  bool required = false;
  const Node* otherwise = nullptr;
};

struct RuleSet {
  std::span<const Parameter> parameters{};
  std::span<const Rule> rules{};
};

struct Partition {
  std::string_view name, dns_suffix, dual_stack_dns_suffix, implicit_global_region;
  bool supports_fips = false;
  bool supports_dual_stack = false;
  std::string_view region_pattern{};
  std::span<const std::string_view> regions{};
};
/// All partitions, the first is the one for unknown regions. Generated.
std::span<const Partition> partitions();
const Partition& partition_of(std::string_view region);

// Their evaluation.

/// What an expression gives: nothing, a text, a boolean, a number, a list, a record.
struct Value;
using Values = std::vector<Value>;
using Record = std::map<std::string, Value, std::less<>>;
struct Value {
  std::variant<std::monostate, std::string, bool, std::int64_t, std::shared_ptr<Values>,
               std::shared_ptr<Record>>
      held{};

  Value() = default;
  Value(std::string text) : held(std::move(text)) {}
  Value(std::string_view text) : held(std::string(text)) {}
  Value(const char* text) : held(std::string(text)) {}
  Value(bool on) : held(on) {}
  Value(std::int64_t number) : held(number) {}
  Value(Values list) : held(std::make_shared<Values>(std::move(list))) {}
  Value(Record record) : held(std::make_shared<Record>(std::move(record))) {}

  bool is_set() const { return held.index() != 0; }
  const std::string* text() const { return std::get_if<std::string>(&held); }
  const bool* boolean() const { return std::get_if<bool>(&held); }
  const std::int64_t* number() const { return std::get_if<std::int64_t>(&held); }
  const Values* list() const;
  const Record* record() const;
};

struct Outcome {
  std::string url;
  Value properties;
  std::map<std::string, std::vector<std::string>> headers;
};

/// Parameters by name; unset ones are absent. Throws RequestError with the message of an error
/// rule, or when no rule fits or a required parameter is missing.
Outcome evaluate(const RuleSet& rules, const std::map<std::string, Value, std::less<>>& parameters);

/// A function of the rules by its name ("aws.parseArn"). Throws RequestError for an unknown name.
Value call_function(std::string_view name, const std::vector<Value>& arguments);

}  // namespace asiaq::aws::endpoint
