#include "fuzz/stream.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "check/made.hpp"
#include "check/patches.hpp"
#include "fuzz/describe.hpp"
#include "fuzz/fields.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kEvents = 6;
constexpr int kSampleIds = 48;
constexpr std::size_t kLargestHere = 200'000;  // bytes of a body; larger ones are the fields phase's,
constexpr std::size_t kUsuallyAdded = 4'096;   // by one change; more in one draw of 64 only: many small bodies tell more than a large one

bool may_be_large(std::uint64_t seed) { return seed % 64 == 0; }

// The text as a JSON string.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out.push_back('\\');
    if (byte < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out.push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 15U]);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

// How large the value is that the patch puts there.
std::size_t size_of(const check::Patch& patch) {
  if (!patch.repeat) return patch.change.text.size();
  const std::size_t unit = patch.repeat->unit.size() + patch.repeat->close.size();
  return unit != 0 && patch.repeat->times > kLargestHere / unit ? kLargestHere + 1 : patch.change.text.size() + patch.repeat->times * unit;
}

check::Change change_of(check::Patch patch) {
  if (!patch.repeat) return std::move(patch.change);
  return {patch.change.op, check::written(patch)};
}

// Where in the id its letter stands that is the rarest in the text: the quickest to look for.
std::size_t rarest_letter(const std::string& id, const std::string& text) {
  const auto count = [&](char c) { return std::count(text.begin(), text.end(), c); };
  const auto rarest = std::min_element(id.begin(), id.end(), [&](char a, char b) { return count(a) < count(b); });
  return static_cast<std::size_t>(rarest - id.begin());
}

// `to` wherever `from` stands; `letter` is where in it the search begins.
void replace_all(std::string& text, std::string_view from, std::size_t letter, std::string_view to) {
  if (from.empty()) return;
  for (std::size_t at = letter; (at = text.find(from[letter], at)) != std::string::npos;) {
    if (text.compare(at - letter, from.size(), from) != 0) {
      ++at;
      continue;
    }
    text.replace(at - letter, from.size(), to);
    at += to.size();
  }
}

void append_field(std::string& bytes, std::string_view name, std::string_view value) { bytes.append(name).append(": ").append(value).append("\r\n"); }

// As check::wire_head of the plain style, but for the field that ends the connection where it is to be kept.
void append_head(const http::Request& request, std::string_view authority, bool keeps_connection, std::string& bytes) {
  bytes.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  if (!request.headers.has("Host")) append_field(bytes, "Host", authority);
  for (const http::Header& field : request.headers) append_field(bytes, field.name, field.value);
  const bool may_be_bare = request.body.empty() && (request.method == "GET" || request.method == "HEAD" || request.method == "DELETE");
  if (!may_be_bare) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, request.body.size()).ptr;
    append_field(bytes, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
  }
  if (!keeps_connection && !request.headers.has("Connection")) append_field(bytes, "Connection", "close");
  bytes += "\r\n";
}

}  // namespace

FreshIds::FreshIds(check::Bench& bench) : bench_(bench), letters_(bench.ids().next()) {
  for (int i = 0; i < kSampleIds; ++i) {
    const std::string id = bench.fresh_id();
    if (i == 0) alphabets_.resize(id.size());
    if (id.size() != alphabets_.size()) {
      alphabets_.clear();
      return;
    }
    for (std::size_t at = 0; at < id.size(); ++at) {
      if (alphabets_[at].find(id[at]) == std::string::npos) alphabets_[at].push_back(id[at]);
    }
  }
  if (alphabets_.empty()) has_none_ = true;
}

std::string FreshIds::next() {
  if (has_none_) return "";
  if (alphabets_.empty()) return bench_.fresh_id();
  std::string out(alphabets_.size(), '\0');
  std::uint64_t bits = 0;  // each letter takes 16 of them
  int left = 0;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::string& alphabet = alphabets_[at];
    if (alphabet.size() == 1) {
      out[at] = alphabet.front();
      continue;
    }
    if (left == 0) {
      bits = letters_.next();
      left = 4;
    }
    out[at] = alphabet[((bits & 0xffffU) * alphabet.size()) >> 16U];
    bits >>= 16U;
    --left;
  }
  return out;
}

Result<Stream> Stream::make(check::Bench& bench, const Pursuit& pursuit) {
  auto way = check::signer_of(bench.subject(), {}, bench.stranger());
  if (!way) return way.error();
  Stream stream(bench, bench.events(kEvents), *std::move(way));
  if (auto done = stream.freshen(); !done) return done.error();
  stream.find_spots(pursuit);
  if (stream.spots_.empty()) return usage_error("no event has places");
  return stream;
}

Stream::Stream(check::Bench& bench, std::vector<std::string> events, check::Signer way)
    : bench_(&bench),
      ids_(bench),
      events_(std::move(events)),
      spots_arms_(0),
      mutator_arms_(mutators().size()),
      way_(std::make_unique<check::Signer>(std::move(way))),
      signer_(way_->way, way_->keys),
      url_(bench.subject().url.text()),
      target_(bench.subject().url.origin_form()),
      authority_(bench.subject().url.authority()) {
  inputs_.url = url_;
  inputs_.audience = bench.subject().audience;
  inputs_.wants_content = false;
}

Result<void> Stream::freshen() {
  sources_.clear();
  for (const std::string& event : events_) {
    auto draft = check::draft(*bench_, event);
    if (!draft && draft.error().kind != ErrorKind::usage) return draft.error();
    if (!draft) continue;
    check::Step plain;
    plain.event = event;
    plain.id = draft->id;
    auto made = check::make(bench_->subject(), plain, bench_->stranger(), bench_->now(), bench_->ids());
    if (!made) continue;
    sources_.push_back(source_of(*std::move(draft), std::move(made->request)));
  }
  return {};
}

Stream::Source Stream::source_of(check::Draft draft, http::Request request) {
  Source out;
  for (const http::Header& field : request.headers) {
    if (!draft.id.empty() && field.value == draft.id) out.id_fields.push_back(field.name);
  }
  for (const check::Place& place : draft.body.places()) out.by_path.push_back(draft.body.find(place.path).value_or(0));
  out.letter = rarest_letter(draft.id, draft.body.text());
  out.plain = request;
  out.request = std::move(request);
  out.draft = std::move(draft);
  return out;
}

void Stream::find_spots(const Pursuit& pursuit) {
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    const check::Draft& draft = sources_[source].draft;
    for (std::size_t place = 1; place < draft.body.places().size(); ++place) {
      if (draft.alone[place] || pursuit.is_known_place(general_path(draft.body.places()[place].path))) continue;
      Spot& spot = spots_.emplace_back(Spot{source, place});
      find_mutators(spot);
    }
  }
  spots_arms_ = Bandit(spots_.size());
}

// By what they make of the place at one try; what a value is decides nearly all of it.
void Stream::find_mutators(Spot& spot) const {
  constexpr std::uint64_t kSomeSeed = 1;
  const check::Body& body = sources_[spot.source].draft.body;
  for (std::size_t i = 0; i < mutators().size(); ++i) {
    const Mutator& way = mutators()[i];
    SeededRandom random(kSomeSeed);
    if (way.needs_listener) continue;  // whether it is fetched is looked at in the fields phase
    const auto mutated = way.of(body, body.places()[spot.place], random);
    if (!mutated) continue;
    const std::size_t size = size_of(mutated->patch);
    if (size <= kUsuallyAdded) spot.fitting.push_back(i);
    if (size <= kLargestHere) spot.all.push_back(i);
  }
}

std::size_t Stream::choose_mutator(std::size_t spot, std::uint64_t seed) {
  return mutator_arms_.choose(bench_->choices(), may_be_large(seed) ? spots_[spot].all : spots_[spot].fitting);
}

Draw Stream::draw() {
  Random& random = bench_->choices();
  Draw out;
  out.seed = random.next();
  out.place = spots_arms_.choose(random);
  const std::uint64_t dice = random.next() % 100;
  if (dice < 15) out.kind = Draw::Kind::text;
  else if (dice < 20) out.kind = Draw::Kind::bytes;
  else out.mutator = choose_mutator(out.place, out.seed);
  if (dice >= 20 && dice < 45) {
    out.second_place = spots_arms_.choose(random);
    out.second_mutator = choose_mutator(out.second_place, out.seed);
  }
  return out;
}

void Stream::reward(const Draw& draw, double worth) {
  spots_arms_.reward(draw.place, worth);
  if (draw.kind == Draw::Kind::places) mutator_arms_.reward(draw.mutator, worth);
}

// take(index of the place, Mutated) for each of the one or two changes.
template <typename Take>
void Stream::each_change(const Draw& draw, Take take) const {
  SeededRandom random(draw.seed);
  const Spot& spot = spots_[draw.place];
  const check::Body& body = sources_[spot.source].draft.body;
  const check::Place& place = body.places()[spot.place];
  if (draw.kind == Draw::Kind::text) {
    const bool text = place.kind == check::ValueKind::text;
    Mutated mutated;
    mutated.patch.path = place.path;
    mutated.patch.change.text = text ? quoted(mutated_text(place.text, random)) : mutated_text(body.raw(spot.place), random);
    take(spot.place, std::move(mutated));
    return;
  }
  const auto change = [&](std::size_t where, std::size_t mutator) {
    if (where == Draw::kNone || spots_[where].source != spot.source) return;
    const Mutator& way = mutators()[mutator];
    if (way.needs_listener || way.destructive) return;  // whether it is fetched is looked at in the fields phase
    auto mutated = way.of(body, body.places()[spots_[where].place], random);
    if (mutated) take(spots_[where].place, *std::move(mutated));
  };
  change(draw.place, draw.mutator);
  change(draw.second_place, draw.second_mutator);
}

Case Stream::case_of(const Draw& draw) const {
  const Source& source = sources_[spots_[draw.place].source];
  Case out;
  check::Step step = odd_step(source.draft.event);
  if (draw.kind == Draw::Kind::bytes) {
    SeededRandom random(draw.seed);
    step.splices = mutated_bytes(source.draft.body.text(), random);
    out.mutator = "bytes";
  } else {
    each_change(draw, [&](std::size_t, Mutated mutated) {
      if (mutated.lure) out.lures.push_back(*std::move(mutated.lure));
      step.patches.push_back(std::move(mutated.patch));
    });
    out.mutator = draw.kind == Draw::Kind::text ? "text" : std::string(mutators()[draw.mutator].name);
  }
  out.play.steps = {std::move(step)};
  out.play.name = describe(out);
  return out;
}

std::string Stream::path_of(const Draw& draw) const {
  if (draw.kind == Draw::Kind::bytes) return "";
  const Spot& spot = spots_[draw.place];
  return general_path(sources_[spot.source].draft.body.places()[spot.place].path);
}

// False: it changes nothing, or would be too large.
bool Stream::write_body(const Source& source, const Draw& draw, std::string& body) {
  const check::Body& plain = source.draft.body;
  if (draw.kind == Draw::Kind::bytes) {
    SeededRandom random(draw.seed);
    check::Step step;
    step.splices = mutated_bytes(plain.text(), random);
    auto changed = check::patched(step, "", plain.text());
    if (!changed) return false;
    body = *std::move(changed);
  } else {
    changes_.clear();
    const std::size_t most = may_be_large(draw.seed) ? kLargestHere : 2 * kUsuallyAdded;
    std::size_t added = 0;
    each_change(draw, [&](std::size_t place, Mutated mutated) {
      added += size_of(mutated.patch);
      if (added <= most) changes_.emplace_back(source.by_path[place], change_of(std::move(mutated.patch)));
    });
    if (changes_.empty() || added > most) return false;
    body = plain.with(changes_);
  }
  return body.size() <= kLargestHere;
}

bool Stream::write(const Draw& draw, std::string& bytes, std::string& event_id) {
  Source& source = sources_[spots_[draw.place].source];
  http::Request& request = source.request;
  if (!write_body(source, draw, request.body)) return false;
  event_id = ids_.next();
  replace_all(request.body, source.draft.id, source.letter, event_id);
  for (const std::string& name : source.id_fields) request.headers.set(name, event_id);
  request.target = target_;
  inputs_.id = event_id;
  inputs_.now = bench_->now();
  auto done = signer_.sign(std::move(request), inputs_);
  if (!done) {
    request = source.plain;
    return false;
  }
  request = std::move(done->request);  // to be signed again: what signing puts in takes the place of what it put in before
  if (done->url != url_ && !done->url.empty()) {
    auto moved = http::parse_url(done->url);
    if (!moved) return false;
    request.target = moved->origin_form();
  }
  append_head(request, authority_, keeps_connections_, bytes);
  bytes += request.body;
  return true;
}

}  // namespace hookctl::fuzz
