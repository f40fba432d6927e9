#include "aws/endpoint/rules.h"

#include <utility>

#include "aws/error.h"

namespace asiaq::aws::endpoint {
namespace {

class Evaluation {
 public:
  explicit Evaluation(std::map<std::string, Value, std::less<>> parameters)
      : scope_(std::move(parameters)) {}

  std::optional<Outcome> first(std::span<const Rule> rules) {
    for (const Rule& rule : rules) {
      const std::size_t before = assigned_.size();
      if (holds(rule)) {
        if (auto outcome = result(rule)) return outcome;
      }
      // What a rule assigned is known to it and the rules inside it only.
      for (; assigned_.size() > before; assigned_.pop_back()) scope_.erase(assigned_.back());
    }
    return std::nullopt;
  }

  Value value(const Node& node) {
    switch (node.kind) {
      case Node::Kind::text:
        return text(node.text);
      case Node::Kind::boolean:
        return node.number != 0;
      case Node::Kind::number:
        return node.number;
      case Node::Kind::reference: {
        const auto found = scope_.find(node.text);
        return found == scope_.end() ? Value() : found->second;
      }
      case Node::Kind::call: {
        std::vector<Value> arguments;
        for (const Node& argument : node.items) arguments.push_back(value(argument));
        return call_function(node.text, arguments);
      }
      case Node::Kind::array: {
        Values values;
        for (const Node& item : node.items) values.push_back(value(item));
        return values;
      }
      case Node::Kind::object: {
        Record record;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
          record.emplace(node.keys[i], value(node.items[i]));
        }
        return record;
      }
    }
    return {};
  }

 private:
  bool holds(const Rule& rule) {
    for (const Condition& condition : rule.conditions) {
      Value found = value(condition.node);
      if (!found.is_set()) return false;
      if (const bool* on = found.boolean(); on != nullptr && !*on) return false;
      if (!condition.assign.empty()) {
        assigned_.emplace_back(condition.assign);
        scope_.insert_or_assign(assigned_.back(), std::move(found));
      }
    }
    return true;
  }

  std::optional<Outcome> result(const Rule& rule) {
    if (rule.kind == Rule::Kind::tree) return first(rule.rules);
    const Value main = value(*rule.result);
    if (main.text() == nullptr) throw RequestError("an endpoint rule gives no text");
    if (rule.kind == Rule::Kind::error) throw RequestError(*main.text());
    Outcome outcome{.url = *main.text(), .properties = {}, .headers = {}};
    if (rule.properties != nullptr) outcome.properties = value(*rule.properties);
    if (rule.headers != nullptr) read_headers(value(*rule.headers), outcome);
    return outcome;
  }

  static void read_headers(const Value& headers, Outcome& outcome) {
    if (headers.record() == nullptr) return;
    for (const auto& [name, values] : *headers.record()) {
      if (values.list() == nullptr) continue;
      for (const Value& each : *values.list()) {
        if (each.text() != nullptr) outcome.headers[name].push_back(*each.text());
      }
    }
  }

  // "{name}", "{name#attribute}"; double braces stand for themselves.
  std::string text(std::string_view pattern) {
    std::string filled;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const char sign = pattern[i];
      if ((sign == '{' || sign == '}') && i + 1 < pattern.size() && pattern[i + 1] == sign) {
        filled += sign;
        ++i;
      } else if (sign == '{') {
        const std::size_t end = pattern.find('}', i);
        filled += part(pattern.substr(i + 1, end - i - 1));
        i = end;
      } else {
        filled += sign;
      }
    }
    return filled;
  }

  std::string part(std::string_view name) {
    const std::size_t hash = name.find('#');
    const auto found = scope_.find(name.substr(0, hash));
    Value inner = found == scope_.end() ? Value() : found->second;
    if (hash != std::string_view::npos)
      inner = call_function("getAttr", {inner, Value(name.substr(hash + 1))});
    if (inner.text() == nullptr)
      throw RequestError("an endpoint rule misses a text for " + std::string(name));
    return *inner.text();
  }

  std::map<std::string, Value, std::less<>> scope_;
  std::vector<std::string> assigned_;
};

}  // namespace

const Values* Value::list() const {
  const auto* shared = std::get_if<std::shared_ptr<Values>>(&held);
  return shared == nullptr ? nullptr : shared->get();
}

const Record* Value::record() const {
  const auto* shared = std::get_if<std::shared_ptr<Record>>(&held);
  return shared == nullptr ? nullptr : shared->get();
}

Outcome evaluate(const RuleSet& rules,
                 const std::map<std::string, Value, std::less<>>& parameters) {
  std::map<std::string, Value, std::less<>> complete;
  for (const Parameter& parameter : rules.parameters) {
    if (const auto given = parameters.find(parameter.name); given != parameters.end()) {
      complete.insert(*given);
    } else if (parameter.otherwise != nullptr) {
      complete.emplace(parameter.name, Evaluation({}).value(*parameter.otherwise));
    } else if (parameter.required) {
      throw RequestError("the endpoint needs a value for " + std::string(parameter.name));
    }
  }
  if (auto outcome = Evaluation(std::move(complete)).first(rules.rules)) return *outcome;
  throw RequestError("no endpoint rule fits");
}

}  // namespace asiaq::aws::endpoint
