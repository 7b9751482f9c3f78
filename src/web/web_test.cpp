#include "web/web.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace cria::web {
namespace {

const File* find(std::string_view path) {
  for (const File& file : files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::string source_of(std::string_view path) {
  const std::string name = path == "/" ? "web/index.html" : std::string(path.substr(1));
  std::ifstream stream(name, std::ios::binary);
  EXPECT_TRUE(stream) << name;
  return (std::ostringstream() << stream.rdbuf()).str();
}

// What `text` names in the first group of `pattern`.
std::set<std::string> named(const std::string& text, const char* pattern) {
  std::set<std::string> names;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

// The path of a module that the module at `path` imports as `name`.
std::string imported(std::string_view path, std::string name) {
  std::string folder(path.substr(0, path.rfind('/')));
  while (name.rfind("./", 0) == 0) name.erase(0, 2);
  while (name.rfind("../", 0) == 0) {
    name.erase(0, 3);
    folder.erase(folder.rfind('/'));
  }
  return folder + "/" + name;
}

TEST(Files, AreTheSourcesByteForByte) {
  for (const File& file : files()) EXPECT_EQ(file.bytes, source_of(file.path)) << file.path;
}

TEST(Files, HaveDistinctPathsAndTags) {
  std::set<std::string_view> paths, tags;
  for (const File& file : files()) {
    EXPECT_TRUE(paths.insert(file.path).second) << file.path;
    EXPECT_TRUE(tags.insert(file.etag).second) << file.path;
    EXPECT_TRUE(std::regex_match(std::string(file.etag), std::regex("\"[0-9a-f]{64}\"")));
  }
}

TEST(Files, HaveTheTypesThatBrowsersInsistOn) {
  ASSERT_TRUE(find("/") && find("/web/app.mjs") && find("/web/base.css") && find("/web/mark.svg"));
  EXPECT_EQ(find("/")->type, "text/html; charset=utf-8");
  EXPECT_EQ(find("/web/app.mjs")->type, "text/javascript; charset=utf-8");
  EXPECT_EQ(find("/web/base.css")->type, "text/css; charset=utf-8");
  EXPECT_EQ(find("/web/mark.svg")->type, "image/svg+xml");
}

TEST(Files, ContainWhateverThePageRefersTo) {
  const std::string page(find("/")->bytes);
  const std::set<std::string> names = named(page, "(?:src|href)=\"([^#\"]*)\"");
  EXPECT_GE(names.size(), 4U);
  for (const std::string& name : names) EXPECT_TRUE(find("/" + name)) << name;
}

TEST(Files, ContainWhateverTheModulesImport) {
  int count = 0;
  for (const File& file : files()) {
    if (!file.path.ends_with(".mjs")) continue;
    for (const std::string& name : named(std::string(file.bytes), "from '(\\.[^']*)'")) {
      EXPECT_TRUE(find(imported(file.path, name))) << file.path << " imports " << name;
      ++count;
    }
  }
  EXPECT_GT(count, 10);
}

TEST(Policy, AllowsScriptsOfThePageOnly) {
  const std::string policy(content_security_policy());
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find('\n'), std::string::npos);
}

// The policy forbids them, so the page would be broken by one.
TEST(Policy, IsKeptByThePage) {
  const std::string page(find("/")->bytes);
  EXPECT_FALSE(std::regex_search(
      page, std::regex("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=|javascript:")));
}

}  // namespace
}  // namespace cria::web
