// Vitals from /proc, in one pass over it: which process is whose child, then what those of the family need.
#include "process/vitals.hpp"

#ifdef __linux__
#include <dirent.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#endif

namespace hookctl::process {

#ifdef __linux__
namespace {

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

Folder open_folder(const std::string& path) { return {::opendir(path.c_str()), &::closedir}; }

struct Process {
  int parent{0};
  std::uint64_t ticks{0};  // user and system
};

// Nothing of one that is gone, or dead and not yet reaped. proc_pid_stat(5): the name stands in brackets and may hold anything.
std::optional<Process> read_process(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  if (!std::getline(file, line, '\0')) return std::nullopt;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  char state = 'X';
  Process found;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> state >> found.parent;
  std::string skipped;
  for (int i = 5; i < 14; ++i) fields >> skipped;
  if (!(fields >> user >> system) || state == 'Z' || state == 'X') return std::nullopt;
  found.ticks = user + system;
  return found;
}

std::map<int, Process> all_processes() {
  std::map<int, Process> all;
  const Folder folder = open_folder("/proc");
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const auto pid = parse_unsigned(entry->d_name);
    if (!pid) continue;
    if (const auto found = read_process(entry->d_name)) all.emplace(static_cast<int>(*pid), *found);
  }
  return all;
}

std::uint64_t resident_bytes(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  const long page = ::sysconf(_SC_PAGESIZE);
  return file >> size >> resident && page > 0 ? resident * static_cast<std::uint64_t>(page) : 0;
}

std::uint64_t open_files(const std::string& pid) {
  const Folder folder = open_folder("/proc/" + pid + "/fd");
  std::uint64_t count = 0;
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) count += entry->d_name[0] != '.';
  return count;
}

}  // namespace

std::optional<Vitals> vitals(int pid) {
  const auto all = all_processes();
  if (!all.contains(pid)) return std::nullopt;
  std::multimap<int, int> children;
  for (const auto& [each, process] : all) children.emplace(process.parent, each);
  const long ticks_a_second = ::sysconf(_SC_CLK_TCK);
  Vitals sum;
  std::uint64_t ticks = 0;
  for (std::vector<int> next{pid}; !next.empty() && sum.processes < all.size();) {
    const int each = next.back();
    next.pop_back();
    const std::string name = std::to_string(each);
    ++sum.processes;
    sum.resident_bytes += resident_bytes(name);
    sum.open_files += open_files(name);
    ticks += all.at(each).ticks;
    const auto [begin, end] = children.equal_range(each);
    for (auto child = begin; child != end; ++child) next.push_back(child->second);
  }
  if (ticks_a_second > 0) sum.cpu_ms = ticks * 1000 / static_cast<std::uint64_t>(ticks_a_second);
  return sum;
}
#else
std::optional<Vitals> vitals(int /*pid*/) { return std::nullopt; }
#endif

}  // namespace hookctl::process
