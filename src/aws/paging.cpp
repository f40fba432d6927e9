#include "aws/paging.h"

#include <string>

#include "aws/call.h"
#include "aws/error.h"
#include "base/interrupt.h"

namespace asiaq::aws {
namespace {

constexpr int kMostPages = 100000;

std::string_view next_word(std::string_view& path) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view word = path.substr(0, dot);
  path.remove_prefix(std::min(path.size(), dot + 1));
  return word;
}

// The value at a path like "NextToken", "EngineDefaults.Marker" or "Contents[-1].Key"; null if any
// part is missing.
std::pair<const Member*, const void*> find(const Shape* shape, const void* value,
                                           std::string_view path) {
  const Member* member = nullptr;
  while (!path.empty()) {
    std::string_view word = next_word(path);
    const bool last_item = word.ends_with("[-1]");
    if (last_item) word.remove_suffix(4);
    member = shape->find(word);
    if (member == nullptr) return {};
    value = member->peek(value);
    if (value == nullptr) return {};
    shape = member->shape;
    if (last_item) {
      const std::size_t size = shape->list->size(value);
      if (size == 0) return {};
      value = shape->list->at(value, size - 1);
      member = &shape->element();
      shape = member->shape;
    }
  }
  return {member, value};
}

// Tokens are texts, but for a few numbers.
std::string token_text(std::pair<const Member*, const void*> found) {
  if (found.second == nullptr) return "";
  switch (found.first->shape->kind) {
    case Kind::string:
      return *static_cast<const std::string*>(found.second);
    case Kind::integer:
      return std::to_string(*static_cast<const std::int32_t*>(found.second));
    case Kind::long_integer:
      return std::to_string(*static_cast<const std::int64_t*>(found.second));
    default:
      return "";
  }
}

std::string output_token(const Operation& operation, const void* page,
                         std::string_view alternatives) {
  while (!alternatives.empty()) {
    const std::size_t bar = std::min(alternatives.find(" || "), alternatives.size());
    const std::string text = token_text(find(operation.output, page, alternatives.substr(0, bar)));
    if (!text.empty()) return text;
    alternatives.remove_prefix(std::min(alternatives.size(), bar + 4));
  }
  return "";
}

void set_token(const Operation& operation, void* request, std::string_view name,
               const std::string& token) {
  const Member* member = operation.input->find(name);
  if (member == nullptr || member->shape->kind != Kind::string) {
    throw RequestError(std::string(operation.name) + " has no text member " + std::string(name) +
                       " for its pages");
  }
  auto& slot = *reinterpret_cast<std::optional<std::string>*>(static_cast<std::byte*>(request) +
                                                              member->offset);
  if (token.empty()) {
    slot.reset();
  } else {
    slot = token;
  }
}

bool has_more(const Operation& operation, const void* page) {
  if (operation.pages->more_results.empty()) return true;
  const auto [member, value] = find(operation.output, page, operation.pages->more_results);
  return value != nullptr && member->shape->kind == Kind::boolean &&
         *static_cast<const bool*>(value);
}

}  // namespace

void walk_pages(Session& session, const Service& service, const Operation& operation, void* request,
                const std::function<void*()>& make_page,
                const std::function<bool(void* page)>& visit) {
  const Pages& pages = *operation.pages;
  std::vector<std::string> previous;
  for (int number = 0; number < kMostPages; ++number) {
    interrupt::check();
    void* page = make_page();
    call(session, service, operation, request, page);
    std::vector<std::string> tokens;
    bool any = false;
    if (has_more(operation, page)) {
      for (const std::string_view path : pages.output_tokens) {
        tokens.push_back(output_token(operation, page, path));
        any = any || !tokens.back().empty();
      }
    }
    // The tokens are taken first: the visitor may move the page's contents away.
    if (!visit(page) || !any) return;
    if (tokens == previous) {
      throw Error("AWS", std::string(service.name) + " " + std::string(operation.name) +
                             ": the service gives the same page token twice");
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      set_token(operation, request, pages.input_tokens[i], tokens[i]);
    }
    previous = std::move(tokens);
  }
  throw Error("AWS", std::string(service.name) + " " + std::string(operation.name) +
                         ": the pages do not end");
}

}  // namespace asiaq::aws
