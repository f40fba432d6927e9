#pragma once

#include <string>
#include <string_view>

#include "aws/operation.h"

namespace pugi {
class xml_document;
}

/// XML bodies: responses of the query, EC2 and rest-xml protocols, requests of rest-xml.
namespace asiaq::aws::protocol {

/// Parses a small body, that of an error, into a tree; a text of blanks only stays what it is.
/// Throws UnreadableResponse for what is no XML and for a document type, with which entities could
/// be declared.
void load_xml(pugi::xml_document& document, const std::string& body);

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
