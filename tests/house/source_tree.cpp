#include "source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace hookctl::house {

namespace {

const std::filesystem::path kRoot(HOOKCTL_SOURCE_DIR);

bool is_skipped(const std::filesystem::path& folder) {
  const std::string name = folder.filename().string();
  return name == "node_modules" || name == ".git" || name == "build" || name.starts_with("build-") || name == "corpus" || name == ".hookctl";
}

bool is_text(const std::filesystem::path& path) {
  static const std::vector<std::string> kEndings{".cpp", ".hpp", ".cmake", ".txt", ".md", ".sh", ".json", ".form", ".multipart", ".mjs", ".js", ".toml", ".yml", ""};
  return std::find(kEndings.begin(), kEndings.end(), path.extension().string()) != kEndings.end();
}

SourceFile read(const std::filesystem::path& path) {
  SourceFile file{path.lexically_relative(kRoot).generic_string(), {}};
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

void collect(const std::filesystem::path& folder, bool deep, std::vector<SourceFile>& files) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory() && deep && !is_skipped(entry.path())) collect(entry.path(), true, files);
    if (entry.is_regular_file() && is_text(entry.path())) files.push_back(read(entry.path()));
  }
}

}  // namespace

std::vector<SourceFile> source_files(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) collect(folder.empty() ? kRoot : kRoot / folder, !folder.empty(), files);
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (!line.starts_with("#include ")) continue;
    const std::size_t open = line.find_first_of("\"<");
    const std::size_t close = line.find_first_of("\">", open + 1);
    if (open == std::string::npos || close == std::string::npos) continue;
    includes.push_back({line.substr(open + 1, close - open - 1), line[open] == '"', file.path + ":" + std::to_string(i + 1), file.path});
  }
  return includes;
}

bool is_cpp(const SourceFile& file) { return file.path.ends_with(".cpp") || file.path.ends_with(".hpp"); }

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/')); }

}  // namespace hookctl::house
