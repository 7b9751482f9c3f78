#include "ml/ops.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ml/lowering.h"
#include "tests/support/expect_error.h"

namespace cria::ml {
namespace {

Node weight(std::string name, const Shape& shape) {
  Node node;
  node.op = Op::kWeight;
  node.name = std::move(name);
  node.shape = shape;
  return node;
}

TEST(Ops, NameTheWeightsThatOperandsDescendFromWhenShapesDoNotFit) {
  Graph graph;
  const Node up = weight("blk.1.ffn_up.weight", {96, 64}),
             down = weight("blk.1.ffn_down.weight", {64, 96});
  const Tensor x = graph.input("x", DType::kF32, {5, 64});
  const Tensor h = silu(matmul({nullptr, &up}, x));
  EXPECT_EQ(h.shape(), (Shape{5, 96}));
  test::expect_error(
      [&] {
        matmul({nullptr, &up}, h);
      },
      Error::Code::kInvalidArgument,
      {"matmul: blk.1.ffn_up.weight [96, 64] and silu(matmul(blk.1.ffn_up.weight)) [5, 96]"});
  test::expect_error([&] { x + h; }, Error::Code::kInvalidArgument, {"add: x [5, 64]"});
  test::expect_error([&] { h.reshape({7, 7}); }, Error::Code::kInvalidArgument, {"[7, 7]"});
  EXPECT_EQ(matmul({nullptr, &down}, h).shape(), (Shape{5, 64}));
}

TEST(Ops, AreSharedWhenTheyAreEqual) {
  Graph graph;
  const Tensor positions = graph.input("positions", DType::kI32, {3});
  const Tensor x = graph.input("x", DType::kF32, {3, 2, 4}),
               y = graph.input("y", DType::kF32, {3, 2, 4});
  const RopeOptions options{.dims = 4};
  const Tensor a = rope(x, positions, options), b = rope(y, positions, options);
  EXPECT_EQ(a.node()->inputs[1], b.node()->inputs[1]);  // one table of rotations
  EXPECT_EQ(rope(x, positions, options).node(), a.node());
  EXPECT_NE(rope(x, positions, {.dims = 2}).node(), a.node());
}

TEST(Lowering, LeavesOnlyWhatIsSupported) {
  Graph graph;
  const Tensor x = graph.input("x", DType::kF32, {3, 8});
  const Tensor y = rms_norm(swiglu(x, x), {}, 1e-5f).named("result");
  const Lowered lowered = lower(graph, [](const Node& node) { return !info(node.op).lower; });
  for (const Node& node : lowered.graph->nodes())
    EXPECT_EQ(info(node.op).lower, nullptr) << info(node.op).name;
  EXPECT_EQ(lowered[y.node()]->name, "result");
  EXPECT_EQ(lowered[y.node()]->shape, y.shape());
  test::expect_error([&] { lower(graph, [](const Node& node) { return node.op == Op::kInput; }); },
                     Error::Code::kUnsupported, {"primitive"});
}

// docs/ops.md is written by this test when CRIA_UPDATE_DOCS is set, and compared otherwise.
TEST(Ops, AreListedInTheDocumentation) {
  std::ostringstream text;
  text << "# Operations\n\nGenerated from src/ml/ops.def. A primitive must run on every backend; a "
          "fused operation is lowered to\n"
          "primitives where a backend does not have it.\n\n| operation | inputs | kind | result "
          "|\n|---|---|---|---|\n";
  for (const OpInfo& row : ops()) {
    const bool leaf = row.op == Op::kWeight || row.op == Op::kInput || row.op == Op::kState;
    text << "| " << row.name << " | " << row.fewest_inputs;
    if (row.most_inputs != row.fewest_inputs) text << " or " << row.most_inputs;
    text << " | "
         << (leaf        ? "leaf"
             : row.lower ? "fused"
                         : "primitive")
         << " | " << row.summary << " |\n";
  }
  if (std::getenv("CRIA_UPDATE_DOCS"))
    std::ofstream("docs/ops.md") << text.str();  // NOLINT(concurrency-mt-unsafe)
  std::ifstream file("docs/ops.md");
  const std::string documented((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(documented, text.str())
      << "run CRIA_UPDATE_DOCS=1 build/test/ml_test to write docs/ops.md anew";
}

}  // namespace
}  // namespace cria::ml
