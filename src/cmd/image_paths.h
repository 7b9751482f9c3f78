#pragma once
// Paths of images that a prompt names, as `run` takes them: "what is in ./cat.png?".

#include <string>
#include <string_view>
#include <vector>

namespace cria::cmd {

struct ImagePaths {
  std::string text;                // the prompt without them and the quotes around them, trimmed
  std::vector<std::string> paths;  // in the prompt's order
};

// A path begins with /, ./ or ../, ends in .jpg, .jpeg, .png or .webp in any case, and is one of a
// regular file; what is none stays in the text. Spaces may stand in it as they are, or behind a
// backslash as a shell or a terminal writes them. A text without paths is returned as it is.
ImagePaths find_image_paths(std::string_view prompt);

}  // namespace cria::cmd
