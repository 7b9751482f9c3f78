#pragma once
// How many threads can do useful work at once.

#include <filesystem>
#include <optional>
#include <span>

namespace cria {

// Physical cores that this process may run on, at most what its control group grants; at least 1.
int usable_cores();

// Physical cores among some logical processors. One whose siblings are unknown counts as a core.
// `root` is "/", or a copy of it in tests.
int physical_cores(const std::filesystem::path& root, std::span<const int> processors);

// Processors' worth of time that control groups grant, rounded up; nothing if they do not limit it.
std::optional<int> granted_processors(const std::filesystem::path& root);

}  // namespace cria
