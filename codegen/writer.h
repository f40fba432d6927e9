#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model.h"

/// Writes the C++ of one service: types.h, tables.h, tables.cpp, client.h, client.cpp.
namespace awsgen {

struct Output {
  std::filesystem::path folder;  ///< of this service
  std::string space;             ///< innermost namespace, also the include folder below aws/
};

class Writer {
 public:
  Writer(const Model& model, std::vector<OperationChoice> choices, Output output);

  std::string types_header() const;
  std::string tables_header() const;
  std::string tables_source() const;
  std::string client_header() const;
  std::string client_source() const;
  /// Operations by name with makers of their inputs and outputs: for programs that run suites.
  std::string registry_source() const;

  /// Writes what changed, so that nothing is compiled again for nothing.
  void write_client() const;
  void write_suite() const;

 private:
  std::string value_type(const std::string& shape) const;
  std::string slot_type(const std::string& structure, const std::string& member) const;
  std::string slot_access(const std::string& structure, const std::string& member) const;
  std::string shape_reference(const std::string& shape) const;
  std::string member_entry(const Traits& traits, const std::string& name, const std::string& place,
                           const std::string& parent) const;
  std::string request_name(const Traits& traits, const std::string& name) const;
  std::string response_name(const Traits& traits, const std::string& name) const;
  std::string structure_tables(const std::string& name) const;
  std::string collection_tables(const std::string& name) const;
  std::string operation_tables(const OperationChoice& choice) const;
  std::string endpoint_input_table(const Json& operation) const;
  std::string uri_template(const Json& http) const;
  bool is_read(const OperationChoice& choice, const Json& operation) const;
  bool is_repeatable(const OperationChoice& choice, const Json& operation) const;
  std::string field(const std::string& structure, const std::string& member) const;
  std::string token_of(const std::string& structure) const;

  const Json* pagination(const std::string& operation) const;
  /// The path of the first result key as an expression on `page` and the type of its elements;
  /// empty if not a list.
  struct ResultList {
    std::string expression;
    std::string element;
  };
  ResultList result_list(const OperationChoice& choice) const;

  const Model& model_;
  std::vector<OperationChoice> choices_;
  Output output_;
  Selection selection_;
  std::string protocol_;
};

void write(const std::filesystem::path& file, const std::string& text);
/// Leaves a file alone that already holds the text.
void write_if_changed(const std::filesystem::path& file, const std::string& text);

}  // namespace awsgen
