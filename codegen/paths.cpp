#include "paths.h"

#include <algorithm>
#include <cctype>

#include "names.h"

namespace awsgen {
namespace {

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (const char sign : text) {
    if (!std::isalnum(static_cast<unsigned char>(sign)) && sign != '_') return false;
  }
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

Step parse_step(std::string_view word) {
  if (take_suffix(word, "[]") || take_suffix(word, "[*]")) return {std::string(word), "each"};
  if (take_suffix(word, "[-1]")) return {std::string(word), "last"};
  return {std::string(word), "whole"};
}

// The shape behind one step from a structure; empty if the step cannot be made.
std::string follow(const Model& model, const std::string& shape, const Step& step) {
  const Json& json = model.shape(shape);
  if (json.at("type") != "structure" || !json.at("members").contains(step.member)) return "";
  std::string target = json.at("members").at(step.member).at("shape").get<std::string>();
  const Json& held = model.shape(target);
  if (step.take == "whole") return target;
  if (step.take == "keys") {
    return held.at("type") == "map" ? held.at("key").at("shape").get<std::string>() : "";
  }
  return held.at("type") == "list" ? held.at("member").at("shape").get<std::string>() : "";
}

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == std::string::npos ? ""
                                    : text.substr(start, text.find_last_not_of(' ') - start + 1);
}

}  // namespace

std::optional<Steps> parse_path(const Model& model, const std::string& shape,
                                const std::string& expression) {
  Steps steps;
  std::string_view text = expression;
  constexpr std::string_view keys = "keys(";
  if (text.starts_with(keys) && take_suffix(text, ")")) {
    steps.push_back({std::string(text.substr(keys.size())), "keys"});
  } else {
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t dot = std::min(text.find('.', start), text.size());
      steps.push_back(parse_step(text.substr(start, dot - start)));
      start = dot + 1;
    }
  }
  std::string at = shape;
  for (const Step& step : steps) {
    if (!is_name(step.member)) return std::nullopt;
    at = follow(model, at, step);
    if (at.empty()) return std::nullopt;
  }
  return steps;
}

std::optional<std::vector<Steps>> parse_alternatives(const Model& model, const std::string& shape,
                                                     const std::string& expression) {
  std::vector<Steps> all;
  for (std::size_t start = 0; start <= expression.size();) {
    const std::size_t bar = std::min(expression.find("||", start), expression.size());
    const auto steps = parse_path(model, shape, trimmed(expression.substr(start, bar - start)));
    if (!steps) return std::nullopt;
    all.push_back(*steps);
    start = bar + 2;
  }
  return all;
}

std::string shape_at(const Model& model, const std::string& shape, const Steps& steps) {
  std::string at = shape;
  for (const Step& step : steps) at = follow(model, at, step);
  return at;
}

std::string PathTables::path(const Steps& steps) {
  if (steps.empty()) return "{}";
  std::string text;
  for (const Step& step : steps) {
    text += "{" + literal(step.member);
    if (step.take != "whole") text += ", PathStep::Take::" + step.take;
    text += "}, ";
  }
  const auto [place, is_new] = known_.try_emplace(text, "path_" + std::to_string(known_.size()));
  if (is_new) out_ << "constexpr PathStep " << place->second << "[] = {" << text << "};\n";
  return place->second;
}

std::string PathTables::take() {
  std::string text = out_.str();
  out_.str("");
  return text;
}

}  // namespace awsgen
