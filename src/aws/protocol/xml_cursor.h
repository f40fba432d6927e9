#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading XML from front to back, without a tree of it in memory.
namespace asiaq::aws::protocol {

/// `item` of `ec2:item`.
std::string_view local_name(std::string_view name);

/// Walks through the elements of a document (XML 1.0 in UTF-8, as AWS sends it). Comments and
/// processing instructions are passed over; a document type is refused, and with it all entities
/// but the five of XML itself; of an unknown one the text stays. Names lose their prefix.
///
/// Every element is left by one of `child` (called until there is none), `text` and `skip`. Views
/// point into the document, which must outlive them. A copy goes its own way from where the
/// original stands. All functions throw UnreadableResponse for what is not well-formed, what is cut
/// off, and what is nested more than 250 deep.
class XmlCursor {
 public:
  struct Element {
    std::string_view name;
    std::string_view attributes;  ///< as written between the name and the bracket

    bool operator==(const Element&) const = default;
  };

  explicit XmlCursor(std::string_view document);

  /// Enters the outermost element.
  Element root();
  /// Enters the next child of the element that the cursor is in, or leaves that element.
  std::optional<Element> child();
  /// Leaves the element; its text, without that of its children. Good until the next call.
  std::string_view text();
  /// Leaves the element and all that is in it.
  void skip();

 private:
  [[noreturn]] static void fail(std::string_view problem);
  bool looking_at(std::string_view text) const { return rest_.starts_with(text); }
  void to_next_tag();
  void pass(std::string_view end);
  bool pass_markup();
  static std::size_t tag_length(std::string_view text);
  Element start_tag();
  void end_tag();
  std::string_view whole_text();

  std::string_view rest_;
  std::vector<std::string_view> open_;  ///< names as written, outermost first
  bool is_empty_ = false;               ///< in an element like <this/>
  std::string decoded_;
};

/// `raw` with its references replaced and its line ends made uniform, behind `text`.
void append_decoded_xml(std::string& text, std::string_view raw);

/// Calls `visit(name, value)` for each of an element's attributes; names as written, values
/// decoded.
template <class Visit>
void for_each_attribute(std::string_view attributes, const Visit& visit) {
  constexpr std::string_view kBlanks = " \t\r\n";
  while (true) {
    attributes.remove_prefix(std::min(attributes.find_first_not_of(kBlanks), attributes.size()));
    const std::size_t equals = attributes.find('=');
    if (equals == std::string_view::npos) return;
    std::string_view name = attributes.substr(0, equals);
    name = name.substr(0, name.find_first_of(kBlanks));
    attributes.remove_prefix(equals + 1);
    attributes.remove_prefix(std::min(attributes.find_first_not_of(kBlanks), attributes.size()));
    if (attributes.empty()) return;
    const std::size_t end = attributes.find(attributes.front(), 1);
    if (end == std::string_view::npos) return;
    std::string value;
    append_decoded_xml(value, attributes.substr(1, end - 1));
    attributes.remove_prefix(end + 1);
    visit(name, value);
  }
}

}  // namespace asiaq::aws::protocol
