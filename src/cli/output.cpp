#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::cli {

namespace {

using Json = nlohmann::ordered_json;

Json as_json(const Fact& fact) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return nullptr;
        } else {
          return value;
        }
      },
      fact);
}

}  // namespace

void Output::write(std::string_view text) {
  while (!text.empty() && !is_closed_) {
    const ssize_t written = ::write(file_descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      is_closed_ = true;
    } else if (errno != EINTR) {
      throw Error("Output", fmt::format("cannot write results: {}", std::strerror(errno)));
    }
  }
}

void Output::line(std::string_view text) {
  std::string whole(text);
  whole += '\n';
  write(whole);
}

std::string padded(std::string_view text, std::size_t width, Align align) {
  return align == Align::left ? left_aligned(text, width) : right_aligned(text, width);
}

std::string json_rows(const std::vector<std::vector<std::pair<std::string, Fact>>>& rows) {
  Json array = Json::array();
  for (const auto& row : rows) {
    Json object = Json::object();
    for (const auto& [key, fact] : row) object[key] = as_json(fact);
    array.push_back(std::move(object));
  }
  // Text from AWS may hold any bytes; those that are not UTF-8 must not end the command.
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace asiaq::cli
