#include "cmd/output_format.h"

#include <string>

#include "base/about_file.h"
#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"
#include "grammar/gbnf/gbnf.h"
#include "grammar/regex/regex.h"
#include "grammar/schema/schema.h"

namespace cria::cmd {
namespace {

template <class Compile>
std::shared_ptr<const grammar::Grammar> compile_file(std::string_view path, Compile compile) {
  return about_file(std::string(path), [&] {
    const MappedFile file{std::string(path)};
    const auto bytes = file.bytes();
    return compile(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  });
}

}  // namespace

std::shared_ptr<const grammar::Grammar> output_format(std::string_view format) {
  if (format == "json") return grammar::json_grammar();
  if (format.starts_with('{')) return grammar::compile_schema(format);
  const auto behind = [&](std::string_view prefix) { return format.substr(prefix.size()); };
  if (format.starts_with("schema:")) {
    return compile_file(behind("schema:"),
                        [](std::string_view text) { return grammar::compile_schema(text); });
  }
  if (format.starts_with("gbnf:")) {
    return compile_file(behind("gbnf:"),
                        [](std::string_view text) { return grammar::compile_gbnf(text); });
  }
  if (format.starts_with("regex:")) return grammar::compile_regex(behind("regex:"));
  fail(Error::Code::kInvalidArgument, "format ", quote(format),
       ", expected json, a JSON Schema, schema:FILE, gbnf:FILE or regex:EXPRESSION");
}

}  // namespace cria::cmd
