#pragma once
// A folder of its own in the store, where blobs have the names that they had as files: what makes
// models of files finds them there.

#include <string>
#include <string_view>

#include "registry/blobs.h"

namespace cria::registry {

class StagingFolder {
 public:
  explicit StagingFolder(Blobs blobs);
  ~StagingFolder();  // removes it
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const std::string& path() const { return path_; }
  // `name` may have folders. InvalidArgument: it leads outside, or is not printable; NotFound:
  // there is no such blob.
  void add(std::string_view name, const std::string& hex) const;

 private:
  Blobs blobs_;
  std::string path_;
};

}  // namespace cria::registry
