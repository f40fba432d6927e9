# Writes OUTPUT, a C++ source that holds the pages of FOLDER (*.md) as text.
file(GLOB pages ${FOLDER}/*.md)
set(entries "")
foreach(page ${pages})
  get_filename_component(name ${page} NAME_WE)
  file(READ ${page} text)
  # A semicolon would split the text as a CMake list; long literals are cut for compilers that limit them.
  string(LENGTH "${text}" length)
  set(literal "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "R\"manual(${piece})manual\" ")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND entries "    {\"${name}\", ${literal}},\n")
endforeach()
file(WRITE ${OUTPUT}.new "#include \"cli/manual.h\"

namespace asiaq::cli {
namespace {
struct Page {
  std::string_view name;
  std::string_view text;
};
constexpr Page pages[] = {
    {\"\", \"\"},
${entries}};
}  // namespace

std::optional<std::string_view> manual_page(std::string_view name) {
  for (const Page& page : pages) {
    if (page.name == name && !name.empty()) return page.text;
  }
  return {};
}
}  // namespace asiaq::cli
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
