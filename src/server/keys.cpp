#include "server/keys.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/quote.h"

namespace cria::server {
namespace {

using Code = Error::Code;

constexpr size_t kLeastCharacters = 16;

std::optional<Scope> scope_of(std::string_view name) {
  if (name == "inference") return Scope::kInference;
  if (name == "read") return Scope::kRead;
  if (name == "manage") return Scope::kManage;
  return std::nullopt;
}

// In time that depends on their lengths alone.
bool equal(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < b.size(); ++i) {
    const char other = i < a.size() ? a[i] : '\0';
    difference |= static_cast<unsigned char>(other ^ b[i]);
  }
  return difference == 0;
}

void check_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail(Code::kNotFound, path, ": cannot be read");
  if (status.st_mode & (S_IRWXG | S_IRWXO)) {
    fail(Code::kInvalidArgument, path, ": holds keys and is open to others: chmod 600 ", path);
  }
}

}  // namespace

Keys Keys::read(const std::string& path) {
  check_mode(path);
  std::ifstream in(path);
  if (!in) fail(Code::kNotFound, path, ": cannot be read");
  Keys keys;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::istringstream words(line);
    Key key;
    if (!(words >> key.text) || key.text.starts_with('#')) continue;
    const std::string place = concat(path, ':', number);
    if (key.text.size() < kLeastCharacters) {
      fail(Code::kInvalidArgument, place, ": the key has ", key.text.size(),
           " characters, expected at least ", kLeastCharacters);
    }
    for (std::string word; words >> word && !word.starts_with('#');) {
      const auto scope = scope_of(word);
      if (!scope) {
        fail(Code::kInvalidArgument, place, ": there is no scope ", quote(word),
             ", expected inference, read or manage");
      }
      key.scopes.push_back(*scope);
    }
    if (key.scopes.empty()) {
      fail(Code::kInvalidArgument, place,
           ": the key is good for nothing, expected inference, read or manage behind it");
    }
    keys.keys_.push_back(std::move(key));
  }
  if (keys.empty()) fail(Code::kInvalidArgument, path, ": has no key, expected KEY SCOPE...");
  return keys;
}

Keys::Answer Keys::check(std::string_view key, Scope scope) const {
  if (keys_.empty() || scope == Scope::kNone) return Answer::kYes;
  Answer answer = Answer::kUnknownKey;
  for (const Key& known : keys_) {
    if (!equal(key, known.text)) continue;
    const bool covers = std::ranges::find(known.scopes, scope) != known.scopes.end();
    answer = covers ? Answer::kYes : Answer::kOtherScope;
  }
  return answer;
}

}  // namespace cria::server
