#pragma once
// `cria list`: the stored models, of a server if one answers.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cria::cmd {

struct ListOptions {
  std::string prefix;  // of their names, whatever the case of letters
  bool json = false;
  bool local = false;
};

int list(const ListOptions& options);

struct ListedModel {
  std::string name, id;
  int64_t size = 0;  // bytes
  double age = 0;    // seconds
};
// Newest first; what cannot be read is told.
std::vector<ListedModel> stored_models();
std::string models_table(std::span<const ListedModel> models);

}  // namespace cria::cmd
