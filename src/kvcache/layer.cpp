#include "kvcache/layer.h"

namespace cria::kvcache {

ml::History Layer::append(ml::Tensor key, ml::Tensor value) {
  history_.keys = ml::store(history_.keys, key, slots_);
  history_.values = ml::store(history_.values, value, slots_);
  return history_;
}

}  // namespace cria::kvcache
