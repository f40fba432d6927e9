#include <algorithm>
#include <sstream>

#include "names.h"
#include "writer.h"

// Waiters: the tables that judge answers, and the client's functions.
namespace awsgen {
namespace {

std::string text_of(const Json& expected) {
  return expected.is_string() ? expected.get<std::string>() : expected.dump();
}

// "length(x) > `0`" and "length(x) == `0`": x and whether there has to be something in it.
struct SizeCheck {
  std::string argument;
  bool some = true;
};

std::optional<SizeCheck> size_check(const std::string& expression) {
  constexpr std::string_view start = "length(";
  std::string text = expression;
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  if (!text.starts_with(start)) return std::nullopt;
  for (const auto& [end, some] : {std::pair{")>`0`", true}, std::pair{")==`0`", false}}) {
    if (!text.ends_with(end)) continue;
    std::string argument =
        text.substr(start.size(), text.size() - start.size() - std::string_view(end).size());
    return SizeCheck{argument, some};
  }
  return std::nullopt;
}

std::string match_name(const std::string& matcher) {
  if (matcher == "pathAll") return "all";
  if (matcher == "pathAny") return "any";
  return "value";
}

}  // namespace

std::optional<AcceptorChoice> Writer::acceptor_of(const Json& acceptor,
                                                  const Json& operation) const {
  const std::string matcher = acceptor.at("matcher").get<std::string>();
  const Json& expected = acceptor.at("expected");
  AcceptorChoice choice{.verdict = acceptor.at("state").get<std::string>(),
                        .match = matcher,
                        .path = {},
                        .expected = text_of(expected)};
  if (matcher == "status") return choice;
  if (matcher == "error") {
    if (expected.is_boolean()) {
      choice.match = expected.get<bool>() ? "any_error" : "no_error";
      choice.expected.clear();
    }
    return choice;
  }
  if (!operation.contains("output")) return std::nullopt;
  const std::string output = operation.at("output").at("shape").get<std::string>();
  const std::string argument = acceptor.at("argument").get<std::string>();
  if (const auto check = size_check(argument);
      check && matcher == "path" && expected.is_boolean()) {
    const auto steps = parse_path(model_, output, check->argument);
    if (!steps) return std::nullopt;
    choice.match = check->some == expected.get<bool>() ? "some" : "none";
    choice.path = *steps;
    choice.expected.clear();
    return choice;
  }
  auto steps = parse_path(model_, output, argument);
  if (!steps) return std::nullopt;
  if (matcher != "path" && model_.shape(shape_at(model_, output, *steps)).at("type") == "list") {
    steps->back().take = "each";
  }
  choice.match = match_name(matcher);
  choice.path = *steps;
  return choice;
}

void Writer::choose_waiters() {
  for (const auto& [name, waiter] : model_.waiters().items()) {
    const std::string operation = waiter.at("operation").get<std::string>();
    const auto choice =
        std::find_if(choices_.begin(), choices_.end(),
                     [&](const OperationChoice& each) { return each.name == operation; });
    if (choice == choices_.end() || !model_.operations().at(operation).contains("input")) continue;
    WaiterChoice chosen{.name = name, .operation = *choice, .acceptors = {}};
    bool plain = true;
    for (const Json& each : waiter.at("acceptors")) {
      const auto acceptor = acceptor_of(each, model_.operations().at(operation));
      plain = plain && acceptor.has_value();
      if (acceptor) chosen.acceptors.push_back(*acceptor);
    }
    if (plain) {
      waiters_.push_back(std::move(chosen));
    } else {
      strange_waiters_.push_back(name);
    }
  }
}

std::string Writer::waiter_table(const WaiterChoice& waiter, PathTables& paths) const {
  const std::string type = type_identifier(waiter.name);
  std::ostringstream out;
  out << "constexpr Acceptor " << type << "_acceptors[] = {\n";
  for (const AcceptorChoice& each : waiter.acceptors) {
    out << "    {Acceptor::Verdict::" << each.verdict << ", Acceptor::Match::" << each.match << ", "
        << paths.path(each.path) << ", " << literal(each.expected) << "},\n";
  }
  out << "};\nconstinit const Waiter " << type << "_waiter{" << literal(waiter.name) << ", &"
      << type_identifier(waiter.operation.name) << "_operation, " << type << "_acceptors};\n\n";
  return paths.take() + out.str();
}

std::string Writer::waiter_declarations() const {
  std::ostringstream out;
  for (const WaiterChoice& waiter : waiters_) {
    const Json& operation = model_.operations().at(waiter.operation.name);
    out << "\n  /// By answers of " << waiter.operation.name << ", see wait() in aws/waiting.h.\n"
        << "  void wait_until_" << member_identifier(waiter.name) << "(const "
        << type_identifier(operation.at("input").at("shape").get<std::string>())
        << "& request, const WaitOptions& options = {}) const;\n";
  }
  for (const std::string& name : strange_waiters_) {
    out << "\n  // There is no waiter " << name << ": its conditions have no tables.\n";
  }
  return out.str();
}

std::string Writer::waiter_definitions() const {
  std::ostringstream out;
  for (const WaiterChoice& waiter : waiters_) {
    const Json& operation = model_.operations().at(waiter.operation.name);
    const std::string table = "tables::" + type_identifier(waiter.name) + "_waiter";
    out << "\nvoid Client::wait_until_" << member_identifier(waiter.name) << "(const "
        << type_identifier(operation.at("input").at("shape").get<std::string>())
        << "& request, const WaitOptions& options) const {\n";
    const std::string result =
        operation.contains("output")
            ? type_identifier(operation.at("output").at("shape").get<std::string>())
            : "void";
    out << "  wait_with<" << result << ">(*session_, tables::service, " << table
        << ", &request, options);\n}\n";
  }
  return out.str();
}

}  // namespace awsgen
