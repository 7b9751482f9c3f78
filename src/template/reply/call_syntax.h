#pragma once
// How calls of tools are written. Literal texts are compared without white space where they stand
// inside calls, and as they are where calls begin.

#include <cstdint>
#include <string>
#include <vector>

namespace cria::chat {

struct CallSyntax {
  enum class Style : uint8_t {
    kJson,    // {"name": "f", "arguments": {..}} or {"f": {..}}, or lists of them
    kNamed,   // f, separator, {..}
    kTagged,  // f, separator, and each parameter between tags of its own
    kPython,  // f(a=1, b="x"), or lists of them
    kQuoted   // f{a:1,b:QUOTExQUOTE}
  };
  Style style = Style::kJson;

  std::string section_open = {}, section_close = {};  // around all of the calls
  // Around each of them, inside of a section or alone; calls of style kJson need none.
  std::vector<std::string> opens = {};
  std::string close = {};
  // Calls of style kJson may begin a line without any of these.
  bool is_bare = false;

  // Of kJson.
  std::string name_key = "name", arguments_key = "arguments";  // "": the name is the key
  bool is_list = false;  // the model writes a list even of one

  // Of the others.
  std::string name_open = {};  // what stands between an id and the name
  std::string naming_id = {};  // what an id begins with that says the name: functions.f:0
  std::string separator = {};  // what stands after the name
  std::string id_open = {};    // what stands before an id, after the name
  std::string key_open = {}, key_close = {}, value_close = {};  // kTagged
  bool pads_values = false;  // a line break stands behind key_close and before value_close
  std::string quote = {};    // kQuoted
};

// The text of a call in its parts, as the model's template writes it: before the name, between name
// and arguments, and after them.
struct CallText {
  std::string before_name, before_arguments, after_arguments;
};

}  // namespace cria::chat
