#include "cmd/new_skeleton.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

struct Original {
  ArchitectureFiles files;
  std::string model, test, converter;
};

std::smatch find(const std::string& text, const std::regex& wanted,
                 const std::filesystem::path& path, std::string_view what) {
  std::smatch found;
  if (std::regex_search(text, found, wanted)) return found;
  fail(Code::kUnsupported, path.string(), ": has no ", what, " that could be copied");
}

std::string without_leading_comment(const std::string& text) {
  size_t begin = 0;
  while (text.compare(begin, 2, "//") == 0) begin = text.find('\n', begin) + 1;
  return text.substr(begin);
}

// `change` of all that is no comment.
template <class Change>
std::string in_code(const std::string& text, const Change& change) {
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    const size_t comment = std::min(text.find("//", begin), end);
    out += change(text.substr(begin, comment - begin)) + text.substr(comment, end - comment);
    begin = end;
  }
  return out;
}

std::regex word(const std::string& name) { return std::regex("\\b" + name + "\\b"); }

std::string replace_word(const std::string& text, const std::string& name, const std::string& by) {
  return in_code(text,
                 [&](const std::string& code) { return std::regex_replace(code, word(name), by); });
}

// Where the brace that is opened at `open` is closed.
size_t closing_brace(const std::string& text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string::npos;
}

// The names under which a file of the original knows itself: of its folder and in model files.
std::vector<std::string> names_of(const std::smatch& registration) {
  const std::string text = registration[0];
  std::vector<std::string> names{registration[2]};
  std::smatch other;
  if (std::regex_search(text, other, std::regex(R"rx(\.architecture = "([^"]+)")rx"))) {
    names.push_back(other[1]);
  }
  return names;
}

std::string model_text(const Original& original, const std::smatch& registration,
                       const std::string& architecture) {
  const std::string type = type_name(architecture);
  std::string text = concat(registration.prefix().str(), "const Registration<", type,
                            "> kRegistered{\"", architecture, "\"};", registration.suffix().str());
  text = without_leading_comment(text);
  bool is_taken = false;
  in_code(text.substr(0, text.rfind("const Registration")), [&](const std::string& code) {
    is_taken |= std::regex_search(code, word(type));
    return code;
  });
  if (is_taken && type != registration[1]) {
    fail(Code::kInvalidArgument, "the architecture ", architecture, " would be the class ", type,
         ", but ", original.files.model.string(), " has something of that name: choose another");
  }
  text = replace_word(text, registration[1], type);
  return concat("// ", type, ": a copy of ", original.files.model.filename().string(),
                " so far. TODO: what it is, and how it differs from ", registration[1].str(),
                ".\n"
                "// Reference: TODO, such as transformers/models/",
                architecture, "/modeling_", architecture, ".py.\n", text);
}

// With one configuration, the first.
std::string test_text(const Original& original, const std::vector<std::string>& names,
                      const std::string& architecture) {
  const std::string& text = original.test;
  const size_t list = text.find("kTested{"), open = text.find('{', list);
  const size_t first = list == std::string::npos ? list : text.find('{', open + 1);
  const size_t first_end = first == std::string::npos ? first : closing_brace(text, first);
  const size_t end = list == std::string::npos ? list : closing_brace(text, open);
  if (first_end == std::string::npos || end == std::string::npos || first_end > end) {
    fail(Code::kUnsupported, original.files.test.string(),
         ": has no kTested{{...}} that could be copied");
  }
  std::string out = concat(text.substr(0, open + 1), "\n    ",
                           text.substr(first, first_end + 1 - first), ",\n", text.substr(end));
  for (const std::string& name : names) out = replace_word(out, name, architecture);
  return out;
}

std::string converter_text(const Original& original, const std::vector<std::string>& names,
                           const std::string& architecture, const std::string& class_name,
                           const std::string& notes) {
  const std::smatch registration =
      find(original.converter, std::regex(R"rx(\bk\w+\{"(\w+)",\s*(\w+)\})rx"),
           original.files.converter, "Registration of a class and its function");
  std::string text = without_leading_comment(original.converter);
  text = replace_word(text, registration[1], class_name);
  text = replace_word(text, registration[2], "convert_" + architecture);
  for (const std::string& name : names) {
    text = in_code(text, [&](const std::string& code) {
      return std::regex_replace(code, std::regex("\"" + name + "\""), "\"" + architecture + "\"");
    });
  }
  return concat("// ", class_name, ": a copy of ", original.files.converter.filename().string(),
                " so far. TODO: what it is.\n// Reference: TODO, such as transformers/models/",
                architecture, ".\n", notes, text);
}

// The exporters rearrange heads so that pairs that are rotated together become neighbours. A new
// architecture has no such files, and is spared that where this is all that rearranges them.
void leave_rotary_pairs_as_they_are(Original& original) {
  static const std::regex kRearranged(
      R"rx(,\s*\[&\]\(const SourcePtr& \w+\) \{ return adjacent_pairs\([^()]*\); \})rx");
  const std::string plain = std::regex_replace(original.converter, kRearranged, "");
  if (plain == original.converter || plain.find("adjacent_pairs") != std::string::npos) return;
  original.converter = plain;
  original.model = replace_word(original.model, "kAdjacent", "kHalves");
}

void expect_one_class(const Original& original) {
  const std::regex registered(R"rx(\bk\w+\{"\w+",)rx");
  const std::string& text = original.converter;
  const std::sregex_iterator begin(text.begin(), text.end(), registered), end;
  const auto count = std::distance(begin, end);
  if (count == 1) return;
  fail(Code::kUnsupported, original.files.converter.string(), ": registers ", count,
       " classes, expected one: choose another model to begin with");
}

}  // namespace

ArchitectureFiles architecture_files(const std::filesystem::path& root, const std::string& name) {
  const std::filesystem::path folder = root / "src/model/models" / name;
  return {folder / (name + ".cpp"), folder / (name + "_test.cpp"),
          root / "src/convert/architectures" / (name + ".cpp")};
}

std::string type_name(const std::string& architecture) {
  std::string out;
  bool begins = true;
  for (const char c : architecture) {
    if (c != '_') out += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '_';
  }
  return out;
}

std::string read_source(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(Code::kNotFound, path.string(), ": cannot be read, but it is to be copied");
  return {std::istreambuf_iterator<char>(file), {}};
}

Skeleton skeleton_of(const std::filesystem::path& root, const std::string& like,
                     const std::string& architecture, const std::string& class_name,
                     const std::string& notes) {
  Original original{
      .files = architecture_files(root, like), .model = {}, .test = {}, .converter = {}};
  original.model = read_source(original.files.model);
  original.test = read_source(original.files.test);
  original.converter = read_source(original.files.converter);
  expect_one_class(original);
  leave_rotary_pairs_as_they_are(original);
  const std::smatch registration =
      find(original.model, std::regex(R"rx(const Registration<(\w+)> \w+\{\s*"([^"]+)"[^;]*;)rx"),
           original.files.model, "Registration");
  const std::vector<std::string> names = names_of(registration);
  const std::smatch of_class = find(original.converter, std::regex(R"rx(\bk\w+\{"(\w+)",)rx"),
                                    original.files.converter, "Registration");
  return {.model = model_text(original, registration, architecture),
          .test = test_text(original, names, architecture),
          .converter = converter_text(original, names, architecture, class_name, notes),
          .class_of_original = of_class[1]};
}

}  // namespace cria::cmd
