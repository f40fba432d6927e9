#include "aws/protocol/query.h"

#include "aws/encoding.h"
#include "aws/protocol/plain_text.h"

namespace asiaq::aws::protocol {
namespace {

class FormWriter {
 public:
  FormWriter(Protocol protocol, const std::string& token)
      : ec2_(protocol == Protocol::ec2), token_(token) {}

  void pair(std::string_view name, std::string_view value) {
    if (!form_.empty()) form_ += '&';
    form_ += percent_encode(name);
    form_ += '=';
    form_ += percent_encode(value);
  }

  void structure(const Shape& shape, const void* value, const std::string& prefix) {
    for (const Member& member : shape.members) {
      const void* inner = value_to_send(member, value, token_);
      if (inner != nullptr) any(member, inner, joined(prefix, member.request_name));
    }
  }

  std::string take() { return std::move(form_); }

 private:
  static std::string joined(const std::string& prefix, std::string_view name) {
    return prefix.empty() ? std::string(name) : prefix + "." + std::string(name);
  }

  void any(const Member& member, const void* value, const std::string& name) {
    switch (member.shape->kind) {
      case Kind::structure:
        return structure(*member.shape, value, name);
      case Kind::list:
        return list(member, value, name);
      case Kind::map:
        return map(member, value, name);
      default:
        return pair(name, scalar_text(member, value, TimeFormat::iso8601));
    }
  }

  void list(const Member& member, const void* value, const std::string& name) {
    const Shape& shape = *member.shape;
    const std::size_t size = shape.list->size(value);
    if (size == 0 && !ec2_) return pair(name, "");
    const bool flat = ec2_ || member.has(member_flag::flattened);
    const std::string prefix = flat ? name : joined(name, shape.element().request_name);
    for (std::size_t i = 0; i < size; ++i) {
      any(shape.element(), shape.list->at(value, i), prefix + "." + std::to_string(i + 1));
    }
  }

  void map(const Member& member, const void* value, const std::string& name) {
    struct Context {
      FormWriter* writer;
      const Shape* shape;
      std::string prefix;
      int number = 0;
    } context{this, member.shape,
              member.has(member_flag::flattened) ? name : joined(name, "entry")};
    member.shape->map->for_each(
        value, &context, [](void* self, const std::string& key, const void* mapped) {
          auto& c = *static_cast<Context*>(self);
          const std::string prefix = c.prefix + "." + std::to_string(++c.number);
          c.writer->pair(joined(prefix, c.shape->key().request_name), key);
          c.writer->any(c.shape->mapped(), mapped, joined(prefix, c.shape->mapped().request_name));
        });
  }

  bool ec2_;
  const std::string& token_;
  std::string form_;
};

}  // namespace

std::string write_form(const Service& service, const Operation& operation, const void* input,
                       const std::string& token) {
  FormWriter writer(service.protocol, token);
  writer.pair("Action", operation.name);
  writer.pair("Version", service.api_version);
  if (operation.input != nullptr && input != nullptr) writer.structure(*operation.input, input, "");
  return writer.take();
}

}  // namespace asiaq::aws::protocol
