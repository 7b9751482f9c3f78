#pragma once
// `cria create`: a stored model of what a Modelfile says, at a server if one answers.

#include <string>

namespace cria::cmd {

struct CreateOptions {
  std::string name;
  std::string file;            // Modelfile; - is standard input; empty: ./Modelfile if there is one
  std::string quantize;        // preset; empty: weights stay as they are
  std::string draft_quantize;  // likewise, of what DRAFT names
  bool local = false;
};

int create(const CreateOptions& options);

}  // namespace cria::cmd
