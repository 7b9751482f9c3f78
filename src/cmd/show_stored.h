#pragma once
// The parts of a stored model besides its weights, as `cria show` prints them.

#include <string>

#include "cmd/find_model.h"
#include "cmd/json.h"

namespace cria::cmd {

// Each is empty when there is none of it. The license and the template may be those of the file.
std::string license_text(const FoundModel& found);
std::string template_text(const FoundModel& found);
std::string system_text(const FoundModel& found);
// "stop    "<|im_end|>"", a line for each.
std::string stored_parameters_text(const FoundModel& found);
// That `cria create` makes the same model of.
std::string modelfile_text(const FoundModel& found);

// The sections of the summary, between those of the file.
std::string stored_sections(const FoundModel& found);
Json stored_json(const FoundModel& found);

}  // namespace cria::cmd
