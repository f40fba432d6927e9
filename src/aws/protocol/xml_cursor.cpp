#include "aws/protocol/xml_cursor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "aws/protocol/protocol.h"

namespace asiaq::aws::protocol {
namespace {

constexpr std::size_t kDeepest = 250;

constexpr bool is_blank(char sign) {
  return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

using Signs = std::array<bool, 256>;

constexpr Signs signs_of(std::string_view text) {
  Signs signs{};
  for (const char sign : text) signs[static_cast<unsigned char>(sign)] = true;
  return signs;
}

constexpr Signs kEndOfName = signs_of(">/< \t\r\n");
constexpr Signs kToBeDecoded = signs_of("&\r");
constexpr Signs kEndOfPlainText = signs_of("<&\r");

// Where the first of the signs is. Faster on short texts than the search of the standard library.
std::size_t length_until(std::string_view text, const Signs& signs) {
  std::size_t length = 0;
  while (length < text.size() && !signs[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80U) {
    byte(code);
  } else if (code < 0x800U) {
    byte(0xC0U | (code >> 6U));
    byte(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    byte(0xE0U | (code >> 12U));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  } else {
    byte(0xF0U | (code >> 18U));
    byte(0x80U | ((code >> 12U) & 0x3FU));
    byte(0x80U | ((code >> 6U) & 0x3FU));
    byte(0x80U | (code & 0x3FU));
  }
}

// "#65" or "#x41". False if it is no character.
bool append_character(std::string& text, std::string_view number) {
  number.remove_prefix(1);
  const bool hexadecimal = number.starts_with('x');
  if (hexadecimal) number.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), code, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != number.data() + number.size()) return false;
  if (code == 0 || code > 0x10FFFFU || (code >= 0xD800U && code < 0xE000U)) return false;
  append_utf8(text, code);
  return true;
}

// The name between '&' and ';'. False if it is unknown.
bool append_reference(std::string& text, std::string_view name) {
  if (name.starts_with('#')) return append_character(text, name);
  constexpr std::pair<std::string_view, char> kKnown[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [known, sign] : kKnown) {
    if (known != name) continue;
    text += sign;
    return true;
  }
  return false;
}

}  // namespace

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void append_decoded_xml(std::string& text, std::string_view raw) {
  constexpr std::size_t kLongestReference = 12;
  while (!raw.empty()) {
    const std::size_t plain = length_until(raw, kToBeDecoded);
    text += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) return;
    if (raw.front() == '\r') {
      text += '\n';
      raw.remove_prefix(raw.starts_with("\r\n") ? 2 : 1);
      continue;
    }
    const std::size_t end = raw.substr(0, kLongestReference).find(';');
    if (end != std::string_view::npos && append_reference(text, raw.substr(1, end - 1))) {
      raw.remove_prefix(end + 1);
    } else {
      text += '&';
      raw.remove_prefix(1);
    }
  }
}

XmlCursor::XmlCursor(std::string_view document) : rest_(document) {
  if (looking_at("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

void XmlCursor::fail(std::string_view problem) {
  throw UnreadableResponse{"the body is not XML: " + std::string(problem)};
}

void XmlCursor::to_next_tag() {
  if (!rest_.empty() && rest_.front() == '<') return;
  const std::size_t bracket = rest_.find('<');
  if (bracket == std::string_view::npos) fail("it is cut off");
  rest_.remove_prefix(bracket);
}

void XmlCursor::pass(std::string_view end) {
  const std::size_t found = rest_.find(end);
  if (found == std::string_view::npos) fail("it is cut off");
  rest_.remove_prefix(found + end.size());
}

// Passes a comment, an instruction or a CDATA section; false if it is none of them.
bool XmlCursor::pass_markup() {
  if (rest_.size() < 2 || (rest_[1] != '!' && rest_[1] != '?')) return false;
  if (looking_at("<?")) {
    pass("?>");
  } else if (looking_at("<!--")) {
    pass("-->");
  } else if (looking_at("<![CDATA[")) {
    pass("]]>");
  } else if (looking_at("<!DOCTYPE")) {
    throw UnreadableResponse{"the body declares a document type"};
  } else {
    fail("it holds a declaration");
  }
  return true;
}

// From behind a tag's name to its bracket, which may also stand in an attribute.
std::size_t XmlCursor::tag_length(std::string_view text) {
  char quote = '\0';
  for (std::size_t length = 0; length < text.size(); ++length) {
    const char sign = text[length];
    if (quote != '\0') {
      if (sign == quote) quote = '\0';
    } else if (sign == '>') {
      return length;
    } else if (sign == '"' || sign == '\'') {
      quote = sign;
    } else if (sign == '<') {
      fail("a tag has no end");
    }
  }
  fail("it is cut off");
}

XmlCursor::Element XmlCursor::start_tag() {
  rest_.remove_prefix(1);
  const std::size_t name_end = length_until(rest_, kEndOfName);
  const std::string_view name = rest_.substr(0, name_end);
  if (name.empty()) fail("an element has no name");
  const std::size_t end = name_end + tag_length(rest_.substr(name_end));
  is_empty_ = end > name_end && rest_[end - 1] == '/';
  const Element element{local_name(name),
                        rest_.substr(name_end, end - name_end - (is_empty_ ? 1 : 0))};
  rest_.remove_prefix(end + 1);
  if (!is_empty_) {
    if (open_.size() >= kDeepest) throw UnreadableResponse{"the body is nested too deeply"};
    open_.push_back(name);
  }
  return element;
}

void XmlCursor::end_tag() {
  const std::string_view name = open_.back();
  rest_.remove_prefix(2);
  if (!looking_at(name)) {
    fail(rest_.size() < name.size() ? "it is cut off" : "an end tag does not match");
  }
  rest_.remove_prefix(name.size());
  std::size_t end = 0;
  while (end < rest_.size() && is_blank(rest_[end])) ++end;
  if (end == rest_.size()) fail("it is cut off");
  if (rest_[end] != '>') fail("an end tag does not match");
  rest_.remove_prefix(end + 1);
  open_.pop_back();
}

XmlCursor::Element XmlCursor::root() {
  while (true) {
    const std::size_t bracket = rest_.find('<');
    if (bracket == std::string_view::npos) fail("it has no element");
    const std::string_view before = rest_.substr(0, bracket);
    if (!std::all_of(before.begin(), before.end(), is_blank)) fail("it begins with text");
    rest_.remove_prefix(bracket);
    if (!pass_markup()) return start_tag();
  }
}

std::optional<XmlCursor::Element> XmlCursor::child() {
  if (is_empty_) {
    is_empty_ = false;
    return std::nullopt;
  }
  do {
    to_next_tag();
  } while (pass_markup());
  if (!looking_at("</")) return start_tag();
  end_tag();
  return std::nullopt;
}

std::string_view XmlCursor::text() {
  if (is_empty_) {
    is_empty_ = false;
    return {};
  }
  const std::string_view from = rest_;
  const std::size_t plain = length_until(rest_, kEndOfPlainText);
  rest_.remove_prefix(plain);
  to_next_tag();
  const std::string_view raw = from.substr(0, from.size() - rest_.size());
  if (!looking_at("</")) {
    rest_ = from;
    return whole_text();
  }
  end_tag();
  if (raw.size() == plain) return raw;
  decoded_.clear();
  append_decoded_xml(decoded_, raw);
  return decoded_;
}

// With CDATA sections, comments and children in it.
std::string_view XmlCursor::whole_text() {
  constexpr std::string_view kSection = "<![CDATA[";
  decoded_.clear();
  while (true) {
    const std::string_view from = rest_;
    to_next_tag();
    append_decoded_xml(decoded_, from.substr(0, from.size() - rest_.size()));
    if (looking_at("</")) {
      end_tag();
      return decoded_;
    }
    const std::string_view markup = rest_;
    if (pass_markup()) {
      if (markup.starts_with(kSection)) {
        const std::size_t size = markup.size() - rest_.size() - kSection.size() - 3;
        decoded_ += markup.substr(kSection.size(), size);
      }
    } else {
      start_tag();
      skip();
    }
  }
}

void XmlCursor::skip() {
  if (is_empty_) {
    is_empty_ = false;
    return;
  }
  const std::size_t outside = open_.size() - 1;
  while (open_.size() > outside) {
    child();
    is_empty_ = false;
  }
}

}  // namespace asiaq::aws::protocol
