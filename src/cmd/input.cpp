#include "cmd/input.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

std::string read_all(std::FILE* file, const std::string& name) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), file)) {
    text.append(buffer.data(), n);
  }
  if (std::ferror(file)) {
    fail(Error::Code::kInternal, "cannot read ", name, ": ",
         std::generic_category().message(errno));
  }
  return text;
}

}  // namespace

std::string read_standard_input() { return read_all(stdin, "standard input"); }

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (!file) {
    fail(Error::Code::kNotFound, "cannot open ", path, ": ",
         std::generic_category().message(errno));
  }
  return read_all(file.get(), path);
}

std::vector<int32_t> parse_ids(std::string_view text) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  std::vector<int32_t> ids;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) return ids;
    const std::string_view word = text.substr(0, text.find_first_of(kSeparators));
    int32_t id = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (error != std::errc() || end != word.data() + word.size() || id < 0) {
      fail(Error::Code::kInvalidArgument, "\"", abbreviate(escape(word), 40),
           "\" is not a token id, expected a number from 0 to ", INT32_MAX);
    }
    ids.push_back(id);
    text.remove_prefix(word.size());
  }
}

}  // namespace cria::cmd
