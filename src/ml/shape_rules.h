#pragma once
// The shape of each operation's result from its operands and options; InvalidArgument when they do
// not fit each other.

#include "ml/tensor.h"

namespace cria::ml::shape_rules {

Shape same(const Node& node);
Shape equal(const Node& node);
Shape broadcast(const Node& node);
Shape reduce_last(const Node& node);
Shape matmul(const Node& node);
Shape permute(const Node& node);
Shape slice(const Node& node);
Shape concat_last(const Node& node);
Shape rows(const Node& node);
Shape store(const Node& node);
Shape history_mask(const Node& node);
Shape rope_table(const Node& node);
Shape norm(const Node& node);
Shape rotate(const Node& node);
Shape paged_attention(const Node& node);

}  // namespace cria::ml::shape_rules
