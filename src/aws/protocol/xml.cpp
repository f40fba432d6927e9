#include "aws/protocol/xml.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "aws/protocol/plain_text.h"
#include "aws/protocol/protocol.h"
#include "aws/protocol/xml_cursor.h"
#include "base/text.h"

namespace asiaq::aws::protocol {
namespace {

class XmlWriter {
 public:
  explicit XmlWriter(const std::string& token) : token_(token) {}

  void structure(pugi::xml_node node, const Shape& shape, const void* value) {
    for (const Member& member : shape.members) {
      if (member.place != Place::body) continue;
      const void* inner = value_to_send(member, value, token_);
      if (inner == nullptr) continue;
      if (member.has(member_flag::xml_attribute)) {
        node.append_attribute(std::string(member.request_name).c_str())
            .set_value(scalar_text(member, inner, TimeFormat::iso8601).c_str());
      } else {
        any(node, member, inner, member.request_name);
      }
    }
  }

  static pugi::xml_node child(pugi::xml_node parent, std::string_view name,
                              const XmlNamespace* space) {
    pugi::xml_node node = parent.append_child(std::string(name).c_str());
    if (space != nullptr) {
      const std::string attribute =
          space->prefix.empty() ? "xmlns" : "xmlns:" + std::string(space->prefix);
      node.append_attribute(attribute.c_str()).set_value(std::string(space->uri).c_str());
    }
    return node;
  }

 private:
  void any(pugi::xml_node parent, const Member& member, const void* value, std::string_view name) {
    switch (member.shape->kind) {
      case Kind::structure:
        return structure(child(parent, name, member.xml_namespace), *member.shape, value);
      case Kind::list:
        return list(parent, member, value, name);
      case Kind::map:
        return map(parent, member, value, name);
      default:
        child(parent, name, member.xml_namespace)
            .append_child(pugi::node_pcdata)
            .set_value(scalar_text(member, value, TimeFormat::iso8601).c_str());
    }
  }

  void list(pugi::xml_node parent, const Member& member, const void* value, std::string_view name) {
    const Shape& shape = *member.shape;
    const bool flat = member.has(member_flag::flattened);
    const pugi::xml_node around = flat ? parent : child(parent, name, member.xml_namespace);
    const std::string_view element = flat ? name : shape.element().request_name;
    for (std::size_t i = 0; i < shape.list->size(value); ++i) {
      any(around, shape.element(), shape.list->at(value, i), element);
    }
  }

  void map(pugi::xml_node parent, const Member& member, const void* value, std::string_view name) {
    struct Context {
      XmlWriter* writer;
      pugi::xml_node parent;
      const Member* member;
      std::string_view entry;
    };
    const bool flat = member.has(member_flag::flattened);
    Context context{this, flat ? parent : child(parent, name, member.xml_namespace), &member,
                    flat ? name : "entry"};
    member.shape->map->for_each(
        value, &context, [](void* self, const std::string& key, const void* mapped) {
          auto& c = *static_cast<Context*>(self);
          const pugi::xml_node entry =
              child(c.parent, c.entry,
                    c.member->has(member_flag::flattened) ? c.member->xml_namespace : nullptr);
          c.writer->any(entry, c.member->shape->key(), &key, c.member->shape->key().request_name);
          c.writer->any(entry, c.member->shape->mapped(), mapped,
                        c.member->shape->mapped().request_name);
        });
  }

  const std::string& token_;
};

// Fills values from the element that the cursor is in, and leaves it.
class XmlReader {
 public:
  explicit XmlReader(XmlCursor& cursor) : cursor_(cursor) {}

  void structure(const XmlCursor::Element& element, const Shape& shape, void* value) {
    if (!element.attributes.empty()) attributes(element, shape, value);
    // Members mostly come in the order of the model: the search goes on where the last one was
    // found.
    std::size_t next = 0;
    while (const auto child = cursor_.child()) {
      const Member* member = find(shape, child->name, next);
      if (member == nullptr) {
        cursor_.skip();
      } else {
        slot(*child, *member, value);
      }
    }
  }

 private:
  // The first sign tells most names apart at once.
  static bool is_same(std::string_view left, std::string_view right) {
    return left.size() == right.size() && !left.empty() && left.front() == right.front() &&
           left == right;
  }

  static bool is_named(const Member& member, std::string_view name) {
    return is_same(member.response_name, name) && member.is_in_response_body();
  }

  // The items of a flattened list have the list's name; some services give them that of an item.
  static bool has_items_named(const Member& member, std::string_view name) {
    return member.has(member_flag::flattened) && member.shape->kind == Kind::list &&
           member.is_in_response_body() && is_same(member.shape->element().response_name, name);
  }

  // From `next` on, then from the beginning; `next` becomes what is behind the member found.
  template <class Fits>
  static const Member* find(const Shape& shape, std::size_t& next, const Fits& fits) {
    const Member* const begin = shape.members.data();
    const Member* const end = begin + shape.members.size();
    const Member* const middle = begin + next;
    const Member* found = std::find_if(middle, end, fits);
    if (found == end) {
      found = std::find_if(begin, middle, fits);
      if (found == middle) return nullptr;
    }
    next = static_cast<std::size_t>(found - begin) + 1;
    return found;
  }

  static const Member* find(const Shape& shape, std::string_view name, std::size_t& next) {
    const Member* found =
        find(shape, next, [name](const Member& member) { return is_named(member, name); });
    if (found != nullptr) return found;
    return find(shape, next,
                [name](const Member& member) { return has_items_named(member, name); });
  }

  void attributes(const XmlCursor::Element& element, const Shape& shape, void* value) {
    for (const Member& member : shape.members) {
      if (!member.has(member_flag::xml_attribute)) continue;
      for_each_attribute(element.attributes, [&](std::string_view name, const std::string& text) {
        if (local_name(name) == local_name(member.response_name)) {
          set_scalar(member, member.make(value), text);
        }
      });
    }
  }

  void slot(const XmlCursor::Element& element, const Member& member, void* structure) {
    switch (member.shape->kind) {
      case Kind::structure:
      case Kind::list:
      case Kind::map:
        return any(element, member, member.make(structure));
      default:
        break;
    }
    // Empty elements of scalars other than texts mean that there is no value.
    const std::string_view text = cursor_.text();
    const bool is_text = member.shape->kind == Kind::string || member.shape->kind == Kind::blob;
    if (is_text || !text.empty()) set_scalar(member, member.make(structure), text);
  }

  void any(const XmlCursor::Element& element, const Member& member, void* value) {
    const Shape& shape = *member.shape;
    switch (shape.kind) {
      case Kind::structure:
        return structure(element, shape, value);
      case Kind::list:
        if (member.has(member_flag::flattened)) {
          return any(element, shape.element(), shape.list->append(value));
        }
        while (const auto item = cursor_.child()) {
          any(*item, shape.element(), shape.list->append(value));
        }
        return;
      case Kind::map:
        if (member.has(member_flag::flattened)) return entry(shape, value);
        while (cursor_.child()) entry(shape, value);
        return;
      default:
        set_scalar(member, value, cursor_.text());
    }
  }

  // The value may come before its key.
  void entry(const Shape& shape, void* map) {
    std::string key;
    XmlCursor ahead = cursor_;
    while (const auto child = ahead.child()) {
      if (child->name == shape.key().response_name) {
        key = ahead.text();
      } else {
        ahead.skip();
      }
    }
    void* value = shape.map->insert(map, std::move(key));
    while (const auto child = cursor_.child()) {
      if (child->name == shape.mapped().response_name) {
        any(*child, shape.mapped(), value);
      } else {
        cursor_.skip();
      }
    }
  }

  XmlCursor& cursor_;
};

// Goes into the child of that name if there is one. The rest behind it must be well-formed too.
bool enter(XmlCursor& cursor, std::string_view wrapper, XmlCursor::Element& element) {
  XmlCursor ahead = cursor;
  while (const auto child = ahead.child()) {
    if (child->name == wrapper) {
      element = *child;
      cursor = std::move(ahead);
      return true;
    }
    ahead.skip();
  }
  return false;
}

}  // namespace

void load_xml(pugi::xml_document& document, const std::string& body) {
  const pugi::xml_parse_result result = document.load_buffer(
      body.data(), body.size(),
      pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype);
  if (!result) {
    throw UnreadableResponse{std::string("the body is not XML: ") + result.description()};
  }
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype) {
      throw UnreadableResponse{"the body declares a document type"};
    }
  }
}

std::string write_xml(std::string_view root, const XmlNamespace* xml_namespace, const Shape& shape,
                      const void* structure, const std::string& token) {
  pugi::xml_document document;
  XmlWriter writer(token);
  writer.structure(XmlWriter::child(document, root, xml_namespace), shape, structure);
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

void read_xml(std::string_view body, const Shape& shape, void* structure,
              std::string_view wrapper) {
  XmlCursor cursor(body);
  XmlCursor::Element element = cursor.root();
  // What proxies and log-in pages say with status 200 would pass for an empty answer.
  if (lower_case(element.name) == "html") throw UnreadableResponse{"the body is a web page"};
  // S3 answers where a bucket is with the bare member as root.
  if (shape.members.size() == 1 && shape.members[0].response_name == element.name &&
      shape.members[0].shape->kind == Kind::string) {
    set_scalar(shape.members[0], shape.members[0].make(structure), cursor.text());
    return;
  }
  const bool wrapped = !wrapper.empty() && enter(cursor, wrapper, element);
  XmlReader(cursor).structure(element, shape, structure);
  if (wrapped) cursor.skip();
}

}  // namespace asiaq::aws::protocol
