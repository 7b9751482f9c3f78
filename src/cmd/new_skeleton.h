#pragma once
// The sources of an architecture, made of those of another.

#include <filesystem>
#include <string>

namespace cria::cmd {

// Of an architecture, in a checkout.
struct ArchitectureFiles {
  std::filesystem::path model, test, converter;
};
ArchitectureFiles architecture_files(const std::filesystem::path& root, const std::string& name);

struct Skeleton {
  std::string model, test, converter;  // the files' texts
  std::string class_of_original;       // that the copied converter is registered for
};

// `notes` are lines of comments for the converter. NotFound when `like` is not there, Unsupported
// when it is not built as a copy needs it.
Skeleton skeleton_of(const std::filesystem::path& root, const std::string& like,
                     const std::string& architecture, const std::string& class_name,
                     const std::string& notes = {});

// "gpt_neox" to "GptNeox", as types are named.
std::string type_name(const std::string& architecture);

std::string read_source(const std::filesystem::path& path);

}  // namespace cria::cmd
