#pragma once
// The control groups that this process is in: how containers and service managers limit processors
// and memory.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace cria {

// The folders of the groups that a controller ("cpu", "memory") limits, from the process's own to
// the outermost, as far as they are visible: limits of every one apply. Version 1 and 2 alike.
// `root` is "/", or a copy of it in tests.
std::vector<std::filesystem::path> cgroup_folders(const std::filesystem::path& root,
                                                  std::string_view controller);

// The numbers in a file, separated by white space; empty where it is absent or says anything else,
// such as "max".
std::vector<int64_t> numbers_in_file(const std::filesystem::path& path);

// The number after a word in a file of lines "word number" or "word: number kB"; nothing where
// there is none.
std::optional<int64_t> number_after(const std::filesystem::path& path, std::string_view word);

}  // namespace cria
