#pragma once
// `cria show`: what is in a model file, of any architecture, and what a stored model comes with;
// or what a server says of one of its own.

#include <string>

namespace cria::cmd {

struct ShowOptions {
  std::string model;
  bool tensors = false;
  bool metadata = false;
  bool verbose = false;  // both
  bool json = false;
  // At most one of these parts, alone.
  bool license = false, modelfile = false, parameters = false, chat_template = false,
       system = false;
  bool local = false;
};

int show(const ShowOptions& options);

}  // namespace cria::cmd
