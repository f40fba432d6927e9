// Parameters for the rules of every service: lines "name=value"; true and false are booleans.
#include "aws/endpoint/rules.h"
#include "aws/error.h"
#include "aws/http/message.h"
#include "fuzz/rule_sets.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {
namespace {

using aws::endpoint::Value;

Value value_of(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  return text;
}

void call(std::string_view name, const std::vector<Value>& arguments) {
  try {
    aws::endpoint::call_function(name, arguments);
  } catch (const aws::RequestError&) {
  }
}

}  // namespace

void endpoint_rules(std::string_view input) {
  std::map<std::string, Value, std::less<>> parameters;
  while (!input.empty()) {
    const std::string_view line = next_line(input);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const Value value = value_of(line.substr(equals + 1));
    parameters[std::string(line.substr(0, equals))] = value;
    for (const char* function : {"parseURL", "aws.parseArn", "aws.partition", "uriEncode"}) {
      call(function, {value});
    }
    call("aws.isVirtualHostableS3Bucket", {value, true});
    call("isValidHostLabel", {value, true});
    call("getAttr", {Value(aws::endpoint::Values{value}), value});
  }
  for (const aws::endpoint::RuleSet* rules : rule_sets()) {
    try {
      // Rules hand on an endpoint that is given to them; that it is a URL is seen where it is
      // parsed.
      static_cast<void>(aws::http::parse_url(aws::endpoint::evaluate(*rules, parameters).url));
    } catch (const aws::RequestError&) {
    }
  }
}

}  // namespace asiaq::fuzz
