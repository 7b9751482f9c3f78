#pragma once
// Keys that clients have to show, and what each is good for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cria::server {

enum class Scope : uint8_t {
  kNone,       // nobody needs a key: whether the server is there
  kInference,  // generating, embedding
  kRead,       // which models there are, what is in them
  kManage,     // making, copying, deleting, loading models
};

class Keys {
 public:
  // No keys: nobody needs one.
  Keys() = default;
  // A line for each key: KEY SCOPE...; # begins a comment. InvalidArgument with file and line, for
  // an unknown scope, a key without one, one of fewer than 16 characters, or a file that others may
  // read.
  static Keys read(const std::string& path);

  bool empty() const { return keys_.empty(); }
  enum class Answer : uint8_t { kYes, kUnknownKey, kOtherScope };
  // Takes as long whatever the key is.
  Answer check(std::string_view key, Scope scope) const;

 private:
  struct Key {
    std::string text;
    std::vector<Scope> scopes;
  };
  std::vector<Key> keys_;
};

}  // namespace cria::server
