#include "serving/prefix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <span>
#include <string_view>

#include "base/error.h"
#include "registry/sha256.h"

namespace cria::serving {
namespace {

using Code = Error::Code;
using kvcache::KnownBlock;

constexpr std::string_view kFormat = "cria prefixes 1\n";
constexpr size_t kDigest = 64;  // hexadecimal digits

struct Head {
  int32_t before;
  uint32_t tokens;
  uint64_t groups;
};
static_assert(sizeof(Head) == 16);

std::string digest_of(const std::string& before, const Head& head, const KnownBlock& block) {
  registry::Sha256 hash;
  hash.update(std::as_bytes(std::span(before)));
  hash.update(std::as_bytes(std::span(&head, 1)));
  hash.update(std::as_bytes(std::span(block.tokens)));
  hash.update(block.rows);
  return hash.finish();
}

class Writer {
 public:
  Writer(TemporaryFile& file, const std::string& fingerprint) : file_(file), digest_(fingerprint) {
    file_.write(std::as_bytes(std::span(kFormat)));
    file_.write(std::as_bytes(std::span(fingerprint)));
  }

  void write(const KnownBlock& block) {
    const Head head{block.before, static_cast<uint32_t>(block.tokens.size()), block.groups};
    digest_ = digest_of(digest_, head, block);
    file_.write(std::as_bytes(std::span(&head, 1)));
    file_.write(std::as_bytes(std::span(block.tokens)));
    file_.write(block.rows);
    file_.write(std::as_bytes(std::span(digest_)));
  }

 private:
  TemporaryFile& file_;
  std::string digest_;
};

class Reader {
 public:
  // Nothing but a regular file is read, and no link is followed.
  explicit Reader(const std::string& path)
      : path_(path), file_(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) {
    struct stat status = {};
    if (::fstat(file_.get(), &status) != 0) fail_with_errno(path, "cannot be read", errno);
    if (!S_ISREG(status.st_mode)) corrupt("it is no regular file");
  }

  void begin(const std::string& fingerprint) {
    if (text(kFormat.size()) != kFormat) corrupt("it is of another format");
    if (text(kDigest) != fingerprint) corrupt("it was made by another model, program or machine");
    digest_ = fingerprint;
  }

  // False: it was the end.
  bool read(KnownBlock& block, const kvcache::Cache& cache) {
    Head head{};
    read(std::as_writable_bytes(std::span(&head, 1)));
    if (head.tokens > kMostTokens) corrupt(concat("a block has ", head.tokens, " tokens"));
    block.before = head.before;
    block.groups = head.groups;
    block.tokens.resize(head.tokens);
    block.rows.clear();
    const bool is_end = head.tokens == 0;
    if (!is_end) {
      const auto bytes = cache.known_bytes(block);
      if (!bytes) corrupt("a block is of another cache");
      block.rows.resize(*bytes);
    }
    read(std::as_writable_bytes(std::span(block.tokens)));
    read(block.rows);
    digest_ = digest_of(digest_, head, block);
    if (text(kDigest) != digest_) corrupt("a checksum is wrong");
    return !is_end;
  }

  void end() const {
    std::byte more{};
    if (::read(file_.get(), &more, 1) != 0) corrupt("something follows its end");
  }

  [[noreturn]] void corrupt(std::string_view what) const {
    fail(Code::kCorrupt, path_, ": kept beginnings cannot be read: ", what);
  }

 private:
  static constexpr uint32_t kMostTokens = 1 << 16;  // of a block

  std::string text(size_t size) {
    std::string out(size, '\0');
    read(std::as_writable_bytes(std::span(out)));
    return out;
  }

  void read(std::span<std::byte> out) {
    while (!out.empty()) {
      const ssize_t count = ::read(file_.get(), out.data(), out.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_with_errno(path_, "cannot be read", errno);
      if (count == 0) corrupt("it is cut short");
      out = out.subspan(static_cast<size_t>(count));
    }
  }

  std::string path_;
  FileDescriptor file_;
  std::string digest_;
};

}  // namespace

int64_t write_prefixes(TemporaryFile& file, const std::string& fingerprint,
                       const kvcache::Cache& cache, int64_t most_bytes) {
  Writer writer(file, fingerprint);
  int64_t bytes = 0, tokens = 0;
  cache.give_known([&](const KnownBlock& block) {
    const auto count = std::ssize(block.tokens);
    bytes += std::ssize(block.rows) + count * 4 + static_cast<int64_t>(sizeof(Head) + kDigest);
    if (bytes > most_bytes) return false;
    writer.write(block);
    tokens += count;
    return true;
  });
  writer.write({});
  return tokens;
}

int64_t read_prefixes(const std::string& path, const std::string& fingerprint,
                      kvcache::Cache& cache) {
  Reader reader(path);
  reader.begin(fingerprint);
  int64_t tokens = 0;
  bool ended = false;
  std::exception_ptr failure;
  const bool fits = cache.take_known([&](KnownBlock& block) {
    try {
      if (!reader.read(block, cache)) ended = true;
    } catch (...) {
      failure = std::current_exception();
    }
    if (ended || failure) return false;
    tokens += std::ssize(block.tokens);
    return true;
  });
  if (failure) std::rethrow_exception(failure);
  if (!fits) reader.corrupt("a block has no place");
  if (ended) reader.end();
  return tokens;
}

}  // namespace cria::serving
