#pragma once
// Picture files, as a model that can see takes them.

#include <string>

#include "model/vision.h"

namespace cria::cmd {

// Errors are those of image::read.
model::Picture read_picture(const std::string& path, const model::VisionSpec& spec);

}  // namespace cria::cmd
