#include "ml/ops.h"

#include <gtest/gtest.h>

#include <functional>

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
      {"matmul: blk.1.ffn_up.weight [96, 64] and activate(matmul(blk.1.ffn_up.weight)) [5, 96]"});
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

TEST(Ops, KeepIndicesIndicesWhereverTheyAreMoved) {
  Graph graph;
  const Tensor x = graph.input("x", DType::kF32, {3, 8});
  const Tensor ids = top_k(x, 4);
  EXPECT_EQ(ids.node()->dtype, DType::kI32);
  EXPECT_EQ(ids.shape(), (Shape{3, 4}));
  for (const Tensor& moved :
       {ids.reshape({12}), slice(ids, 1, 0, 2), permute(ids, {1, 0}), concat_along(0, ids, ids),
        pad(ids, 1, 1, 0), repeat(slice(ids, 1, 0, 1), {3, 5}), gather(ids, ids, 1)}) {
    EXPECT_EQ(moved.node()->dtype, DType::kI32) << describe(moved.node());
  }
  EXPECT_EQ(gather(x, ids, 1).node()->dtype, DType::kF32);
  test::expect_error([&] { concat_along(0, ids, slice(x, 1, 0, 4)); },
                     Error::Code::kInvalidArgument, {"concat: ", "i32"});
}

TEST(Ops, RefuseShapesThatDoNotFit) {
  Graph graph;
  const Tensor x = graph.input("x", DType::kF32, {3, 8}), y = graph.input("y", DType::kF32, {3, 7});
  const Tensor ids = graph.input("ids", DType::kI32, {3, 2});
  const Tensor cube = graph.input("cube", DType::kF32, {4, 5, 8});
  for (const auto& [misfit, expectation] :
       std::vector<std::pair<std::function<void()>, std::string>>{
           {[&] { top_k(x, 9); }, "top_k: x [3, 8]"},
           {[&] { slice(x, 1, 0, 9); }, "slice: x [3, 8]"},
           {[&] { slice(x, 1, 0, 8, 0); }, "slice: x [3, 8]"},
           {[&] { slice(x, 2, 0, 1); }, "slice: x [3, 8]"},
           {[&] { concat_along(1, x, cube); }, "concat: x [3, 8] and cube [4, 5, 8]"},
           {[&] { pad(x, 0, -1, 0); }, "pad: x [3, 8]"},
           {[&] {
              repeat(x, {3, 16});
            },
            "repeat: x [3, 8] to [3, 16]"},
           {[&] { gather(x, y, 1); }, "gather: x [3, 8] and y [3, 7]"},
           {[&] { scatter(x, ids, 1, 9); }, "scatter: x [3, 8] and ids [3, 2]"},
           {[&] { clamp(x, 1, 0); }, "clamp: x [3, 8]"},
           {[&] { swiglu(x, y); }, "gated: x [3, 8] and y [3, 7]: shapes must be equal"},
           {[&] { layer_norm(x, {}, y, 1e-5f); }, "layer_norm: x [3, 8] and y [3, 7]"},
           {[&] {
              conv(cube, x.reshape({3, 8, 1}), {}, {});
            },
            "conv: cube [4, 5, 8] and reshape(x)"},
           {[&] {
              conv(cube, cube, {}, {.stride = {1, 0}});
            },
            "conv: "},
           {[&] { solve_tri(x, x); }, "solve_tri: x [3, 8] and x [3, 8]"},
           {[&] { experts_matmul(cube, x, y); }, "experts_matmul: cube [4, 5, 8] and x [3, 8]"},
           {[&] { experts_matmul(cube, y, ids); }, "experts_matmul: cube [4, 5, 8] and y [3, 7]"},
           {[&] { weighted_sum(cube, x); }, "weighted_sum: cube [4, 5, 8] and x [3, 8]"}}) {
    test::expect_error(misfit, Error::Code::kInvalidArgument, {expectation});
  }
}

TEST(Lowering, LeavesOnlyWhatIsSupported) {
  Graph graph;
  const Tensor x = graph.input("x", DType::kF32, {3, 8});
  const Tensor y = rms_norm(swiglu(x, x), {}, 1e-5f).named("result");
  const Tensor unused = sigmoid(y), results[] = {y};
  const Lowered lowered =
      lower(graph, results, [](const Node& node) { return !info(node.op).lower; });
  for (const Node& node : lowered.graph->nodes())
    EXPECT_EQ(info(node.op).lower, nullptr) << info(node.op).name;
  EXPECT_EQ(lowered[y.node()]->name, "result");
  EXPECT_EQ(lowered[y.node()]->shape, y.shape());
  EXPECT_EQ(lowered[unused.node()], nullptr) << "nothing needs it";
  test::expect_error(
      [&] { lower(graph, results, [](const Node& node) { return node.op == Op::kInput; }); },
      Error::Code::kUnsupported, {"primitive"});
}

}  // namespace
}  // namespace cria::ml
