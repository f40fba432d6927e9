#include <sstream>

#include "names.h"
#include "rules_writer.h"
#include "writer.h"

namespace awsgen {
namespace {

std::string method_name(const std::string& operation) { return member_identifier(operation); }

// What a streaming payload of either side is to the caller.
struct Stream {
  const char* side;
  const char* type;
  const char* name;
  const char* remark;
};
constexpr Stream kStreams[] = {
    {"input", "http::Source", "upload",
     "Sends `upload` as the body, without holding it in memory."},
    {"output", "http::Sink", "download", "Hands the body on to `download` as it arrives."}};

bool is_streamed(const Model& model, const Json& operation, const Stream& stream) {
  if (!operation.contains(stream.side)) return false;
  const Json& shape = model.shape(operation.at(stream.side).at("shape").get<std::string>());
  if (!shape.contains("payload")) return false;
  const Json& payload = shape.at("members").at(shape.at("payload").get<std::string>());
  return Traits(model, payload).flag("streaming");
}

}  // namespace

Writer::ResultList Writer::result_list(const OperationChoice& choice) const {
  const Json pages = model_.pagination().at(choice.name);
  if (!pages.contains("result_key")) return {};
  const Json& key = pages.at("result_key");
  std::string path = key.is_array() ? key.at(0).get<std::string>() : key.get<std::string>();
  std::string shape =
      model_.operations().at(choice.name).at("output").at("shape").get<std::string>();
  std::string expression = "page";
  std::string condition;
  for (bool first = true;; first = false) {
    const std::size_t dot = path.find('.');
    const std::string member = path.substr(0, dot);
    const Json& members = model_.shape(shape).at("members");
    if (!members.contains(member)) return {};
    expression += (first ? "." : "->") + field(shape, member);
    shape = members.at(member).at("shape").get<std::string>();
    if (dot == std::string::npos) break;
    condition += (condition.empty() ? "" : " && ") + expression;
    path = path.substr(dot + 1);
  }
  if (model_.shape(shape).at("type") != "list") return {};
  std::string element = value_type(shape);
  element = element.substr(5, element.size() - 6);
  const std::string append = "append_items(all, " + expression + ");";
  return {condition.empty() ? append : "if (" + condition + ") " + append, element};
}

std::string Writer::client_header() const {
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#pragma once\n\n#include <functional>\n#include "
         "<vector>\n\n"
      << "#include \"aws/" << output_.space << "/types.h\"\n"
      << (waiters_.empty() ? "" : "#include \"aws/waiting.h\"\n")
      << "\nnamespace asiaq::aws {\nclass Session;\nnamespace http {\nclass Source;\nclass "
         "Sink;\n}\n}\n\n"
      << "namespace asiaq::aws::" << output_.space << " {\n\n"
      << "/// "
      << model_.metadata().value("serviceAbbreviation",
                                 model_.metadata().value("serviceFullName", model_.name()))
      << ". Cheap to make, thread-safe; the session must outlive it.\n"
      << "/// Every call throws ServiceError, ConnectionError or, on a read-only session, "
         "ReadOnlyError.\n"
      << "class Client {\n public:\n  explicit Client(Session& session) : session_(&session) {}\n";
  for (const OperationChoice& choice : choices_) {
    const Json& operation = model_.operations().at(choice.name);
    const bool input = operation.contains("input");
    const bool output = operation.contains("output");
    const std::string request =
        input ? type_identifier(operation.at("input").at("shape").get<std::string>()) : "";
    const std::string result =
        output ? type_identifier(operation.at("output").at("shape").get<std::string>()) : "void";
    out << "\n  " << result << " " << method_name(choice.name) << "("
        << (input ? "const " + request + "& request = {}" : "") << ") const;\n";
    for (const Stream& stream : kStreams) {
      if (!is_streamed(model_, operation, stream)) continue;
      out << "  /// " << stream.remark << "\n  " << result << " " << method_name(choice.name) << "("
          << (input ? "const " + request + "& request, " : "") << stream.type << "& " << stream.name
          << ") const;\n";
    }
    if (!page_tokens(choice)) continue;
    if (const ResultList list = result_list(choice); !list.element.empty()) {
      out << "  std::vector<" << list.element << "> " << method_name(choice.name) << "_all("
          << request << " request = {}) const;\n";
    }
    out << "  /// Page by page, until `visit` returns false.\n  void " << method_name(choice.name)
        << "_pages(" << request << " request, const std::function<bool(" << result
        << "&)>& visit) const;\n";
  }
  out << waiter_declarations()
      << "\n private:\n  Session* session_;\n};\n\n}  // namespace asiaq::aws::" << output_.space
      << "\n";
  return out.str();
}

std::string Writer::client_source() const {
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#include \"aws/" << output_.space
      << "/client.h\"\n\n#include \"aws/call.h\"\n#include \"aws/paging.h\"\n#include \"aws/"
      << output_.space << "/tables.h\"\n\nnamespace asiaq::aws::" << output_.space << " {\n";
  for (const OperationChoice& choice : choices_) {
    const Json& operation = model_.operations().at(choice.name);
    const bool input = operation.contains("input");
    const bool output = operation.contains("output");
    const std::string request =
        input ? type_identifier(operation.at("input").at("shape").get<std::string>()) : "";
    const std::string result =
        output ? type_identifier(operation.at("output").at("shape").get<std::string>()) : "void";
    const std::string table = "tables::" + type_identifier(choice.name) + "_operation";
    out << "\n"
        << result << " Client::" << method_name(choice.name) << "("
        << (input ? "const " + request + "& request" : "") << ") const {\n";
    if (output) out << "  " << result << " result;\n";
    out << "  call(*session_, tables::service, " << table << ", "
        << (input ? "&request" : "nullptr") << ", " << (output ? "&result" : "nullptr") << ");\n"
        << (output ? "  return result;\n" : "") << "}\n";
    for (const Stream& stream : kStreams) {
      if (!is_streamed(model_, operation, stream)) continue;
      out << "\n"
          << result << " Client::" << method_name(choice.name) << "("
          << (input ? "const " + request + "& request, " : "") << stream.type << "& " << stream.name
          << ") const {\n"
          << (output ? "  " + result + " result;\n" : "") << "  call(*session_, tables::service, "
          << table << ", " << (input ? "&request" : "nullptr") << ", "
          << (output ? "&result" : "nullptr") << ", {." << stream.name << " = &" << stream.name
          << "});\n"
          << (output ? "  return result;\n" : "") << "}\n";
    }
    if (!page_tokens(choice)) continue;
    if (const ResultList list = result_list(choice); !list.element.empty()) {
      out << "\nstd::vector<" << list.element << "> Client::" << method_name(choice.name) << "_all("
          << request << " request) const {\n  std::vector<" << list.element
          << "> all;\n  for_each_page<" << result << ">(*session_, tables::service, " << table
          << ", &request, [&](" << result << "& page) {\n    " << list.expression
          << "\n    return true;\n  });\n  return all;\n}\n";
    }
    out << "\nvoid Client::" << method_name(choice.name) << "_pages(" << request
        << " request, const std::function<bool(" << result
        << "&)>& visit) const {\n  for_each_page<" << result << ">(*session_, tables::service, "
        << table << ", &request, visit);\n}\n";
  }
  out << waiter_definitions() << "\n}  // namespace asiaq::aws::" << output_.space << "\n";
  return out.str();
}

std::string Writer::registry_source() const {
  std::ostringstream out;
  out << "// Written by awsgen; do not edit.\n#include \"aws/" << output_.space
      << "/types.h\"\n#include \"conformance/registry.h\"\n#include \"aws/" << output_.space
      << "/tables.h\"\n\nnamespace asiaq::aws::" << output_.space << " {\nnamespace {\n\n"
      << "const conformance::Registration registration{\n    " << literal(output_.space)
      << ",\n    tables::service,\n    {\n";
  for (const OperationChoice& choice : choices_) {
    const Json& operation = model_.operations().at(choice.name);
    const auto maker = [&](const char* side) {
      return operation.contains(side)
                 ? "conformance::make<" +
                       type_identifier(operation.at(side).at("shape").get<std::string>()) + ">"
                 : std::string("conformance::make_nothing");
    };
    out << "        {&tables::" << type_identifier(choice.name) << "_operation, " << maker("input")
        << ", " << maker("output") << "},\n";
  }
  out << "    }};\n\n}  // namespace\n}  // namespace asiaq::aws::" << output_.space << "\n";
  return out.str();
}

void Writer::write_client() const {
  write_if_changed(output_.folder / "types.h", types_header());
  write_if_changed(output_.folder / "tables.h", tables_header());
  write_if_changed(output_.folder / "tables.cpp", tables_source());
  write_if_changed(output_.folder / "client.h", client_header());
  write_if_changed(output_.folder / "client.cpp", client_source());
  write_if_changed(output_.folder / "rules.cpp", rules_source(model_.rules(), output_.space));
}

void Writer::write_suite() const {
  write_if_changed(output_.folder / "types.h", types_header());
  write_if_changed(output_.folder / "tables.h", tables_header());
  write_if_changed(output_.folder / "tables.cpp", tables_source());
  write_if_changed(output_.folder / "registry.cpp", registry_source());
  if (!model_.rules().is_null())
    write_if_changed(output_.folder / "rules.cpp", rules_source(model_.rules(), output_.space));
}

}  // namespace awsgen
