#include "fuzz/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace hookctl::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".json";
constexpr std::string_view kRuns = "runs";
constexpr std::uint64_t kLargest = std::uint64_t{8} << 20;  // bytes of a case that is kept or read

std::string name_of(const std::string& text) { return to_hex(crypto::digest(crypto::Hash::sha256, text)).substr(0, 16); }

// The files that may be cases, sorted.
Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return names;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().generic_string();
    if (!name.starts_with('.') && name.ends_with(kEnding)) names.push_back(name);
  }
  if (error) return unavailable_error("cannot read the folder '" + printable(folder) + "': " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// 0 when it is not known.
std::uint64_t read_runs(const std::string& path) {
  if (!is_regular_file(path)) return 0;
  const auto text = read_file(path, 64);
  return text ? parse_unsigned(trim(*text)).value_or(0) : 0;
}

}  // namespace

Result<Corpus> Corpus::open(const std::string& folder, std::size_t most) {
  Corpus out;
  out.folder_ = folder;
  out.most_ = most;
  const auto names = names_in(folder);
  if (!names) return names.error();
  out.runs_ = read_runs(folder + "/" + std::string(kRuns));
  for (const std::string& name : *names) {
    if (out.cases_.size() >= most) break;
    const std::string path = folder + "/" + name;
    const auto text = is_regular_file(path) ? read_file(path, kLargest) : Result<std::string>(usage_error("it is no file"));
    auto read = text ? read_case(*text, path) : Result<Case>(text.error());
    if (!read) {
      ++out.unreadable_;
    } else if (out.names_.insert(name_of(write_case(*read))).second) {
      out.cases_.push_back(*std::move(read));
    }
  }
  return out;
}

Result<void> Corpus::begin_run() {
  if (auto made = make_private_folder(folder_); !made) return made;
  const std::uint64_t next = runs_ + (runs_ < std::numeric_limits<std::uint64_t>::max() ? 1 : 0);
  return write_private_file(folder_ + "/" + std::string(kRuns), std::to_string(next) + "\n");
}

Result<void> Corpus::add(const Case& found) {
  if (cases_.size() >= most_) return {};
  const std::string text = write_case(found);
  const std::string name = name_of(text);
  if (text.size() > kLargest || names_.contains(name)) return {};
  if (auto made = make_private_folder(folder_); !made) return made;
  if (auto kept = write_private_file(folder_ + "/" + name + std::string(kEnding), text); !kept) return kept;
  names_.insert(name);
  cases_.push_back(found);
  return {};
}

}  // namespace hookctl::fuzz
