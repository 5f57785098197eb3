// base/file.hpp and base/secret.hpp: whole files, private ones, and secrets out of them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/secret.hpp"

using namespace hookctl;
namespace fs = std::filesystem;

namespace {

// A folder of its own, gone at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "hookctl_test_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<unsigned>(status.st_mode & 0777) : 0;
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace

TEST_CASE("file: a private file reads back, and only its owner may") {
  const TemporaryFolder folder;
  const auto path = folder / "keys.bin";
  std::string bytes("a\0b\r\n", 5);
  bytes.append(200'000, '\xFF');
  REQUIRE(write_private_file(path, bytes).ok());
  CHECK(read_file(path).value() == bytes);
  CHECK(mode_of(path) == 0600);

  chmod(path.c_str(), 0644);
  REQUIRE(write_private_file(path, "").ok());
  CHECK(read_file(path).value().empty());
  CHECK(mode_of(path) == 0600);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);  // nothing left beside it
}

TEST_CASE("file: errors name the path and the reason") {
  const TemporaryFolder folder;
  const auto missing = read_file(folder / "none");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().kind == ErrorKind::unavailable);
  CHECK(missing.error().message == "cannot read '" + (folder / "none") + "': no such file or directory");
  CHECK(read_file(folder.path()).error().message.ends_with("it is a folder, not a file"));
  CHECK(write_private_file(folder.path(), "x").error().message.ends_with("it is a folder, not a file"));
  CHECK_FALSE(write_private_file(folder / "none/x", "x").ok());
  CHECK(read_file("a\x1b[0m").error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("file: the limit is the last size that is read") {
  const TemporaryFolder folder;
  const auto path = folder / "ten";
  write(path, "0123456789");
  CHECK(read_file(path, 10).value() == "0123456789");
  CHECK(read_file(path, 9).error().message.ends_with("larger than 9 bytes"));
  CHECK_FALSE(read_file(path, 0).ok());
  CHECK(read_file(path, UINT64_MAX).ok());
  CHECK_FALSE(read_file("/dev/zero", 300'000).ok());  // says nothing of its size
}

TEST_CASE("file: private folders") {
  const TemporaryFolder folder;
  const auto deep = folder / "a/b//c/";
  REQUIRE(make_private_folder(deep).ok());
  REQUIRE(make_private_folder(deep).ok());
  CHECK(fs::is_directory(deep));
  CHECK(mode_of(folder / "a") == 0700);
  write(folder / "file", "");
  CHECK_FALSE(make_private_folder(folder / "file").ok());
  CHECK_FALSE(make_private_folder(folder / "file/x").ok());
  CHECK_FALSE(make_private_folder("").ok());
  CHECK(file_exists(folder / "file"));
  CHECK_FALSE(file_exists(folder.path()));
  CHECK_FALSE(file_exists(folder / "none"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(file_exists(folder / "pipe"));
  CHECK_FALSE(is_regular_file(folder / "pipe"));
  CHECK(is_regular_file(folder / "file"));
  CHECK_FALSE(is_regular_file(folder.path()));
  CHECK_FALSE(is_regular_file(folder / "none"));
}

TEST_CASE("secret: from its four sources") {
  const TemporaryFolder folder;
  write(folder / "lf", "whsec_abc\n");
  write(folder / "crlf", "whsec_abc\r\n");
  write(folder / "two", "whsec_abc\n\n");
  write(folder / "cr", "whsec_abc\r");
  write(folder / "empty", "\n");
  setenv("HOOKCTL_TEST_SECRET", "from env\n", 1);
  setenv("HOOKCTL_TEST_EMPTY", "", 1);
  unsetenv("HOOKCTL_TEST_UNSET");
  CHECK(read_secret("value").value().reveal() == "value");
  CHECK(read_secret("file:" + (folder / "lf")).value().reveal() == "whsec_abc");
  CHECK(read_secret("file:" + (folder / "crlf")).value().reveal() == "whsec_abc");
  CHECK(read_secret("file:" + (folder / "two")).value().reveal() == "whsec_abc\n");
  CHECK(read_secret("file:" + (folder / "cr")).value().reveal() == "whsec_abc\r");
  CHECK(read_secret("env:HOOKCTL_TEST_SECRET").value().reveal() == "from env\n");
  for (const std::string& words : {std::string(), std::string("env:HOOKCTL_TEST_EMPTY"), std::string("env:HOOKCTL_TEST_UNSET"),
                                   std::string("env:"), "file:" + (folder / "empty")}) {
    CAPTURE(words);
    const auto secret = read_secret(words);
    REQUIRE_FALSE(secret.ok());
    CHECK(secret.error().kind == ErrorKind::usage);
  }
  CHECK(read_secret("file:" + (folder / "none")).error().kind == ErrorKind::unavailable);
}

TEST_CASE("secret: what is shown names the kind and hides the rest") {
  CHECK(Secret("whsec_0123456789abcdef0123456789ab").redacted() == "whsec_… (34 bytes)");
  CHECK(Secret("sk_live_0123456789abcdefXYZ").redacted() == "sk_live_… (27 bytes)");
  CHECK(Secret("pdl_ntfset_01gkpjp8bkm3tm53kdgkx6sms7_6h3qd3uFSi9YCD3OLYAShQI90XTI5vEI").redacted() == "pdl_ntfset_… (70 bytes)");
  CHECK(Secret("0123456789abcdef").redacted() == "… (16 bytes)");
  CHECK(Secret("aB3dE5gH7jK_xyzxyzxyzxyzxyzxyzxyz").redacted() == "… (33 bytes)");
  CHECK(Secret("correct_horse_battery_staple").redacted() == "… (28 bytes)");
  CHECK(Secret("my_secret").redacted() == "… (9 bytes)");
  CHECK(Secret("____").redacted() == "… (4 bytes)");
  CHECK(Secret().redacted() == "… (0 bytes)");
}
