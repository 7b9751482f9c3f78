#include "serving/kept_prefixes.h"

#include <gnu/libc-version.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "registry/sha256.h"
#include "serving/prefix_file.h"

namespace cria::serving {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".prefixes";

// Replacing the program's file changes nothing of a program that runs.
const std::string& program_digest() {
  static const std::string kDigest = [] {
    const MappedFile program("/proc/self/exe");
    registry::Sha256 hash;
    hash.update(program.bytes());
    return hash.finish();
  }();
  return kDigest;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Tells of what it throws.
template <class Function>
void attempt(Function function) {
  try {
    function();
  } catch (const std::exception& error) {
    log::write(error.what());
  }
}

}  // namespace

std::string prefix_fingerprint(const std::string& weights, model::Executor& executor) {
  const kvcache::Options& cache = executor.options().cache;
  const auto name = [](ml::DType type) { return ml::info(type).name; };
  return registry::sha256(concat(
      "weights ", weights, "\nkeys ", name(cache.key_type), "\nvalues ", name(cache.value_type),
      "\nblock ", cache.block_size, "\ncontext ", executor.cache().context(), "\nbackend ",
      executor.backend().name(), ' ', executor.backend().devices().front().description,
      "\nprogram ", program_digest(), "\nlibc ", gnu_get_libc_version()));
}

fs::path KeptPrefixes::path_of(const std::string& fingerprint) const {
  return folder_ / concat(fingerprint, kEnding);
}

void KeptPrefixes::restore(const std::string& weights, model::Executor& executor) const {
  attempt([&] {
    const auto start = std::chrono::steady_clock::now();
    const std::string fingerprint = prefix_fingerprint(weights, executor);
    const std::string path = path_of(fingerprint);
    try {
      const int64_t tokens = read_prefixes(path, fingerprint, executor.cache());
      log::debug("restored ", tokens, " tokens of prompts in ", seconds_since(start), " s");
    } catch (const Error& error) {
      if (error.code() == Error::Code::kNotFound) return;
      fs::remove(path);
      throw;
    }
  });
}

void KeptPrefixes::keep(const std::string& weights, model::Executor& executor) const {
  attempt([&] {
    const auto start = std::chrono::steady_clock::now();
    const std::string fingerprint = prefix_fingerprint(weights, executor);
    const std::string path = path_of(fingerprint);
    if (fs::create_directories(folder_)) {
      fs::permissions(folder_, fs::perms::owner_all);  // it tells what was asked
    }
    TemporaryFile file(path + ".tmp-", 0600, path);
    const int64_t tokens = write_prefixes(file, fingerprint, executor.cache(), most_bytes_);
    if (tokens == 0) return;
    file.rename_to(path);
    log::debug("kept ", tokens, " tokens of prompts in ", seconds_since(start), " s");
    remove_oldest();
  });
}

// Also what a crash has left of files on their way.
void KeptPrefixes::remove_oldest() const {
  struct Kept {
    fs::path path;
    fs::file_time_type time;
    int64_t bytes;
  };
  std::vector<Kept> all;
  int64_t bytes = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    std::error_code error;
    if (entry.path().filename().string().find(kEnding) == std::string::npos) continue;
    if (!entry.is_regular_file(error)) continue;
    // What others have removed meanwhile has no size.
    const auto size = entry.file_size(error);
    const auto time = error ? fs::file_time_type{} : entry.last_write_time(error);
    if (error) continue;
    all.push_back({entry.path(), time, static_cast<int64_t>(size)});
    bytes += all.back().bytes;
  }
  std::ranges::sort(all, {}, &Kept::time);
  for (const Kept& kept : all) {
    if (bytes <= most_bytes_) return;
    fs::remove(kept.path);
    log::debug("removed kept prompts of ", kept.bytes, " bytes");
    bytes -= kept.bytes;
  }
}

}  // namespace cria::serving
