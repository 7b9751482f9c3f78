#include "server/requests/warnings.h"

#include "base/error.h"
#include "base/quote.h"

namespace cria::server {
namespace {

constexpr size_t kMost = 30;

}  // namespace

void warn(Warnings& warnings, std::string text) {
  if (warnings.size() == kMost) text = "there is more that has no effect";
  if (warnings.size() <= kMost) warnings.push_back(std::move(text));
}

void accept(const Fields& fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) static_cast<void>(fields.find(name));
}

void warn_of_unread(Warnings& warnings, const Fields& fields) {
  for (const std::string& name : fields.unread()) warn(warnings, "unknown field " + quote(name));
}

}  // namespace cria::server
