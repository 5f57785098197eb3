// Files through POSIX calls: the only way to make a private file that nobody sees half written.
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "base/random.hpp"
#include "base/text.hpp"

namespace hookctl {
namespace {

// A file descriptor, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  // Closing can report a write that failed late.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

Error refused(std::string_view verb, std::string_view path, std::string_view reason) {
  std::string message = "cannot ";
  message.append(verb).append(" '").append(printable(path)).append("': ").append(reason);
  return unavailable_error(std::move(message));
}

Error refused(std::string_view verb, std::string_view path, int error_number) {
  auto reason = std::generic_category().message(error_number);
  if (!reason.empty()) reason[0] = lower(reason[0]);
  return refused(verb, path, reason);
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// At most 2^30 bytes a call: some systems refuse more.
std::size_t piece(std::uint64_t wanted) { return static_cast<std::size_t>(std::min<std::uint64_t>(wanted, std::uint64_t{1} << 30)); }

Error too_large(const std::string& name, std::uint64_t limit) {
  return refused("read", name, "larger than " + std::to_string(limit) + " bytes");
}

// May throw std::bad_alloc.
Result<std::string> read_to_end(int file, const std::string& name, std::uint64_t size_hint, std::uint64_t limit) {
  constexpr std::uint64_t kFirstWindow = 64 * 1024;
  std::string bytes;
  std::size_t used = 0;
  bytes.resize(std::min(limit, std::max(size_hint, kFirstWindow - 1)) + 1);  // one more, to meet the end in the same window
  for (;;) {
    if (used == bytes.size()) bytes.resize(std::min<std::uint64_t>(limit + 1, std::uint64_t{used} * 2));
    const auto count = ::read(file, bytes.data() + used, piece(bytes.size() - used));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused("read", name, errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > limit) return too_large(name, limit);
  }
  bytes.resize(used);
  return bytes;
}

Result<std::string> read_all(int file, const std::string& name, std::uint64_t limit) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return refused("read", name, errno);
  if (S_ISDIR(status.st_mode)) return refused("read", name, "it is a folder, not a file");
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));  // 0 where the system cannot know
  if (size > limit && S_ISREG(status.st_mode)) return too_large(name, limit);
  try {
    return read_to_end(file, name, size, limit);
  } catch (const std::bad_alloc&) {
    return refused("read", name, "not enough memory");
  }
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), piece(bytes.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// So that the new name outlives a power cut; a file system that cannot do it is no reason to fail.
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
  const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.open()) ::fsync(handle.number());
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  limit = std::min(limit, kFileLimit);
  if (path == "-") return read_all(STDIN_FILENO, "standard input", limit);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return refused("read", path, errno);
  return read_all(file.number(), path, limit);
}

namespace {

// Into a pipe or device, which is no file to be replaced.
Result<void> write_through(const std::string& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.open() || !write_all(file.number(), bytes)) return refused("write", path, errno);
  return {};
}

// What a link stands for, that the link stays one.
std::string end_of_links(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string out(real);
  std::free(real);
  return out;
}

}  // namespace

Result<void> write_private_file(const std::string& path_or_link, std::string_view bytes) {
  if (is_folder(path_or_link)) return refused("write", path_or_link, "it is a folder, not a file");
  if (file_exists(path_or_link) && !is_regular_file(path_or_link)) return write_through(path_or_link, bytes);
  const std::string path = end_of_links(path_or_link);
  SystemRandom random;
  const auto beside = path + "." + random_text(random, "abcdefghijklmnopqrstuvwxyz0123456789", 12) + ".tmp";
  Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.open()) return refused("write", path, errno);
  const bool written = write_all(file.number(), bytes) && ::fsync(file.number()) == 0 && file.close();
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) {
    sync_folder_of(path);
    return {};
  }
  const int reason = errno;
  ::unlink(beside.c_str());
  return refused("write", path, reason);
}

Result<void> make_private_folder(const std::string& path) {
  if (path.empty()) return refused("make folder", path, "it has no name");
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const auto part = path.substr(0, end);
    if (is_folder(part) || ::mkdir(part.c_str(), 0700) == 0) continue;
    const int reason = errno;  // EEXIST may be another process that was faster
    if (reason == EEXIST && is_folder(part)) continue;
    if (reason == EEXIST) return refused("make folder", part, "a file of this name is in the way");
    return refused("make folder", path, reason);
  }
  return {};
}

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

bool is_regular_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace hookctl
