#pragma once
// `cria new`: the sources of a new architecture in a checkout, as a copy of one that is there.

#include <string>

namespace cria::cmd {

struct NewOptions {
  std::string architecture;  // also the name of its folder
  std::string class_name;    // of Hugging Face; empty: by the checkpoint, or by the architecture
  std::string checkpoint;    // a folder to say what of it the copy lacks; empty: none
  std::string like = "llama";
  std::string source = ".";  // the checkout
};

// Nothing is written if anything that it would write is there already.
int new_architecture(const NewOptions& options);

}  // namespace cria::cmd
