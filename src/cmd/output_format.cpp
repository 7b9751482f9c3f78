#include "cmd/output_format.h"

#include <string>

#include "base/about_file.h"
#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"
#include "serving/answer_format.h"

namespace cria::cmd {
namespace {

std::string text_of(const std::string& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::shared_ptr<const grammar::Grammar> output_format(std::string_view format) {
  const auto of_file = [&](std::string_view kind, const std::string& prefix) {
    const std::string path(format.substr(kind.size()));
    return about_file(path, [&] { return serving::answer_format(prefix + text_of(path)); });
  };
  if (format.starts_with("schema:")) return of_file("schema:", "");
  if (format.starts_with("gbnf:")) return of_file("gbnf:", "gbnf:");
  if (format == "json" || format.starts_with('{') || format.starts_with("regex:")) {
    return serving::answer_format(format);
  }
  fail(Error::Code::kInvalidArgument, "format ", quote(format),
       ", expected json, a JSON Schema, schema:FILE, gbnf:FILE or regex:EXPRESSION");
}

}  // namespace cria::cmd
