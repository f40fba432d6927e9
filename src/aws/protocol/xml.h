#pragma once

#include <string>
#include <string_view>

#include "aws/operation.h"

/// XML bodies: responses of the query, EC2 and rest-xml protocols, requests of rest-xml.
namespace asiaq::aws::protocol {

/// The structure as an element of that name.
std::string write_xml(std::string_view root, const XmlNamespace* xml_namespace, const Shape& shape,
                      const void* structure, const std::string& token);

/// Fills the structure's body members from the children of the body's outermost element, or of the
/// child of it called `wrapper`, if it has one. Unknown elements are skipped. Throws
/// UnreadableResponse for what is no XML and for values of another kind. Takes no memory but the
/// structure's own.
void read_xml(std::string_view body, const Shape& shape, void* structure,
              std::string_view wrapper = {});

}  // namespace asiaq::aws::protocol
