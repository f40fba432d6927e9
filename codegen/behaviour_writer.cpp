#include <sstream>

#include "names.h"
#include "writer.h"

// How an operation pages and which parameters of endpoint rules it gives.
namespace awsgen {
namespace {

std::vector<std::string> texts_of(const Json& json) {
  if (!json.is_array()) return {json.get<std::string>()};
  return json.get<std::vector<std::string>>();
}

}  // namespace

std::optional<PageTokens> Writer::page_tokens(const OperationChoice& choice) const {
  const Json& operation = model_.operations().at(choice.name);
  const auto found = model_.pagination().find(choice.name);
  if (found == model_.pagination().end() || !operation.contains("input") ||
      !operation.contains("output")) {
    return std::nullopt;
  }
  const Json& members =
      model_.shape(operation.at("input").at("shape").get<std::string>()).at("members");
  const std::string output = operation.at("output").at("shape").get<std::string>();
  PageTokens tokens{
      .inputs = texts_of(found->at("input_token")), .outputs = {}, .more_results = {}};
  for (const std::string& input : tokens.inputs) {
    if (!members.contains(input)) return std::nullopt;
    if (value_type(members.at(input).at("shape").get<std::string>()) != "std::string")
      return std::nullopt;
  }
  for (const std::string& expression : texts_of(found->at("output_token"))) {
    const auto places = parse_alternatives(model_, output, expression);
    if (!places) return std::nullopt;
    tokens.outputs.push_back(*places);
  }
  if (tokens.inputs.size() != tokens.outputs.size()) return std::nullopt;
  if (found->contains("more_results")) {
    const auto more = parse_path(model_, output, found->at("more_results").get<std::string>());
    if (!more) return std::nullopt;
    tokens.more_results = *more;
  }
  return tokens;
}

std::string Writer::page_tables(const std::string& type, const PageTokens& tokens,
                                PathTables& paths) const {
  std::ostringstream out;
  std::string inputs;
  for (const std::string& input : tokens.inputs) inputs += literal(input) + ", ";
  std::string outputs;
  for (std::size_t i = 0; i < tokens.outputs.size(); ++i) {
    std::string places;
    for (const Steps& steps : tokens.outputs[i]) places += paths.path(steps) + ", ";
    const std::string name = type + "_token_" + std::to_string(i + 1);
    out << "constexpr Path " << name << "[] = {" << places << "};\n";
    outputs += name + ", ";
  }
  out << "constexpr std::string_view " << type << "_input_tokens[] = {" << inputs << "};\n"
      << "constexpr std::span<const Path> " << type << "_output_tokens[] = {" << outputs << "};\n"
      << "constexpr Pages " << type << "_pages{" << type << "_input_tokens, " << type
      << "_output_tokens, " << paths.path(tokens.more_results) << "};\n";
  return paths.take() + out.str();
}

std::string Writer::endpoint_input_table(const Json& operation, PathTables& paths) const {
  std::string table;
  const Json fixed = operation.value("staticContextParams", Json::object());
  for (const auto& [name, parameter] : fixed.items()) {
    const Json& value = parameter.at("value");
    table += "    {.parameter = " + literal(name);
    if (value.is_boolean()) {
      table += std::string(", .is_boolean = true, .on = ") + (value.get<bool>() ? "true" : "false");
    } else if (value.is_string()) {
      table += ", .text = " + literal(value.get<std::string>());
    }
    table += "},\n";
  }
  if (!operation.contains("input")) return table;
  const std::string input = operation.at("input").at("shape").get<std::string>();
  const auto add = [&](const std::string& parameter, const Steps& steps) {
    table += "    {.parameter = " + literal(parameter) + ", .path = " + paths.path(steps) + "},\n";
  };
  const Json computed = operation.value("operationContextParams", Json::object());
  for (const auto& [name, parameter] : computed.items()) {
    // Rules do without a parameter whose expression is not one of ours.
    const auto steps = parse_path(model_, input, parameter.at("path").get<std::string>());
    if (steps) add(name, *steps);
  }
  for (const auto& [member, reference] : model_.shape(input).at("members").items()) {
    if (!reference.contains("contextParam")) continue;
    add(reference.at("contextParam").at("name").get<std::string>(), {{.member = member}});
  }
  return table;
}

}  // namespace awsgen
