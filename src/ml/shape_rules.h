#pragma once
// The shape of each operation's result from its operands and options; InvalidArgument when they do
// not fit each other.

#include "ml/tensor.h"

namespace cria::ml::shape_rules {

Shape same(const Node& node);
Shape equal(const Node& node);
Shape broadcast(const Node& node);
Shape clamp(const Node& node);
Shape reduce_last(const Node& node);
Shape top_k(const Node& node);
Shape matmul(const Node& node);
Shape permute(const Node& node);
Shape slice(const Node& node);
Shape concat(const Node& node);
Shape pad(const Node& node);
Shape gather(const Node& node);
Shape scatter(const Node& node);
Shape rows(const Node& node);
Shape store(const Node& node);
Shape history_mask(const Node& node);
Shape rope_table(const Node& node);
Shape conv(const Node& node);
Shape tri(const Node& node);
Shape solve_tri(const Node& node);
Shape causal_conv(const Node& node);
Shape ssm_scan(const Node& node);
Shape delta_rule(const Node& node);
Shape norm(const Node& node);
Shape rotate(const Node& node);
Shape paged_attention(const Node& node);
Shape experts_matmul(const Node& node);
Shape weighted_sum(const Node& node);

}  // namespace cria::ml::shape_rules
