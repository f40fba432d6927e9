#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model.h"
#include "paths.h"

/// Writes the C++ of one service: types.h, tables.h, tables.cpp, client.h, client.cpp.
namespace awsgen {

struct Output {
  std::filesystem::path folder;  ///< of this service
  std::string space;             ///< innermost namespace, also the include folder below aws/
};

struct PageTokens {
  std::vector<std::string> inputs;
  std::vector<std::vector<Steps>> outputs;  ///< for each input the places where it may be
  Steps more_results;
};

struct AcceptorChoice {
  std::string verdict, match;  ///< as in Acceptor
  Steps path;
  std::string expected;
};

struct WaiterChoice {
  std::string name;
  OperationChoice operation;
  std::vector<AcceptorChoice> acceptors;
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
  std::string operation_tables(const OperationChoice& choice, PathTables& paths) const;
  std::string page_tables(const std::string& type, const PageTokens& tokens,
                          PathTables& paths) const;
  std::string endpoint_input_table(const Json& operation, PathTables& paths) const;
  std::string waiter_table(const WaiterChoice& waiter, PathTables& paths) const;
  std::string waiter_declarations() const;
  std::string waiter_definitions() const;
  std::string uri_template(const Json& http) const;
  bool is_read(const OperationChoice& choice, const Json& operation) const;
  bool is_repeatable(const OperationChoice& choice, const Json& operation) const;
  std::string field(const std::string& structure, const std::string& member) const;
  std::string token_of(const std::string& structure) const;

  /// Nothing for operations without pages, and for those whose tokens are no texts.
  std::optional<PageTokens> page_tokens(const OperationChoice& choice) const;
  void choose_waiters();
  std::optional<AcceptorChoice> acceptor_of(const Json& acceptor, const Json& operation) const;
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
  std::vector<WaiterChoice> waiters_;
  std::vector<std::string> strange_waiters_;  ///< whose conditions have no tables
};

void write(const std::filesystem::path& file, const std::string& text);
/// Leaves a file alone that already holds the text.
void write_if_changed(const std::filesystem::path& file, const std::string& text);

}  // namespace awsgen
