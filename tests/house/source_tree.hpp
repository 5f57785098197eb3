// The project's own text files, as the house tests read them.
#pragma once

#include <string>
#include <vector>

namespace hookctl::house {

struct SourceFile {
  std::string path;  // from the project's root, '/' between folders: "lib/http/codec.cpp"
  std::vector<std::string> lines;
};

// All text files of these folders of the tree ("" is the root without its folders), sorted. Without build trees and node_modules.
std::vector<SourceFile> source_files(const std::vector<std::string>& folders);

// One #include line: what stands between its quotes or angles, and where.
struct Include {
  std::string name;
  bool quoted{false};
  std::string where;  // "lib/http/codec.cpp:12"
  std::string path;   // of the file
};
std::vector<Include> includes_of(const SourceFile& file);

bool is_cpp(const SourceFile& file);     // .cpp or .hpp
std::string folder_of(const std::string& path);  // "lib/http/codec.cpp" -> "lib/http"

}  // namespace hookctl::house
