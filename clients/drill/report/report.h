// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "nlohmann/json.hpp"

// The page of a played drill: one HTML file that needs no network and no other file.
//
//   nlohmann::json data;
//   data["exercise"] = {{"name", "exercises/2026-0001"}, {"title", "…"}, …};
//   data["expectations"].push_back({{"id", "first-oral"}, {"limit_s", 1800}, {"met", true}, …});
//   WriteFile(path, RenderReport(data));
//
// Pure; any thread. Never fails: what is missing is shown as missing, what is hostile as text, bytes
// that are not UTF-8 as U+FFFD. The page speaks Chinese first; a button, or "#lang=en" behind its
// address, makes it English, "#t=3600" opens it at that second of the exercise.
//
// Fields. All are optional. Times are ISO 8601 ("2009-11-21T02:30:00+08:00", or UTC with Z; the page
// shows the zone of exercise.starts_at, else Beijing time), numbers may be JSON numbers or digits in a
// text (as protobuf JSON writes int64), areas are 12-digit codes, tiers DISTRICT | SUBDISTRICT |
// COMMUNITY | OUTSIDE. Where a text has a sibling ending in _en, that one is shown in English.
//
//   exercise      {name, title, title_en, notice, notice_en, realm, seed, scenario, starts_at,
//                  finished_at, mark, re_enacts, sources}   notice: what everybody must know of it;
//                 re_enacts: the published moment of the event that starts_at stands for; sources:
//                 texts, what it was published in
//   areas         [{code, name, tier, parent}]              parent: a code of this list, or empty
//   timeline      [{at, offset_s, kind, actor, post, area, text, text_en, ledger, seq, source}]
//                 kind: inject | act | alert | answer | escalation | report | task | clock |
//                       response | level;  post: what is shown of it, "岭北街道值班员"
//                 source: published | published-day | setting, of an inject of a re-enactment
//   alerts        [{name, kind, color, title, title_en, issued_at, ended_at, recipients: [{post,
//                  post_title, area, tier, sent_at, delivered_at, read_at, answered_at, answer,
//                  limit_at, late, escalated}]}]
//                 kind: NOTICE | WARNING; color: RED | ORANGE | YELLOW | BLUE of a warning;
//                 answer: RECEIVED | ON_POST | EVACUATED | CANNOT. "Silent" is computed: the limit
//                 passed and no answer until then. sent_at unset = issued_at.
//   clocks        [{title, title_en, start_at, due_at, done_at, state, project_default}]
//                 limits of reports and other duties; state: RUNNING | MET | OVERDUE | MET_LATE |
//                 CANCELLED; project_default: the limit is ours, not the law's
//   tasks         [{name, goal, goal_en, executor, started_at, deadline, accepted_at, done_at,
//                  state}]                                  started_at unset = accepted_at
//   expectations  [{id, text, text_en, from_at, at, limit_s, measured_s, tolerance_s, silence, met,
//                  explanation, explanation_en, ledger, seq}]   in the order of the scenario
//   figures       [{at, dead, missing, injured, level, level_reason, level_reason_en}]
//                 level: 1 (特别重大) … 4 (一般), 0 = none
//   ledgers       [{name, entries, head_seq, head_hash, verified}]
//                 verified: whole chain and head checked again when the drill was over
//   case_file     {path, command, fingerprint}   of the exported case; how to check it offline
//   summary       {met, missed, tiers: [{tier, sent, delivered, read, answered}]}
//                 unset: counted from expectations and alerts
//   system        {version, machine_seconds}
namespace huying::drill_report {

std::string RenderReport(const nlohmann::json& data);

}  // namespace huying::drill_report
