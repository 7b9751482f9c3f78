#pragma once
// Names of models: [host[:port]/][namespace/]model[:tag].

#include <string>
#include <string_view>

namespace cria::registry {

// Parts are ASCII letters, digits, '_', '-' and '.', begin with a letter, digit or '_', and have at
// most 80 characters; a namespace has no '.', a host may have 350 characters. So no part can leave
// its folder in a store.
struct Name {
  std::string host = "registry.ollama.ai", space = "library", model, tag = "latest";

  // InvalidArgument with the part that is wrong and what is allowed.
  static Name parse(std::string_view text);
  std::string shortest() const;  // without the defaults, but with the tag: "smollm2:135m"
};

}  // namespace cria::registry
