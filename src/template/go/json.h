#pragma once
// JSON as Go's encoding/json writes it.

#include <string>

#include "template/common/limits.h"
#include "template/go/value.h"

namespace cria::go {

std::string json_text(const Value& value);

}  // namespace cria::go
