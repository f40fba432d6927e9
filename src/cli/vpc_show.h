// An environment for people to look at: tables, and a picture.
#pragma once

#include "cli/context.h"
#include "environment/description.h"

namespace asiaq::cli {

/// As text: one table with a heading per kind of thing, empty ones left out. As JSON: one array of
/// objects, each with its `kind`.
void print_description(Context& context, const environment::Description& description);

}  // namespace asiaq::cli
