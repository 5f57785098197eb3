// The journal: the writer and the reader of one file.
#include "store/journal.hpp"

#include <utility>

#include "base/text.hpp"
#include "store/reader.hpp"
#include "store/schema.hpp"
#include "store/writer.hpp"

namespace hookctl::store {
namespace {

std::size_t bytes_of(const Received& received) {
  return sizeof(Entry) + received.raw_head.size() + received.body.size() + received.raw_body.size() + received.target.size();
}

std::size_t bytes_of(const Attempt& attempt) {
  return sizeof(Entry) + attempt.response_head.size() + attempt.response_body.size() + attempt.error.size();
}

}  // namespace

struct Journal::Parts {
  std::string path;
  std::unique_ptr<Writer> writer;  // none when read-only
  std::unique_ptr<Reader> reader;  // goes first, so that the writer's closing checkpoint meets no reader of ours

  Result<void> queue(Entry entry) {
    if (!writer) return unavailable_error(journal_name(path) + " is open for reading only");
    return writer->queue(std::move(entry));
  }
};

Journal::Journal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path, OpenMode mode, JournalOptions options) {
  if (path.empty() || path.find('\0') != std::string::npos) return usage_error("'" + printable(path) + "' is no name for a journal file");
  auto parts = std::make_unique<Parts>();
  parts->path = path;
  if (mode == OpenMode::read_write) {
    auto connection = open_to_write(path);
    if (!connection) return connection.error();
    auto writer = Writer::start(std::move(*connection), std::move(options));
    if (!writer) return writer.error();
    parts->writer = std::move(*writer);
  }
  auto connection = open_to_read(path);
  if (!connection) return connection.error();
  auto reader = Reader::start(std::move(*connection));
  if (!reader) return reader.error();
  parts->reader = std::move(*reader);
  return std::unique_ptr<Journal>(new Journal(std::move(parts)));
}

Result<void> Journal::append(Received received, Completion completion) {
  const auto bytes = bytes_of(received);
  return parts_->queue({std::move(received), std::move(completion), bytes});
}

Result<void> Journal::record(Attempt attempt, Completion completion) {
  if (attempt.response_body.size() > kResponseBodyLimit) {
    attempt.response_body.resize(kResponseBodyLimit);
    attempt.response_body.shrink_to_fit();
    attempt.truncated = true;
  }
  const auto bytes = bytes_of(attempt);
  return parts_->queue({std::move(attempt), std::move(completion), bytes});
}

void Journal::flush() {
  if (parts_->writer) parts_->writer->flush();
}

Result<std::optional<StoredRequest>> Journal::find(std::int64_t id) { return parts_->reader->find(id); }

Result<std::vector<StoredRequest>> Journal::list(const Query& query) { return parts_->reader->list(query); }

Result<std::optional<StoredRequest>> Journal::last() {
  Query newest;
  newest.limit = 1;
  auto found = parts_->reader->list(newest);
  if (!found) return found.error();
  if (found->empty()) return std::optional<StoredRequest>();
  return std::optional(std::move(found->front()));
}

Result<std::int64_t> Journal::count() { return parts_->reader->count(); }

const std::string& Journal::path() const noexcept { return parts_->path; }

}  // namespace hookctl::store
