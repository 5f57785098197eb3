#include "bulk/lines.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/text.hpp"

namespace hookctl::bulk {

namespace {

constexpr int kStopAskedMs = 100;

Error cannot_read(const std::string& name, int reason) {
  std::string words = std::generic_category().message(reason);
  if (!words.empty()) words[0] = lower(words[0]);
  return unavailable_error("cannot read '" + name + "': " + words);
}

}  // namespace

Lines::Close::~Close() { ::close(descriptor); }

Result<Lines> Lines::open(const std::string& path, std::function<bool()> stop, Limits limits) {
  Lines lines;
  lines.name_ = path == "-" ? "standard input" : printable(path);
  lines.stop_ = std::move(stop);
  lines.limits_ = limits;
  lines.descriptor_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (lines.descriptor_ < 0) return cannot_read(lines.name_, errno);
  if (path != "-") lines.close_.reset(new Close{lines.descriptor_});
  struct stat status {};
  if (::fstat(lines.descriptor_, &status) != 0) return cannot_read(lines.name_, errno);
  if (S_ISDIR(status.st_mode)) return unavailable_error("cannot read '" + lines.name_ + "': it is a folder, not a file");
  if (S_ISREG(status.st_mode)) lines.size_ = static_cast<std::uint64_t>(status.st_size);
  return lines;
}

// As ::read(), and 0 when it is time to stop.
Result<std::size_t> Lines::read(char* to, std::size_t most) {
  for (;;) {
    if (stop_ && stop_()) break;
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kStopAskedMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const auto count = ::read(descriptor_, to, most);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return cannot_read(name_, errno);
    read_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }
  rest_.clear();
  return std::size_t{0};
}

// Notes the whole lines of [begin, used); bytes before `searched` are known to end none. Returns where the unfinished one begins.
std::size_t Lines::cut(Batch& batch, std::size_t used, std::size_t begin, std::size_t searched) const {
  const char* bytes = batch.room.data();
  while (batch.lines.size() < limits_.lines) {
    const void* end = std::memchr(bytes + searched, '\n', used - searched);
    if (end == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(end) - bytes);
    batch.lines.emplace_back(bytes + begin, at - begin);
    begin = searched = at + 1;
  }
  return begin;
}

// Drops the rest of a line that is too long. What was read behind it stays for the next batch.
Result<bool> Lines::pass_over_line(Batch& batch) {
  batch.too_long = true;
  for (;;) {
    auto count = read(batch.room.data(), limits_.block);
    if (!count) return count.error();
    const std::string_view piece(batch.room.data(), *count);
    const std::size_t end = piece.find('\n');
    ended_ = piece.empty();
    if (end != std::string_view::npos) rest_ = piece.substr(end + 1);
    if (ended_ || end != std::string_view::npos) return true;
  }
}

// There is no line yet, or there is room and more is to be had without waiting.
bool Lines::wants_more(const Batch& batch, std::size_t used) const {
  if (batch.lines.empty()) return true;
  if (batch.lines.size() == limits_.lines || used == batch.room.size()) return false;
  pollfd ready{descriptor_, POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

Result<bool> Lines::next(Batch& batch) {
  batch.lines.clear();
  batch.too_long = false;
  batch.first = next_line_;
  if (batch.room.size() > limits_.block && rest_.size() < limits_.block) std::vector<char>().swap(batch.room);  // after a very long line
  batch.room.resize(std::max({batch.room.size(), limits_.block, rest_.size()}));
  std::size_t used = rest_.copy(batch.room.data(), rest_.size());
  rest_.clear();
  std::size_t begin = cut(batch, used, 0, 0);
  while (!batch.too_long && !ended_ && wants_more(batch, used)) {
    if (used == batch.room.size()) batch.room.resize(std::min(used * 2, limits_.line + 1));
    auto count = read(batch.room.data() + used, batch.room.size() - used);
    if (!count && batch.lines.empty()) return count.error();
    if (!count) break;  // the next call meets it again
    ended_ = *count == 0;
    if (ended_ && !(stop_ && stop_()) && used > begin) batch.lines.emplace_back(batch.room.data() + begin, used - begin);
    if (ended_) break;
    begin = cut(batch, used + *count, begin, used);
    used += *count;
    if (!batch.lines.empty() || used <= limits_.line) continue;
    if (auto passed = pass_over_line(batch); !passed) return passed;
  }
  if (!ended_ && !batch.too_long) rest_.assign(batch.room.data() + begin, used - begin);
  next_line_ += batch.count();
  batch.input = read_ - rest_.size();
  return batch.count() > 0;
}

}  // namespace hookctl::bulk
