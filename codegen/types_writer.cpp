#include <fstream>
#include <map>
#include <sstream>

#include "names.h"
#include "writer.h"

namespace awsgen {

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + file.string());
}

void write_if_changed(const std::filesystem::path& file, const std::string& text) {
  if (std::ifstream present(file, std::ios::binary); present) {
    std::ostringstream content;
    content << present.rdbuf();
    if (content.str() == text) return;
  }
  write(file, text);
}

Writer::Writer(const Model& model, std::vector<OperationChoice> choices, Output output)
    : model_(model),
      choices_(std::move(choices)),
      output_(std::move(output)),
      selection_(select_shapes(model, choices_)),
      protocol_(model.protocol()) {
  choose_waiters();
}

std::string Writer::value_type(const std::string& shape) const {
  static const std::map<std::string, std::string> plain{
      {"string", "std::string"},   {"character", "std::string"},   {"boolean", "bool"},
      {"integer", "std::int32_t"}, {"short", "std::int32_t"},      {"byte", "std::int32_t"},
      {"long", "std::int64_t"},    {"bigInteger", "std::int64_t"}, {"float", "double"},
      {"double", "double"},        {"bigDecimal", "double"},       {"timestamp", "Timestamp"},
      {"blob", "std::string"}};
  const Json& json = model_.shape(shape);
  const std::string type = json.at("type").get<std::string>();
  if (type == "structure") {
    return json.value("document", false) ? "std::string" : type_identifier(shape);
  }
  if (type == "list") {
    const std::string element = value_type(json.at("member").at("shape").get<std::string>());
    return "List<" + (element == "bool" ? "Boolean" : element) + ">";
  }
  if (type == "map") {
    return "Map<" + value_type(json.at("value").at("shape").get<std::string>()) + ">";
  }
  return plain.at(type);
}

std::string Writer::slot_type(const std::string& structure, const std::string& member) const {
  const Json& reference = model_.shape(structure).at("members").at(member);
  const std::string target = reference.at("shape").get<std::string>();
  const std::string type = model_.shape(target).at("type").get<std::string>();
  std::string value = value_type(target);
  if (type == "list" || type == "map") return value;
  if (Traits(model_, reference).flag("streaming") && selection_.outputs.contains(structure)) {
    return value;
  }
  if (selection_.boxed.contains({structure, member})) return "Box<" + value + ">";
  return "std::optional<" + value + ">";
}

std::string Writer::field(const std::string& structure, const std::string& member) const {
  const std::string name = member_identifier(member);
  // A structure may not have a member of its own name.
  return name == type_identifier(structure) ? name + "_" : name;
}

std::string Writer::types_header() const {
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#pragma once\n\n#include \"aws/value.h\"\n\n"
      << "namespace asiaq::aws::" << output_.space << " {\n\n";
  for (const std::string& name : selection_.structures) {
    if (!model_.shape(name).value("document", false)) {
      out << "struct " << type_identifier(name) << ";\n";
    }
  }
  for (const std::string& name : selection_.structures) {
    const Json& shape = model_.shape(name);
    if (shape.value("document", false)) continue;
    out << "\nstruct " << type_identifier(name) << " {\n";
    for (const auto& [member, reference] : shape.at("members").items()) {
      out << "  " << slot_type(name, member) << " " << field(name, member) << ";\n";
    }
    out << "};\n";
  }
  out << "\n}  // namespace asiaq::aws::" << output_.space << "\n";
  return out.str();
}

}  // namespace awsgen
