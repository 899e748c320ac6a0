// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/reach.h"

#include <algorithm>

namespace huying::guard {
namespace {

constexpr int kDepthMax = 16;  // a circle in the table must not hang the writer

}  // namespace

std::vector<std::string> AncestorsOf(std::string_view area, const AreaParents& parents) {
  std::vector<std::string> above;
  std::string at(area);
  for (int depth = 0; depth < kDepthMax; ++depth) {
    const auto parent = parents.find(at);
    if (parent == parents.end() || parent->second.empty()) break;
    at = parent->second;
    if (at == area || std::find(above.begin(), above.end(), at) != above.end()) break;
    above.push_back(at);
  }
  return above;
}

AreaPath PathOf(std::string_view area, const AreaParents& parents) {
  return {std::string(area), AncestorsOf(area, parents)};
}

bool LiesIn(const AreaPath& path, std::string_view root) {
  if (root.empty()) return false;
  return path.area == root ||
         std::find(path.above.begin(), path.above.end(), root) != path.above.end();
}

bool Within(std::string_view area, std::string_view root, const AreaParents& parents) {
  return LiesIn(PathOf(area, parents), root);
}

bool SpeaksForGovernment(const common::v1::Actor& actor) {
  return IsGovernment(actor.tier()) && !actor.department();
}

bool Sees(const common::v1::Actor& actor, const AreaPath& path) {
  if (!IsGovernment(actor.tier())) return false;
  return LiesIn(path, actor.area()) || (actor.tier() == common::v1::DISTRICT && path.above.empty());
}

bool Sees(const common::v1::Actor& actor, std::string_view area, const AreaParents& parents) {
  return Sees(actor, PathOf(area, parents));
}

bool Governs(const common::v1::Actor& actor, const AreaPath& path) {
  return SpeaksForGovernment(actor) && Sees(actor, path);
}

bool Governs(const common::v1::Actor& actor, std::string_view area, const AreaParents& parents) {
  return Governs(actor, PathOf(area, parents));
}

bool SameUnit(const common::v1::Actor& one, const common::v1::Actor& other) {
  return (!one.post().empty() && one.post() == other.post()) ||
         (!one.unit().empty() && one.unit() == other.unit());
}

}  // namespace huying::guard
