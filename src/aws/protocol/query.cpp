#include "aws/protocol/query.h"

#include "aws/encoding.h"
#include "aws/protocol/plain_text.h"

namespace asiaq::aws::protocol {
namespace {

// Writes pairs; the name of the one at hand grows and shrinks with the place in the structure.
class FormWriter {
 public:
  FormWriter(Protocol protocol, const std::string& token)
      : ec2_(protocol == Protocol::ec2), token_(token) {
    form_.reserve(kUsualSize);
  }

  void pair(std::string_view name, std::string_view value) {
    const Longer longer(name_, name);
    pair(value);
  }

  void structure(const Shape& shape, const void* value) {
    for (const Member& member : shape.members) {
      const void* inner = value_to_send(member, value, token_);
      if (inner == nullptr) continue;
      const Longer longer(name_, member.request_name);
      any(member, inner);
    }
  }

  std::string take() { return std::move(form_); }

 private:
  static constexpr std::size_t kUsualSize = 1024;

  // While it lives, the name has one more part.
  class Longer {
   public:
    Longer(std::string& name, std::string_view part) : name_(name), size_(name.size()) {
      if (!name_.empty()) name_ += '.';
      name_ += part;
    }
    ~Longer() { name_.resize(size_); }
    Longer(const Longer&) = delete;
    Longer& operator=(const Longer&) = delete;

   private:
    std::string& name_;
    std::size_t size_;
  };

  void pair(std::string_view value) {
    if (!form_.empty()) form_ += '&';
    // Names are of letters, digits and dots.
    form_ += name_;
    form_ += '=';
    append_percent_encoded(form_, value);
  }

  void any(const Member& member, const void* value) {
    switch (member.shape->kind) {
      case Kind::structure:
        return structure(*member.shape, value);
      case Kind::list:
        return list(member, value);
      case Kind::map:
        return map(member, value);
      case Kind::string:
        return pair(*static_cast<const std::string*>(value));
      default:
        return pair(scalar_text(member, value, TimeFormat::iso8601));
    }
  }

  void list(const Member& member, const void* value) {
    const Shape& shape = *member.shape;
    const std::size_t size = shape.list->size(value);
    if (size == 0 && !ec2_) return pair("");
    const bool flat = ec2_ || member.has(member_flag::flattened);
    if (flat) return items(shape, value, size);
    const Longer longer(name_, shape.element().request_name);
    items(shape, value, size);
  }

  void items(const Shape& shape, const void* value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const Longer longer(name_, std::to_string(i + 1));
      any(shape.element(), shape.list->at(value, i));
    }
  }

  void map(const Member& member, const void* value) {
    if (member.has(member_flag::flattened)) return entries(*member.shape, value);
    const Longer longer(name_, "entry");
    entries(*member.shape, value);
  }

  void entries(const Shape& shape, const void* value) {
    struct Context {
      FormWriter* writer;
      const Shape* shape;
      int number = 0;
    } context{this, &shape};
    shape.map->for_each(value, &context,
                        [](void* self, const std::string& key, const void* mapped) {
                          auto& c = *static_cast<Context*>(self);
                          const Longer longer(c.writer->name_, std::to_string(++c.number));
                          c.writer->pair(c.shape->key().request_name, key);
                          const Longer of_value(c.writer->name_, c.shape->mapped().request_name);
                          c.writer->any(c.shape->mapped(), mapped);
                        });
  }

  bool ec2_;
  const std::string& token_;
  std::string name_;
  std::string form_;
};

}  // namespace

std::string write_form(const Service& service, const Operation& operation, const void* input,
                       const std::string& token) {
  FormWriter writer(service.protocol, token);
  writer.pair("Action", operation.name);
  writer.pair("Version", service.api_version);
  if (operation.input != nullptr && input != nullptr) writer.structure(*operation.input, input);
  return writer.take();
}

}  // namespace asiaq::aws::protocol
