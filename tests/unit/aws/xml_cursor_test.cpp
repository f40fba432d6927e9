#include "aws/protocol/xml_cursor.h"

#include <gtest/gtest.h>

#include "aws/protocol/protocol.h"

namespace asiaq::aws::protocol {
namespace {

// The document in a form of its own: a(b=text)(c).
std::string shown(XmlCursor& cursor, const XmlCursor::Element& element, bool leaf) {
  std::string text(element.name);
  if (leaf) return text + "=" + std::string(cursor.text());
  while (const auto child = cursor.child()) {
    text += "(" + shown(cursor, *child, child->name != "x") + ")";
  }
  return text;
}

std::string shown(std::string_view document) {
  XmlCursor cursor(document);
  const XmlCursor::Element root = cursor.root();
  return shown(cursor, root, false);
}

std::string problem_of(std::string_view document) {
  try {
    return "none: " + shown(document);
  } catch (const UnreadableResponse& unreadable) {
    return unreadable.reason;
  }
}

struct Case {
  std::string document;
  std::string shown;
};
class XmlDocument : public testing::TestWithParam<Case> {};

TEST_P(XmlDocument, IsWalkedThrough) { EXPECT_EQ(shown(GetParam().document), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Table, XmlDocument,
    testing::Values(
        Case{"<a/>", "a"}, Case{"<a></a>", "a"}, Case{"<a><b>1</b><c>2</c></a>", "a(b=1)(c=2)"},
        Case{"<?xml version=\"1.0\"?>\n<!-- x --><a><b>1</b></a>\n", "a(b=1)"},
        Case{"\xEF\xBB\xBF<a><b>1</b></a>", "a(b=1)"}, Case{"<a><b/><b ></b ></a>", "a(b=)(b=)"},
        Case{"<a> <b> 1 </b>\n</a>", "a(b= 1 )"}, Case{"<n:a><n:b>1</n:b></n:a>", "a(b=1)"},
        Case{"<a><b t='>' u=\"/\">1</b></a>", "a(b=1)"}, Case{"<a><b t='1'/></a>", "a(b=)"},
        Case{"<a><x><x><b>1</b></x></x><b>2</b></a>", "a(x(x(b=1)))(b=2)"},
        Case{"<a><b>1<!-- x -->2</b></a>", "a(b=12)"},
        Case{"<a><b><![CDATA[<&>]]>&amp;<![CDATA[]]></b></a>", "a(b=<&>&)"},
        Case{"<a><b>1<i>no<i/></i>2</b></a>", "a(b=12)"},
        Case{"<a><b>&lt;&gt;&amp;&quot;&apos;</b></a>", "a(b=<>&\"')"},
        Case{"<a><b>&#65;&#x42;&#xe9;&#x20AC;&#x1F600;</b></a>", "a(b=AB\u00e9\u20ac\U0001F600)"},
        Case{"<a><b>&nbsp;&;&#0;&#xD800;&#x110000;&#x;& &</b></a>",
             "a(b=&nbsp;&;&#0;&#xD800;&#x110000;&#x;& &)"},
        Case{"<a><b>1\r\n2\r3</b></a>", "a(b=1\n2\n3)"}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

class NoXmlDocument : public testing::TestWithParam<Case> {};

TEST_P(NoXmlDocument, IsRefused) { EXPECT_EQ(problem_of(GetParam().document), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Table, NoXmlDocument,
    testing::Values(Case{"", "the body is not XML: it has no element"},
                    Case{"text", "the body is not XML: it has no element"},
                    Case{"text<a/>", "the body is not XML: it begins with text"},
                    Case{"<a>", "the body is not XML: it is cut off"},
                    Case{"<a><b>1</b>", "the body is not XML: it is cut off"},
                    Case{"<a><b>1</b></", "the body is not XML: it is cut off"},
                    Case{"<a><b>1</b></a", "the body is not XML: it is cut off"},
                    Case{"<a><b>1", "the body is not XML: it is cut off"},
                    Case{"<a><b", "the body is not XML: it is cut off"},
                    Case{"<a><b t='1", "the body is not XML: it is cut off"},
                    Case{"<a><!-- </a>", "the body is not XML: it is cut off"},
                    Case{"<a><b><![CDATA[1</b></a>", "the body is not XML: it is cut off"},
                    Case{"<a><b>1</c></a>", "the body is not XML: an end tag does not match"},
                    Case{"<a><b>1</bb></a>", "the body is not XML: an end tag does not match"},
                    Case{"<a><b <c/></a>", "the body is not XML: a tag has no end"},
                    Case{"<a>< /></a>", "the body is not XML: an element has no name"},
                    Case{"<a><!ELEMENT b></a>", "the body is not XML: it holds a declaration"},
                    Case{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                         "the body declares a document type"},
                    Case{"<html><body>502 Bad Gateway<br></body></html>",
                         "the body is not XML: an end tag does not match"}),
    [](const auto& tested) { return "Case" + std::to_string(tested.index); });

TEST(XmlCursor, RefusesWhatIsNestedTooDeeply) {
  std::string document;
  for (int depth = 0; depth < 100000; ++depth) document += "<x>";
  EXPECT_EQ(problem_of(document), "the body is nested too deeply");
  XmlCursor cursor(document);
  cursor.root();
  EXPECT_THROW(cursor.skip(), UnreadableResponse);
}

TEST(XmlCursor, SkipsAnElementWithAllThatIsInIt) {
  XmlCursor cursor("<a><b>1<c/><d>2</d></b><e/><f>3</f></a>");
  cursor.root();
  EXPECT_EQ(cursor.child()->name, "b");
  cursor.skip();
  EXPECT_EQ(cursor.child()->name, "e");
  cursor.skip();
  EXPECT_EQ(cursor.child()->name, "f");
  EXPECT_EQ(cursor.text(), "3");
  EXPECT_EQ(cursor.child(), std::nullopt);
}

TEST(XmlCursor, GoesItsOwnWayAsACopy) {
  XmlCursor cursor("<a><b>1</b><c>2</c></a>");
  cursor.root();
  XmlCursor ahead = cursor;
  ahead.child();
  ahead.skip();
  EXPECT_EQ(ahead.child()->name, "c");
  EXPECT_EQ(cursor.child()->name, "b");
}

TEST(XmlAttributes, AreGivenWithTheirNamesAsWritten) {
  std::string seen;
  for_each_attribute(" xsi:type=\"Group\" b = 'x &amp; \"y\"'  c",
                     [&](std::string_view name, const std::string& value) {
                       seen += std::string(name) + ":" + value + ";";
                     });
  EXPECT_EQ(seen, "xsi:type:Group;b:x & \"y\";");
}

}  // namespace
}  // namespace asiaq::aws::protocol
