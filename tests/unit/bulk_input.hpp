// What the tests of bulk verification share: a file that holds some bytes and goes away, and a pipe that is fed piece by piece.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hookctl::bulk {

class InputFile {
 public:
  explicit InputFile(std::string_view bytes) : path_((std::filesystem::temp_directory_path() / "hookctl-bulk-XXXXXX").string()) {
    const int file = ::mkstemp(path_.data());
    while (!bytes.empty()) {
      const auto count = ::write(file, bytes.data(), bytes.size());
      if (count <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    ::close(file);
  }
  ~InputFile() { ::unlink(path_.c_str()); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A named pipe, opened for writing once somebody reads it.
class InputPipe {
 public:
  explicit InputPipe(std::vector<std::string> pieces)
      : path_((std::filesystem::temp_directory_path() / "hookctl-bulk-pipe-XXXXXX").string()) {
    ::close(::mkstemp(path_.data()));
    ::unlink(path_.c_str());
    if (::mkfifo(path_.c_str(), 0600) != 0) return;
    writer_ = std::thread([path = path_, pieces = std::move(pieces)] {
      const int end = ::open(path.c_str(), O_WRONLY);
      for (const std::string& piece : pieces) {
        if (::write(end, piece.data(), piece.size()) < 0) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      ::close(end);
    });
  }
  ~InputPipe() {
    if (writer_.joinable()) writer_.join();
    ::unlink(path_.c_str());
  }
  InputPipe(const InputPipe&) = delete;
  InputPipe& operator=(const InputPipe&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::thread writer_;
};

}  // namespace hookctl::bulk
