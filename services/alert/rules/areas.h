// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "huying/alert/v1/alert.pb.h"
#include "services/platform/guard/reach.h"

// Who hears what. An area hears `down:` of itself and of every area above, and its own `up:`.
//
//   alert              down:<every area told>, up:<every area above one of them>
//   a recipient's act  up:<the recipient's area>, up:<every area above it>
//   an escalation      the same for the area of every silent post; a reader is shown the posts of its
//                      own subtree (see Narrow in viewer.h)
//   whoever is called  post:<post>, wherever it stands: a deputy, a supervisor, an issuer
//   a recipient's act  also post:<post> of that recipient
//
// So a community hears itself, its subdistrict and the district; the district hears everything; and
// siblings hear neither each other's alerts nor each other's answers.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

// Area → its parent, as directory told it.
using Parents = guard::AreaParents;
using guard::AncestorsOf;
using guard::Within;

std::string Down(std::string_view area);
std::string Up(std::string_view area);
std::string PostChannel(std::string_view post);

// Every area the alert's chain ever told, and the areas above.
std::vector<std::string> AlertChannels(const v1::Alert& alert);
std::vector<std::string> RecipientChannels(std::string_view area, const Parents& parents);
std::vector<std::string> EscalationChannels(const v1::Escalation& escalation);
// What a client of `area` subscribes to; `ancestors` nearest first.
std::vector<std::string> HeardChannels(std::string_view area,
                                       absl::Span<const std::string> ancestors);
// Does a client of `area` hear this alert?
bool Hears(std::string_view area, absl::Span<const std::string> ancestors, const v1::Alert& alert);
// The half of it that goes down: told to the area or one above it.
bool HearsFromAbove(std::string_view area, absl::Span<const std::string> ancestors,
                    const v1::Alert& alert);

// Leaves the silent posts `kept` and who was called for them.
void KeepSilent(const std::set<std::string>& kept, v1::Escalation& escalation);

// Adds areas and parents of `from` to `to` (a chain remembers all it told).
void UnionTold(const v1::Alert& from, v1::Alert& to);

}  // namespace huying::alert::rules
