#pragma once
// What a user has set, for all commands: by a flag, in the environment, or in a file, in this
// order.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/duration.h"

namespace cria::settings {

// A secret is text that is not to be shown.
enum class Kind : uint8_t { kText, kSecret, kFlag, kCount, kDuration, kKeepAlive };

struct Definition {
  std::string_view name;  // in a file; in the environment CRIA_NAME or OLLAMA_NAME, in capitals
  Kind kind;
  std::string_view fallback;  // as it would be written
  std::string_view about;
};
std::span<const Definition> definitions();

struct Value {
  std::string text;
  std::string from;  // "default", "OLLAMA_HOST", "/home/me/.config/cria/config:3", "--host"
};

class Settings {
 public:
  // The value of a variable; none when it is not set.
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;

  // From the environment of this process and the file that CRIA_CONFIG names, or
  // $XDG_CONFIG_HOME/cria/config, or ~/.config/cria/config; the last two need not be there.
  static Settings load();
  // InvalidArgument, with place, value and what was expected: a line of the file that is no "name =
  // value", an unknown name, a value of another kind.
  Settings(const Environment& environment, const std::string& file);

  void set(std::string_view name, const std::string& text, const std::string& from);

  const Value& operator[](std::string_view name) const;
  const std::string& text(std::string_view name) const { return (*this)[name].text; }
  bool flag(std::string_view name) const;
  int64_t count(std::string_view name) const;
  Nanoseconds duration(std::string_view name) const;
  std::optional<Nanoseconds> keep_alive(std::string_view name) const;  // none: for ever

  const std::string& file() const { return file_; }  // "": none is read

 private:
  void read_file();

  std::string file_;
  std::map<std::string_view, Value> values_;  // all that are defined
};

}  // namespace cria::settings
