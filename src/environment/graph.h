// An environment as a picture, drawn by Graphviz (https://graphviz.org/doc/info/lang.html).
#pragma once

#include <string>

#include "environment/description.h"

namespace asiaq::environment {

/// In Graphviz's language: a box per metanetwork with its subnets and hosts, the gateways and
/// peered VPCs around them, an arrow for what a metanetwork's rules let in and a dashed one for
/// where its routes lead. The same text for the same environment. Pure.
std::string as_dot(const Description& description);

/// The picture as SVG. Throws Error of kind "Command" if Graphviz's program `dot` is missing or
/// fails.
std::string as_svg(const Description& description);

}  // namespace asiaq::environment
