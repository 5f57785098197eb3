// A signature field read loosely: everything that it may have been meant to say. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signing/scheme.hpp"

namespace hookctl::signing {

// One way to read it.
struct SignatureReading {
  std::string bytes;           // the raw signature
  std::string oddity{};        // how it is written otherwise than the scheme wants it ("in base64, without 'sha256='"); "" for the scheme's form
  bool other_version{false};   // it stands under another version's name
};

// Every reading, that of the scheme first; at most a few dozen.
std::vector<SignatureReading> read_signatures_loosely(const Scheme& scheme, std::string_view field);

// What may be the beginnings of signatures whose ends were cut off.
std::vector<std::string> read_cut_signatures(const Scheme& scheme, std::string_view field);

// The entry KEY of a key-value field ("t" in "t=1,v1=…"), blanks and quotes passed over; "" when there is none.
std::string loose_entry(const Scheme& scheme, std::string_view field, std::string_view key);

}  // namespace hookctl::signing
