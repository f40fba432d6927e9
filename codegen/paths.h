#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "model.h"

/// The part of JMESPath that AWS's models use, taken apart for tables (src/aws/path.h).
namespace awsgen {

struct Step {
  std::string member;
  std::string take = "whole";  ///< as in PathStep::Take
};
using Steps = std::vector<Step>;

/// "A.B[].C", "A[-1].B", "keys(A)". Nothing if it is anything else, or if the shape has no such
/// members.
std::optional<Steps> parse_path(const Model& model, const std::string& shape,
                                const std::string& expression);

/// "A || B[-1].C". Nothing unless each part is a path.
std::optional<std::vector<Steps>> parse_alternatives(const Model& model, const std::string& shape,
                                                     const std::string& expression);

/// The name of the shape at the end of the path; a key of a map has none.
std::string shape_at(const Model& model, const std::string& shape, const Steps& steps);

/// Constants for paths; equal ones are written once.
class PathTables {
 public:
  /// The name of the table of these steps; "{}" for none.
  std::string path(const Steps& steps);
  /// The tables asked for since the last call.
  std::string take();

 private:
  std::map<std::string, std::string> known_;
  std::ostringstream out_;
};

}  // namespace awsgen
