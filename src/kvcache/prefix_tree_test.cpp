#include "kvcache/prefix_tree.h"

#include <gtest/gtest.h>

namespace cria::kvcache {
namespace {

using Ids = std::vector<int32_t>;
using Node = PrefixTree::Node;

TEST(PrefixTree, MatchesWholeBlocksAndThenAPart) {
  PrefixTree tree(8, 2, 1);
  const Node a = tree.add(PrefixTree::kRoot, Ids{1, 2}), b = tree.add(a, Ids{3, 4});
  tree.add(PrefixTree::kRoot, Ids{1, 3});
  const auto match = tree.match(Ids{1, 2, 3, 9});
  EXPECT_EQ(match.whole, std::vector<Node>{a});
  EXPECT_EQ(match.partial, b);
  EXPECT_EQ(match.partial_tokens, 1);
  EXPECT_EQ(tree.match(Ids{1, 2, 3, 4, 5}).whole, (std::vector<Node>{a, b}));
  EXPECT_EQ(tree.match(Ids{2, 1}).partial, PrefixTree::kNone);
}

TEST(PrefixTree, PrefersTheChildThatGoesFurthest) {
  PrefixTree tree(8, 4, 1);
  tree.add(PrefixTree::kRoot, Ids{1, 2});
  const Node best = tree.add(PrefixTree::kRoot, Ids{1, 2, 3});
  tree.add(PrefixTree::kRoot, Ids{1, 2, 9, 9});
  const auto match = tree.match(Ids{1, 2, 3, 4});
  EXPECT_EQ(match.partial, best);
  EXPECT_EQ(match.partial_tokens, 3);
}

TEST(PrefixTree, FindsChildrenOfJustTheseTokensOrThatBeginWithThem) {
  PrefixTree tree(8, 4, 1);
  const Node a = tree.add(PrefixTree::kRoot, Ids{1, 2, 3});
  EXPECT_EQ(tree.find(PrefixTree::kRoot, Ids{1, 2, 3}), a);
  EXPECT_EQ(tree.find(PrefixTree::kRoot, Ids{1, 2}), PrefixTree::kNone);
  EXPECT_TRUE(tree.covers(PrefixTree::kRoot, Ids{1, 2}));
  EXPECT_FALSE(tree.covers(PrefixTree::kRoot, Ids{1, 3}));
}

TEST(PrefixTree, SaysThatItIsFullAndUsesRemovedNodesAgain) {
  PrefixTree tree(2, 2, 1);
  const Node a = tree.add(PrefixTree::kRoot, Ids{1, 2}), b = tree.add(a, Ids{3});
  EXPECT_EQ(tree.add(a, Ids{4}), PrefixTree::kNone);
  tree.remove(b);
  EXPECT_TRUE(tree.is_leaf(a));
  EXPECT_NE(tree.add(a, Ids{4}), PrefixTree::kNone);
  EXPECT_EQ(tree.nodes(), 2);
}

TEST(PrefixTree, ListsTheBlocksOfAPoolFromTheOldestToTheNewest) {
  PrefixTree tree(8, 2, 2);
  std::vector<Node> nodes;
  for (int32_t id = 0; id < 3; ++id) {
    nodes.push_back(tree.add(PrefixTree::kRoot, Ids{id, id}));
    tree.set_block(nodes.back(), 1, 10 + id);
  }
  const auto order = [&] {
    std::string blocks;
    for (Node node = tree.oldest(1); node != PrefixTree::kRoot; node = tree.newer(node, 1)) {
      blocks += std::to_string(tree.block(node, 1)) + " ";
    }
    return blocks;
  };
  EXPECT_EQ(order(), "10 11 12 ");
  tree.touch(nodes[0], 1);
  EXPECT_EQ(order(), "11 12 10 ");
  tree.demote(nodes[0], 1);
  EXPECT_EQ(order(), "10 11 12 ");
  tree.set_block(nodes[1], 1, -1);
  EXPECT_EQ(order(), "10 12 ");
  EXPECT_EQ(tree.oldest(0), PrefixTree::kRoot) << "the other pool has none";
}

}  // namespace
}  // namespace cria::kvcache
