#pragma once
// How much memory can still be taken.

#include <cstdint>
#include <filesystem>

namespace cria {

// Bytes that this process can take without swapping or being killed: what the system says is
// available, at most what is left of its control groups' limits.
int64_t available_memory();

// The same from a copy of the system's files, for tests.
int64_t available_memory(const std::filesystem::path& root);

}  // namespace cria
