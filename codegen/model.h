#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/// A service model in botocore's format, read and cut down to the operations asked for.
namespace awsgen {

using Json = nlohmann::ordered_json;  // the order of members is the order on the wire

/// One line of codegen/operations/<service>: an operation and what the model does not say about it.
struct OperationChoice {
  std::string name;
  std::string effect;  ///< "read", "write" or empty: by the operation's name
  std::string repeat;  ///< "safe", "once" or empty: by token, HTTP method and name
  std::string token;   ///< input member that is an idempotency token although not marked as one
};

/// Reads a list of operations: one a line, `#` starts a comment. Throws std::runtime_error naming
/// file and line.
std::vector<OperationChoice> read_operations(const std::filesystem::path& file);

class Model {
 public:
  /// Reads the newest API version below `folder` (…/data/<service>) with its additions and
  /// paginators.
  static Model load(const std::filesystem::path& folder);
  /// A model of a protocol suite: no paginators, no endpoint rules.
  Model(std::string name, Json service);

  const std::string& name() const { return name_; }
  const Json& metadata() const { return service_.at("metadata"); }
  const Json& operations() const { return service_.at("operations"); }
  const Json& shape(const std::string& shape_name) const;
  const Json& shapes() const { return service_.at("shapes"); }
  const Json& pagination() const { return pagination_; }
  const Json& waiters() const { return waiters_; }
  /// Adds the waiters of a file in the form of waiters-2.json; they replace those of the same name.
  void add_waiters(const std::filesystem::path& file);
  const Json& rules() const { return rules_; }

  /// ec2, query, json, rest-json or rest-xml: the first of the model's protocols that we speak.
  std::string protocol() const;
  bool has_known_protocol() const;
  /// Whether one side of the operation is a stream of events, which is not spoken here.
  bool streams_events(const std::string& operation) const;

 private:
  std::string name_;
  Json service_;
  Json pagination_ = Json::object();
  Json waiters_ = Json::object();
  Json rules_;
  std::unordered_map<std::string, const Json*> shapes_;
  void index();
};

/// The traits of a member with those of its shape below it (a member's own win).
class Traits {
 public:
  Traits(const Model& model, const Json& reference);
  const Json& shape() const { return *shape_; }
  const std::string& shape_name() const { return shape_name_; }
  std::string type() const { return shape_->at("type").get<std::string>(); }
  bool flag(const char* name) const;
  std::string text(const char* name, const std::string& otherwise = "") const;
  const Json* find(const char* name) const;
  /// Of the reference only, not of the shape.
  std::string own_text(const char* name, const std::string& otherwise) const;

 private:
  const Json* reference_;
  const Json* shape_;
  std::string shape_name_;
};

/// The shapes that the operations reach.
struct Selection {
  std::vector<std::string> structures;   ///< in an order in which each can be defined
  std::vector<std::string> collections;  ///< lists and maps
  std::set<std::pair<std::string, std::string>>
      boxed;                      ///< (structure, member) that must be on the heap
  std::set<std::string> outputs;  ///< structures that are the output of an operation
};

/// Throws std::runtime_error for an operation that the model does not have.
Selection select_shapes(const Model& model, const std::vector<OperationChoice>& choices);

}  // namespace awsgen
