// What backends keep of keys and values, by rows of its type.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ml/backend.h"
#include "ml/formats.h"
#include "ml/ops.h"
#include "tests/support/expect_error.h"

namespace cria::ml {
namespace {

using Bytes = std::vector<std::byte>;

constexpr int64_t kSlots = 96, kHeads = 3, kBlock = 32;
constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};

std::vector<float> wave(int64_t n, float phase) {
  std::vector<float> x(static_cast<size_t>(n));
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i) * 0.7f + phase);
  return x;
}

Bytes encoded(DType type, const std::vector<float>& x) {
  Bytes bytes(static_cast<size_t>(row_bytes(type, std::ssize(x))));
  quantize(type, x, bytes.data());
  return bytes;
}

class States : public testing::TestWithParam<std::string> {
 protected:
  // Calls test(state, its role and type, elements of a head) for each kind of state.
  template <class Test>
  void each(Test test) {
    for (const StateRole role : {StateRole::kKeys, StateRole::kValues}) {
      for (const DType type : kTypes) {
        for (const int64_t dim : {1, 7, 32, 96, 100, 320}) {
          if (dim % info(type).block_elements != 0) continue;
          SCOPED_TRACE(concat(role == StateRole::kKeys ? "keys of " : "values of ", dim, " ",
                              info(type).name));
          const auto state = allocate(role, type, dim);
          test(*state, type, kHeads * dim);
        }
      }
    }
  }
  std::unique_ptr<State> allocate(StateRole role, DType type, int64_t dim) {
    return backend->allocate({.name = "state",
                              .role = role,
                              .dtype = type,
                              .shape = {kSlots, kHeads, dim},
                              .block_size = kBlock});
  }
  Bytes read(const State& state, int64_t slot, int64_t slots) const {
    Bytes out(static_cast<size_t>(slots * row_bytes(state.dtype(), row_of(state))));
    backend->read(state, slot, out);
    return out;
  }
  static int64_t row_of(const State& state) { return state.shape()[1] * state.shape()[2]; }

  const std::unique_ptr<Backend> backend = make_backend(GetParam(), {.threads = 2});
};

TEST_P(States, BeginWithZeros) {
  each([&](const State& state, DType, int64_t) {
    const Bytes all = read(state, 0, kSlots);
    EXPECT_EQ(all, Bytes(all.size()));
  });
}

TEST_P(States, GiveBackTheRowsThatWereWritten) {
  each([&](State& state, DType type, int64_t row) {
    const Bytes all = encoded(type, wave(kSlots * row, 0));
    backend->write(state, 0, all);
    EXPECT_EQ(read(state, 0, kSlots), all);
    const Bytes some = encoded(type, wave(5 * row, 1));
    backend->write(state, 30, some);
    EXPECT_EQ(read(state, 30, 5), some);
    Bytes changed = all;
    std::copy(some.begin(), some.end(), changed.begin() + 30 * row_bytes(type, row));
    EXPECT_EQ(read(state, 0, kSlots), changed);
  });
}

TEST_P(States, KeepWhatIsStoredAsItsTypeRoundsIt) {
  each([&](State& state, DType type, int64_t row) {
    Graph graph;
    const Tensor x = graph.input("x", DType::kF32, {2, kHeads, row / kHeads});
    const Tensor slots = graph.input("slots", DType::kI32, {2});
    const Tensor result = rows(store(graph.state(state), x, slots), slots);
    const auto plan = backend->plan(graph, std::span(&result, 1));
    const std::vector<float> values = wave(2 * row, 2);
    const std::vector<int32_t> where = {33, 4};
    std::copy_n(reinterpret_cast<const std::byte*>(values.data()), values.size() * 4,
                plan->input(x).data());
    std::copy_n(reinterpret_cast<const std::byte*>(where.data()), 8, plan->input(slots).data());
    backend->run(*plan);

    const Bytes expected = encoded(type, values);
    const auto middle = expected.begin() + row_bytes(type, row);
    EXPECT_EQ(read(state, 33, 1), Bytes(expected.begin(), middle));
    EXPECT_EQ(read(state, 4, 1), Bytes(middle, expected.end()));
    EXPECT_EQ(read(state, 5, 28), Bytes(static_cast<size_t>(28 * row_bytes(type, row))));
    std::vector<float> rounded(values.size());
    dequantize(type, expected.data(), rounded);
    const std::span<const float> seen = plan->output(0);
    EXPECT_EQ(std::vector<float>(seen.begin(), seen.end()), rounded);
  });
}

TEST_P(States, RefuseHeadsThatAreNotWholeBlocks) {
  for (const StateRole role : {StateRole::kKeys, StateRole::kValues}) {
    test::expect_error([&] { allocate(role, DType::kQ8_0, 40); }, Error::Code::kInvalidArgument,
                       {"state", "40", "q8_0", "multiple of 32"});
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(Backends, States, testing::Values("reference", "cpu"), name_of);

TEST(CpuStates, RefuseTypesThatKernelsDoNotRead) {
  const auto backend = make_backend("cpu", {.threads = 1});
  test::expect_error(
      [&] {
        backend->allocate({.name = "keys.0",
                           .role = StateRole::kKeys,
                           .dtype = DType::kQ4_0,
                           .shape = {32, 1, 32},
                           .block_size = 32});
      },
      Error::Code::kUnsupported, {"keys.0", "q4_0", "f32, f16, bf16 or q8_0"});
}

}  // namespace
}  // namespace cria::ml
