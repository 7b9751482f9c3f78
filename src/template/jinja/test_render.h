#pragma once
// Templates on data, for tests.

#include <string>
#include <vector>

#include "template/jinja/template.h"

namespace cria::jinja {

inline std::vector<chat::Part> parts_of(std::string_view source, const Data& data) {
  return Template("t", source).run(data, {.now = 0});
}

inline std::string render(std::string_view source, const Data& data = Data::Object{}) {
  std::string text;
  for (const chat::Part& part : parts_of(source, data)) text += part.text;
  return text;
}

// What stands in angle brackets comes from users.
inline std::string marked(std::string_view source, const Data& data) {
  std::string text;
  for (const chat::Part& part : parts_of(source, data)) {
    text += part.special ? part.text : "<" + part.text + ">";
  }
  return text;
}

inline std::string error_of(std::string_view source, const Data& data = Data::Object{}) {
  try {
    return "no error: " + render(source, data);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace cria::jinja
