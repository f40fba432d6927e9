#include "aws/endpoint/endpoint.h"
#include "aws/session_parts.h"
#include "conformance/case.h"
#include "conformance/registry.h"
#include "conformance/values.h"
#include "support/aws_session.h"
#include "support/scratch_folder.h"

namespace asiaq::aws::conformance {
namespace {

// Options of a section; those of a service are indented below its name.
std::string section_text(const std::string& header, const Json& options) {
  std::string text = "[" + header + "]\n";
  for (const auto& [name, value] : options.items()) {
    if (!value.is_object()) {
      text += name + " = " + value.get<std::string>() + "\n";
      continue;
    }
    text += name + " =\n";
    for (const auto& [inner, inner_value] : value.items())
      text += "  " + inner + " = " + inner_value.get<std::string>() + "\n";
  }
  return text;
}

// The profile of the case, and the section of services that it names.
std::string config_file(const Json& suite, const std::string& profile) {
  const Json& options = suite.at("profiles").at(profile);
  std::string text = section_text("profile " + profile, options);
  if (options.contains("services")) {
    const std::string services = options.at("services").get<std::string>();
    text += section_text("services " + services, suite.at("services").at(services));
  }
  return text;
}

std::vector<std::string> run(const Json& suite, const Json& test) {
  const std::string profile = test.at("profile").get<std::string>();
  const test::ScratchFolder folder;
  folder.write("config", config_file(suite, profile));
  const Json variables =
      suite.at("environments").value(test.value("environment", ""), Json::object());
  auto environment = variables.get<Variables>();
  environment["AWS_CONFIG_FILE"] = (folder.path() / "config").string();
  const Json client =
      suite.at("client_configs").value(test.value("client_config", ""), Json::object());
  // Only the environment and the profile can say this to a session.
  if (client.value("ignore_configured_endpoint_urls", false))
    environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  SessionOptions options{.profile = profile, .environment = environment_of(environment)};
  if (client.contains("endpoint_url"))
    options.endpoint = client.at("endpoint_url").get<std::string>();
  Session session(std::move(options));

  const std::string service = test.at("service").get<std::string>();
  const Registered* registered = Registration::find("endpoint_" + service);
  if (registered == nullptr) return {"nothing was generated for " + service};
  const endpoint::Endpoint found = endpoint::resolve(*registered->service, Operation{}, nullptr,
                                                     session.region(), session.parts().settings);
  const std::string url = found.url.scheme + "://" + found.url.host;
  const std::string wanted = test.at("output").at("endpointUrl").get<std::string>();
  if (url == wanted) return {};
  return {"endpoint\n  is     " + url + "\n  wanted " + wanted};
}

}  // namespace

void add_configuration_cases() {
  const auto folder = suites_folder() / "functional/configured_endpoint_urls";
  if (!std::filesystem::exists(folder)) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const Json all = Json::parse(read_text(entry.path()));
    for (const Json& suite : all.at("testSuites")) {
      for (const Json& test : suite.at("endpointUrlTests")) {
        add_case("ConfiguredEndpoint", test_name(test.at("name").get<std::string>()),
                 [suite, test] { return run(suite, test); });
      }
    }
  }
}

}  // namespace asiaq::aws::conformance
