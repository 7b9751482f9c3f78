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

State::State(std::string name, DType dtype, const Shape& shape)
    : name_(std::move(name)), dtype_(dtype), shape_(shape) {
  CRIA_CHECK(shape.rank() == 3);
  const int64_t block = info(dtype).block_elements;
  if (shape[2] % block != 0) {
    fail(Error::Code::kInvalidArgument, name_, ": heads of ", shape[2], " elements cannot be ",
         info(dtype).name, ", expected a multiple of ", block);
  }
}

void Backend::copy(State& state, int64_t from_slot, int64_t to_slot, int64_t slots) {
  const Shape& shape = state.shape();
  std::vector<std::byte> rows(
      static_cast<size_t>(slots * row_bytes(state.dtype(), shape[1] * shape[2])));
  read(state, from_slot, rows);
  write(state, to_slot, rows);
}

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
