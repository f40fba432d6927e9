#pragma once

#include <functional>
#include <iterator>
#include <vector>

#include "aws/operation.h"

/// Operations whose answers come in pages.
namespace asiaq::aws {

class Session;

/// Asks page after page until there is none or `visit` returns false. `make_page` gives a fresh
/// output structure, which is passed to `visit`. `request` holds the tokens of the next page
/// afterwards. Throws Error of kind "AWS" when the service repeats a token.
void walk_pages(Session& session, const Service& service, const Operation& operation, void* request,
                const std::function<void*()>& make_page,
                const std::function<bool(void* page)>& visit);

template <class Page, class Visit>
void for_each_page(Session& session, const Service& service, const Operation& operation,
                   void* request, const Visit& visit) {
  Page page;
  walk_pages(
      session, service, operation, request,
      [&]() -> void* {
        page = Page{};
        return &page;
      },
      [&](void*) -> bool { return visit(page); });
}

template <class T>
void append_items(std::vector<T>& all, std::vector<T>& items) {
  all.insert(all.end(), std::make_move_iterator(items.begin()),
             std::make_move_iterator(items.end()));
}

}  // namespace asiaq::aws
