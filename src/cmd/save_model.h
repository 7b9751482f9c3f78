#pragma once
// `/save`: a model as it is talked with becomes a stored one.

#include <span>
#include <string>

#include "cmd/answerer.h"
#include "cmd/find_model.h"

namespace cria::cmd {

void save_model(const FoundModel& found, const std::string& name, const Wishes& wishes,
                std::span<const Said> messages);

}  // namespace cria::cmd
