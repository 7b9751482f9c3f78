#include "ml/backend.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"

namespace cria::ml {
namespace {

struct Row {
  std::string name;
  int rank;
  BackendFactory factory;
};

std::vector<Row>& registry() {
  static std::vector<Row> rows;
  return rows;
}

}  // namespace

BackendRegistration::BackendRegistration(std::string name, int rank, BackendFactory factory) {
  registry().push_back({std::move(name), rank, factory});
  std::sort(registry().begin(), registry().end(),
            [](const Row& a, const Row& b) { return a.rank > b.rank; });
}

std::vector<std::string> backends() {
  std::vector<std::string> names;
  for (const Row& row : registry()) names.push_back(row.name);
  return names;
}

std::unique_ptr<Backend> make_backend(std::string_view name, const BackendOptions& options) {
  std::string known;
  for (const Row& row : registry()) {
    if (row.name == name || name == "auto") {
      log::debug("backend: ", row.name, name == "auto" ? ", the fastest there is" : ", as asked");
      return row.factory(options);
    }
    known += " " + row.name;
  }
  fail(Error::Code::kNotFound, "backend \"", name,
       "\" is not there, expected auto or one of:", known);
}

}  // namespace cria::ml
