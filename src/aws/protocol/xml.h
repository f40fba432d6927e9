#pragma once

#include <string>

#include "aws/operation.h"

namespace pugi {
class xml_document;
class xml_node;
}  // namespace pugi

/// XML bodies: responses of the query, EC2 and rest-xml protocols, requests of rest-xml.
namespace asiaq::aws::protocol {

/// Parses a body; a text of blanks only stays what it is. Throws UnreadableResponse for what is no
/// XML and for a document type, with which entities could be declared.
void load_xml(pugi::xml_document& document, const std::string& body);

/// The structure as an element of that name.
std::string write_xml(std::string_view root, const XmlNamespace* xml_namespace, const Shape& shape,
                      const void* structure, const std::string& token);

/// Fills the structure's body members from the element's children. Unknown elements are skipped. Throws
/// UnreadableResponse for values of another kind and for structures nested more than 200 deep.
void read_xml(const pugi::xml_node& element, const Shape& shape, void* structure);

}  // namespace asiaq::aws::protocol
