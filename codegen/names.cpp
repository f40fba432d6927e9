#include "names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace awsgen {
namespace {

// Words that the general rule would tear apart.
constexpr std::array<std::array<std::string_view, 2>, 6> kWholeWords{
    {{"CachediSCSI", "CachedIscsi"},
     {"StorediSCSI", "StoredIscsi"},
     {"HITs", "Hits"},
     {"PartiQL", "Partiql"},
     {"WhatsApp", "Whatsapp"},
     {"OAuth2", "Oauth2"}}};

constexpr std::array<std::string_view, 76> kKeywords{
    "alignas",   "alignof",   "and",      "asm",      "auto",      "bool",     "break",
    "case",      "catch",     "char",     "class",    "compl",     "concept",  "const",
    "continue",  "decltype",  "default",  "delete",   "do",        "double",   "else",
    "enum",      "explicit",  "export",   "extern",   "false",     "float",    "for",
    "friend",    "goto",      "if",       "inline",   "int",       "long",     "mutable",
    "namespace", "new",       "noexcept", "not",      "nullptr",   "operator", "or",
    "private",   "protected", "public",   "register", "requires",  "return",   "short",
    "signed",    "sizeof",    "static",   "struct",   "switch",    "template", "this",
    "throw",     "true",      "try",      "typedef",  "typeid",    "typename", "union",
    "unsigned",  "using",     "virtual",  "void",     "volatile",  "while",    "xor",
    "constexpr", "consteval", "co_await", "co_yield", "co_return", "unix"};

// What generated code calls by these names is the runtime's.
constexpr std::array<std::string_view, 27> kTaken{
    "Acceptor",      "Auth",       "Boolean",     "Box",      "Client",     "Effect",
    "EndpointInput", "ErrorShape", "Kind",        "List",     "Map",        "Member",
    "Operation",     "Pages",      "Path",        "PathStep", "Place",      "Protocol",
    "Repeat",        "Service",    "Session",     "Shape",    "TimeFormat", "Timestamp",
    "WaitOptions",   "Waiter",     "XmlNamespace"};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char sign) { return static_cast<char>(std::tolower(sign)); });
  return text;
}

std::string identifier(std::string text) {
  for (char& sign : text) {
    if (!std::isalnum(static_cast<unsigned char>(sign)) && sign != '_') sign = '_';
  }
  // Names that begin with underscores belong to the implementation.
  const std::size_t start = std::min(text.find_first_not_of('_'), text.size());
  text.erase(0, start);
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front()))) text.insert(0, "n_");
  if (std::find(kKeywords.begin(), kKeywords.end(), text) != kKeywords.end()) text += '_';
  return text;
}

}  // namespace

std::string snake_case(std::string_view name) {
  static const std::regex plural_acronym("[A-Z]{2,}s$");
  static const std::regex first_capital("(.)([A-Z][a-z]+)");
  static const std::regex end_capital("([a-z0-9])([A-Z])");
  std::string text(name);
  if (text.find('_') != std::string::npos) return lower(text);
  for (const auto& [word, whole] : kWholeWords) replace_all(text, word, whole);
  std::smatch match;
  if (std::regex_search(text, match, plural_acronym)) {
    const std::string tail = lower(match.str());
    text = match.prefix().str() + "_" + tail;
  }
  text = std::regex_replace(text, first_capital, "$1_$2");
  text = lower(std::regex_replace(text, end_capital, "$1_$2"));
  while (text.find("__") != std::string::npos) replace_all(text, "__", "_");
  return text;
}

std::string member_identifier(std::string_view name) { return identifier(snake_case(name)); }

std::string type_identifier(std::string_view name) {
  std::string text = identifier(std::string(name));
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (std::find(kTaken.begin(), kTaken.end(), text) != kTaken.end()) text += "Shape";
  return text;
}

std::string collection_identifier(std::string_view name) { return identifier(std::string(name)); }

std::string space_identifier(std::string_view service) { return identifier(std::string(service)); }

std::string literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char sign : text) {
    if (sign == '\n') {
      quoted += "\\n";
      continue;
    }
    if (sign == '"' || sign == '\\') quoted += '\\';
    quoted += sign;
  }
  return quoted + '"';
}

}  // namespace awsgen
