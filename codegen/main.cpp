// awsgen: AWS's own service models in, typed C++ clients out.
//
//   awsgen client --model <data>/<service> [--operations <file>] [--waiters <file>] --output <dir>
//   awsgen endpoint-suite --model <data>/<service> --suite <endpoint tests> --output <folder>
//   awsgen suite --suite <file of protocol suites> --name <name> --output <folder>
//   awsgen rules --model <endpoint rule set> --space <namespace> --output <file>
//   awsgen partitions --model <data>/partitions.json --output <file>

#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "model.h"
#include "names.h"
#include "rules_writer.h"
#include "writer.h"

namespace {

using Options = std::map<std::string, std::string>;

std::string needed(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end()) throw std::runtime_error("option --" + name + " is missing");
  return found->second;
}

// All that can be called: those that stream events cannot.
std::vector<awsgen::OperationChoice> all_operations(const awsgen::Model& model) {
  std::vector<awsgen::OperationChoice> choices;
  for (const auto& [name, operation] : model.operations().items()) {
    if (!model.streams_events(name))
      choices.push_back({.name = name, .effect = {}, .repeat = {}, .token = {}});
  }
  return choices;
}

// Those of the list, which cannot have what streams events: nobody could call it.
std::vector<awsgen::OperationChoice> listed_operations(const awsgen::Model& model,
                                                       const std::string& list) {
  auto choices = awsgen::read_operations(list);
  for (const awsgen::OperationChoice& choice : choices) {
    if (model.operations().contains(choice.name) && model.streams_events(choice.name)) {
      throw std::runtime_error(choice.name + " of " + model.name() +
                               " streams events, which is not spoken here");
    }
  }
  return choices;
}

void write_client(const Options& options) {
  awsgen::Model model = awsgen::Model::load(needed(options, "model"));
  if (options.contains("waiters")) model.add_waiters(options.at("waiters"));
  auto choices = options.contains("operations") ? listed_operations(model, options.at("operations"))
                                                : all_operations(model);
  const awsgen::Writer writer(
      model, std::move(choices),
      {.folder = needed(options, "output"), .space = awsgen::space_identifier(model.name())});
  writer.write_client();
}

// The operations with which a service's endpoint tests call its rules, if they do.
void write_endpoint_suite(const Options& options) {
  const awsgen::Model model = awsgen::Model::load(needed(options, "model"));
  const std::filesystem::path folder = needed(options, "output");
  const std::string space = "endpoint_" + awsgen::space_identifier(model.name());
  std::ifstream stream(needed(options, "suite"));
  std::vector<awsgen::OperationChoice> choices;
  std::set<std::string> named;
  const awsgen::Json suite = awsgen::Json::parse(stream);
  for (const awsgen::Json& test : suite.at("testCases")) {
    for (const awsgen::Json& input : test.value("operationInputs", awsgen::Json::array())) {
      const std::string name = input.at("operationName").get<std::string>();
      if (model.operations().contains(name) && named.insert(name).second)
        choices.push_back({.name = name, .effect = {}, .repeat = {}, .token = {}});
    }
  }
  std::string all = "// Written by awsgen; do not edit.\n";
  if (!choices.empty()) {
    const awsgen::Writer writer(model, choices, {.folder = folder / "aws" / space, .space = space});
    writer.write_suite();
    for (const char* part : {"tables", "rules", "registry"})
      all += "#include \"aws/" + space + "/" + part + ".cpp\"\n";
  }
  awsgen::write(folder / (space + ".cpp"), all);
}

// A suite is a small service model whose cases each describe an operation of their own.
awsgen::Model suite_model(const awsgen::Json& suite, const std::string& space,
                          std::vector<awsgen::OperationChoice>& choices) {
  awsgen::Json service{{"metadata", suite.at("metadata")},
                       {"operations", awsgen::Json::object()},
                       {"shapes", suite.value("shapes", awsgen::Json::object())}};
  // The older suites leave out what is as usual.
  for (auto& [name, shape] : service["shapes"].items()) {
    if (shape.value("type", "") == "structure" && !shape.contains("members")) {
      shape["members"] = awsgen::Json::object();
    }
  }
  for (const awsgen::Json& test : suite.at("cases")) {
    const std::string name = "Case" + std::to_string(choices.size());
    awsgen::Json& operation = service["operations"][name] = test.at("given");
    if (!operation.contains("http")) operation["http"] = {{"method", "POST"}, {"requestUri", "/"}};
    if (operation.contains("input") && operation["input"].contains("payload")) {
      service["shapes"][operation["input"].value("shape", "")]["payload"] =
          operation["input"]["payload"];
    }
    choices.push_back({.name = name, .effect = {}, .repeat = {}, .token = {}});
  }
  return {space, std::move(service)};
}

void write_suites(const Options& options) {
  const std::filesystem::path folder = needed(options, "output");
  const std::string name = needed(options, "name");
  std::ifstream stream(needed(options, "suite"));
  std::string all = "// Written by awsgen; do not edit.\n";
  std::size_t number = 0;
  for (const awsgen::Json& suite : awsgen::Json::parse(stream)) {
    const std::string space = name + "_" + std::to_string(number++);
    std::vector<awsgen::OperationChoice> choices;
    const awsgen::Model model = suite_model(suite, space, choices);
    if (!model.has_known_protocol()) continue;
    const awsgen::Writer writer(model, choices, {.folder = folder / "aws" / space, .space = space});
    writer.write_suite();
    all +=
        "#include \"aws/" + space + "/tables.cpp\"\n#include \"aws/" + space + "/registry.cpp\"\n";
  }
  awsgen::write(folder / (name + ".cpp"), all);
}

void write_rules(const Options& options) {
  std::ifstream stream(needed(options, "model"));
  awsgen::write(needed(options, "output"),
                awsgen::rules_source(awsgen::Json::parse(stream), needed(options, "space")));
}

void write_partitions(const Options& options) {
  std::ifstream stream(needed(options, "model"));
  awsgen::write(needed(options, "output"), awsgen::partitions_source(awsgen::Json::parse(stream)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2 || argc % 2 != 0)
      throw std::runtime_error("usage: awsgen client --option value …");
    Options options;
    for (int i = 2; i < argc; i += 2) {
      const std::string name = argv[i];
      if (!name.starts_with("--")) throw std::runtime_error("not an option: " + name);
      options[name.substr(2)] = argv[i + 1];
    }
    const std::string command = argv[1];
    if (command == "client") {
      write_client(options);
    } else if (command == "suite") {
      write_suites(options);
    } else if (command == "endpoint-suite") {
      write_endpoint_suite(options);
    } else if (command == "rules") {
      write_rules(options);
    } else if (command == "partitions") {
      write_partitions(options);
    } else {
      throw std::runtime_error("unknown command " + command);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "awsgen: %s\n", error.what());
    return 1;
  }
  return 0;
}
