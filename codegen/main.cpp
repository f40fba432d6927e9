// awsgen: AWS's own service models in, typed C++ clients out.
//
//   awsgen client --model <data>/<service> --operations <file> --output <folder>
//   awsgen partitions --model <data>/partitions.json --output <file>

#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include "model.h"
#include "rules_writer.h"
#include "writer.h"

namespace {

using Options = std::map<std::string, std::string>;

std::string needed(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end()) throw std::runtime_error("option --" + name + " is missing");
  return found->second;
}

void write_client(const Options& options) {
  const awsgen::Model model = awsgen::Model::load(needed(options, "model"));
  const awsgen::Writer writer(model, awsgen::read_operations(needed(options, "operations")),
                              {.folder = needed(options, "output"), .space = model.name()});
  writer.write_client();
}

void write_partitions(const Options& options) {
  std::ifstream stream(needed(options, "model"));
  awsgen::write_if_changed(needed(options, "output"),
                           awsgen::partitions_source(awsgen::Json::parse(stream)));
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
