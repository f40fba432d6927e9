#include "aws/paging.h"

#include <string>

#include "aws/call.h"
#include "aws/error.h"
#include "base/interrupt.h"

namespace asiaq::aws {
namespace {

constexpr int kMostPages = 100000;

std::string first_text(const Shape& shape, const void* page, std::span<const Path> places) {
  for (const Path path : places) {
    for (const Found& found : values_at(shape, page, path)) {
      if (std::string text = text_of(found); !text.empty()) return text;
    }
  }
  return "";
}

void set_token(const Operation& operation, void* request, std::string_view name,
               const std::string& token) {
  const Member* member = operation.input->find(name);
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
  const auto more = values_at(*operation.output, page, operation.pages->more_results);
  return !more.empty() && text_of(more.front()) == "true";
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
      for (const std::span<const Path> places : pages.output_tokens) {
        tokens.push_back(first_text(*operation.output, page, places));
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
