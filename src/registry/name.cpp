#include "registry/name.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/quote.h"

namespace cria::registry {
namespace {

struct Rule {
  const char* part;
  size_t longest;
  std::string_view
      extra;  // allowed after the first character, besides letters, digits, '_' and '-'
};
constexpr Rule kHost{"host", 350, "."};
constexpr Rule kNamespace{"namespace", 80, ""};
constexpr Rule kModel{"model", 80, "."};
constexpr Rule kTag{"tag", 80, "."};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string checked(std::string_view text, const Rule& rule) {
  const auto allowed = [&](char c) {
    return is_word(c) || c == '-' || rule.extra.find(c) != std::string_view::npos;
  };
  const bool right = !text.empty() && text.size() <= rule.longest && is_word(text.front()) &&
                     std::all_of(text.begin(), text.end(), allowed);
  if (right) return std::string(text);
  std::string characters = "letters, digits, '_', '-'";
  for (const char c : rule.extra) characters += concat(", '", c, "'");
  fail(Error::Code::kInvalidArgument, "model name: the ", rule.part, " is ", quote(text),
       ", expected 1 to ", rule.longest, " of ", characters,
       ", the first a letter, a digit or '_'");
}

std::string checked_host(std::string_view text) {
  const size_t colon = text.find(':');
  std::string host = checked(text.substr(0, colon), kHost);
  if (colon == std::string_view::npos) return host;
  const std::string_view port = text.substr(colon + 1);
  const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (port.empty() || port.size() > 5 || !digits) {
    fail(Error::Code::kInvalidArgument, "model name: the port is ", quote(port),
         ", expected 1 to 5 digits");
  }
  return host + std::string(text.substr(colon));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Name Name::parse(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  if (parts.size() > 3) {
    fail(Error::Code::kInvalidArgument, "model name: ", quote(text), " has ", parts.size(),
         " parts between '/', expected [host[:port]/][namespace/]model[:tag]");
  }
  Name name;
  std::string_view model = parts.back();
  if (const size_t colon = model.find(':'); colon != std::string_view::npos) {
    name.tag = checked(model.substr(colon + 1), kTag);
    model = model.substr(0, colon);
  }
  name.model = checked(model, kModel);
  if (parts.size() >= 2) name.space = checked(parts[parts.size() - 2], kNamespace);
  if (parts.size() == 3) name.host = checked_host(parts[0]);
  return name;
}

std::string Name::shortest() const {
  const Name defaults;
  std::string out = model + ':' + tag;
  if (host == defaults.host && space == defaults.space) return out;
  out = space + '/' + out;
  return host == defaults.host ? out : host + '/' + out;
}

}  // namespace cria::registry
