#include "aws/protocol/xml.h"

#include <pugixml.hpp>
#include <sstream>

#include "aws/protocol/plain_text.h"
#include "aws/protocol/protocol.h"

namespace asiaq::aws::protocol {
namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

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

void read_any(const pugi::xml_node& node, const Member& member, void* value);

void read_list_items(const pugi::xml_node& around, const Shape& shape, void* list) {
  for (const pugi::xml_node& item : around.children()) {
    if (item.type() == pugi::node_element)
      read_any(item, shape.element(), shape.list->append(list));
  }
}

void read_entry(const pugi::xml_node& entry, const Shape& shape, void* map) {
  std::string key;
  pugi::xml_node mapped;
  for (const pugi::xml_node& child : entry.children()) {
    const std::string_view name = local_name(child.name());
    if (name == shape.key().response_name) key = child.text().get();
    if (name == shape.mapped().response_name) mapped = child;
  }
  void* value = shape.map->insert(map, std::move(key));
  if (mapped) read_any(mapped, shape.mapped(), value);
}

void read_any(const pugi::xml_node& node, const Member& member, void* value) {
  switch (member.shape->kind) {
    case Kind::structure:
      return read_xml(node, *member.shape, value);
    case Kind::list:
      if (member.has(member_flag::flattened)) {
        return read_any(node, member.shape->element(), member.shape->list->append(value));
      }
      return read_list_items(node, *member.shape, value);
    case Kind::map:
      if (member.has(member_flag::flattened)) return read_entry(node, *member.shape, value);
      for (const pugi::xml_node& entry : node.children()) {
        if (entry.type() == pugi::node_element) read_entry(entry, *member.shape, value);
      }
      return;
    default:
      set_scalar(member, value, node.text().get());
  }
}

}  // namespace

pugi::xml_parse_result load_xml(pugi::xml_document& document, const std::string& body) {
  return document.load_buffer(body.data(), body.size(),
                              pugi::parse_default | pugi::parse_ws_pcdata_single);
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

namespace {

bool is_named(const Member& member, std::string_view name) {
  return member.response_name == name && member.is_in_response_body();
}

// The items of a flattened list have the list's name; some services give them that of an item.
bool has_items_named(const Member& member, std::string_view name) {
  return member.has(member_flag::flattened) && member.shape->kind == Kind::list &&
         member.is_in_response_body() && member.shape->element().response_name == name;
}

// The index of the member for an element; members.size() if there is none. Members mostly come in
// the order of the model: the search goes on from where the last one was found.
std::size_t member_for(const Shape& shape, std::string_view name, std::size_t next) {
  const std::size_t count = shape.members.size();
  for (const auto fits : {is_named, has_items_named}) {
    for (std::size_t tried = 0; tried < count; ++tried) {
      const std::size_t index = (next + tried) % count;
      if (fits(shape.members[index], name)) return index;
    }
  }
  return count;
}

void read_attributes(const pugi::xml_node& element, const Shape& shape, void* structure) {
  for (const Member& member : shape.members) {
    if (!member.has(member_flag::xml_attribute)) continue;
    for (const pugi::xml_attribute& attribute : element.attributes()) {
      if (attribute.name() == member.response_name ||
          local_name(attribute.name()) == local_name(member.response_name)) {
        set_scalar(member, member.make(structure), attribute.value());
      }
    }
  }
}

}  // namespace

void read_xml(const pugi::xml_node& element, const Shape& shape, void* structure) {
  std::size_t next = 0;
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::size_t index = member_for(shape, local_name(child.name()), next);
    if (index == shape.members.size()) continue;
    const Member& member = shape.members[index];
    // Empty elements of scalars other than texts mean that there is no value.
    const Kind kind = member.shape->kind;
    const bool is_text = kind == Kind::string || kind == Kind::blob;
    const bool is_scalar = kind != Kind::structure && kind != Kind::list && kind != Kind::map;
    if (!is_scalar || is_text || !child.text().empty())
      read_any(child, member, member.make(structure));
    next = index + 1;
  }
  read_attributes(element, shape, structure);
}

}  // namespace asiaq::aws::protocol
