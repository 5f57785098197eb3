// Records in a folder. Their form is record_json.cpp's.
#include "fuzz/record.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/file.hpp"
#include "base/text.hpp"

namespace hookctl::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "fnd_";
constexpr std::string_view kEnding = ".json";
constexpr std::size_t kDigits = 8;
constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;  // bytes of a record

// Ids become part of file names.
Result<std::string> path_of(const std::string& folder, const std::string& id) {
  if (!is_record_id(id)) return usage_error("'" + printable(id) + "' is no finding: its name is fnd_ and 8 hex digits");
  return folder + "/" + id + std::string(kEnding);
}

// The ids of the records in a folder, sorted.
Result<std::vector<std::string>> ids_in(const std::string& folder) {
  std::vector<std::string> ids;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return ids;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().generic_string();
    if (!name.ends_with(kEnding)) continue;
    const std::string id = name.substr(0, name.size() - kEnding.size());
    if (is_record_id(id)) ids.push_back(id);
  }
  if (error) return unavailable_error("cannot read the folder '" + printable(folder) + "': " + error.message());
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<Record> read_one(const std::string& folder, const std::string& id) {
  const std::string path = folder + "/" + id + std::string(kEnding);
  if (!is_regular_file(path)) return usage_error(printable(path) + ": it is no file");
  const auto text = read_file(path, kLargest);
  if (!text) return text.error();
  auto record = read_record(*text, path);
  if (record && record->id != id) return usage_error(printable(path) + ": it holds the finding " + record->id);
  return record;
}

}  // namespace

std::string record_id(std::string_view fingerprint) { return std::string(kPrefix) + std::string(fingerprint.substr(0, kDigits)); }

bool is_record_id(std::string_view word) {
  if (!word.starts_with(kPrefix) || word.size() != kPrefix.size() + kDigits) return false;
  const std::string_view digits = word.substr(kPrefix.size());
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<Records> read_records(const std::string& folder) {
  const auto ids = ids_in(folder);
  if (!ids) return ids.error();
  Records out;
  for (const std::string& id : *ids) {
    auto record = read_one(folder, id);
    if (record)
      out.records.push_back(*std::move(record));
    else
      out.unreadable.push_back(record.error().message);
  }
  return out;
}

Result<void> keep_record(const std::string& folder, const Record& record) {
  const auto path = path_of(folder, record.id);
  if (!path) return path.error();
  if (auto made = make_private_folder(folder); !made) return made;
  return write_private_file(*path, write_record(record));
}

Result<void> drop_record(const std::string& folder, const std::string& id) {
  const auto path = path_of(folder, id);
  if (!path) return path.error();
  std::error_code error;
  if (fs::is_directory(fs::symlink_status(*path, error)))
    return unavailable_error("cannot remove '" + printable(*path) + "': it is a folder");
  fs::remove(*path, error);
  if (!error || error == std::errc::not_a_directory || error == std::errc::no_such_file_or_directory) return {};
  return unavailable_error("cannot remove '" + printable(*path) + "': " + error.message());
}

}  // namespace hookctl::fuzz
