// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/record.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/clock.h"

namespace huying::drill_client {
namespace {

incident::v1::ReportChain ChainOf(const common::v1::Obligation& clock) {
  incident::v1::ReportChain chain = incident::v1::REPORT_CHAIN_UNSPECIFIED;
  incident::v1::ReportChain_Parse(clock.series(), &chain);
  return chain;
}

using drill::rules::ToDuration;
using google::protobuf::Timestamp;
using nlohmann::json;

constexpr int kBeijingOffsetSeconds = 8 * 3600;

std::string Iso(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S+08:00", time,
                          absl::FixedTimeZone(kBeijingOffsetSeconds));
}
// Unset times are left out.
void SetTime(json& object, const char* key, bool has, const Timestamp& time) {
  if (has) object[key] = Iso(base::FromProto(time));
}
void SetText(json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

std::string TierText(common::v1::Tier tier) {
  return tier == common::v1::EXTERNAL ? "OUTSIDE" : common::v1::Tier_Name(tier);
}

// Quoted where a shell would take it for more than one word.
std::string ShellWord(const std::string& word) {
  constexpr char kPlain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  return "'" + absl::StrReplaceAll(word, {{"'", "'\\''"}}) + "'";
}

class Recorder {
 public:
  Recorder(const RunResult& result, const RecordOptions& options)
      : result_(result), options_(options) {
    for (const auto& post : result.posts) posts_[post.name()] = &post;
  }

  json Make() const {
    json record;
    record["exercise"] = Exercise();
    record["areas"] = Areas();
    record["timeline"] = Timeline();
    record["alerts"] = Alerts();
    record["clocks"] = Clocks();
    record["tasks"] = Tasks();
    record["expectations"] = Expectations();
    record["figures"] = FiguresHistory();
    record["ledgers"] = Ledgers();
    record["summary"] = Summary();
    if (!result_.verified.key_fingerprint.empty()) {
      record["case_file"] = {{"path", options_.case_file_path},
                             {"command", VerifyCommand(options_)},
                             {"fingerprint", result_.verified.key_fingerprint}};
    }
    if (options_.machine_seconds > 0) {
      record["system"]["machine_seconds"] = options_.machine_seconds;
    }
    return record;
  }

 private:
  std::string PostTitle(const std::string& post) const {
    const auto it = posts_.find(post);
    return it == posts_.end() || it->second->title().empty() ? post : it->second->title();
  }

  json Exercise() const {
    const drill::v1::Exercise& exercise = result_.exercise;
    json out = {{"name", exercise.name()},         {"title", exercise.title()},
                {"realm", exercise.realm()},       {"seed", exercise.seed()},
                {"scenario", exercise.scenario()}, {"mark", "演练"}};
    SetText(out, "title_en", exercise.title_en());
    SetText(out, "notice", result_.scenario.notice);
    SetText(out, "notice_en", result_.scenario.notice_en);
    SetTime(out, "starts_at", exercise.has_starts_at(), exercise.starts_at());
    if (result_.scenario.re_enacts) {
      out["re_enacts"] = Iso(*result_.scenario.re_enacts);
      out["sources"] = result_.scenario.sources;
    }
    SetTime(out, "finished_at", exercise.has_finished_at(), exercise.finished_at());
    return out;
  }

  json Areas() const {
    json out = json::array();
    for (const auto& area : result_.areas) {
      out.push_back({{"code", area.code()},
                     {"name", area.name()},
                     {"tier", TierText(area.tier())},
                     {"parent", area.parent()}});
    }
    return out;
  }

  json Timeline() const {
    json out = json::array();
    for (const TimelineItem& item : result_.timeline) {
      // Receipts are the map's; copying directory and plans is no event of the exercise.
      const bool small = item.kind == "receipt" || item.kind == "routine";
      if (small || item.ledger == "directory" || item.ledger == "plan") continue;
      json line = {{"at", Iso(item.at)},
                   {"offset_s", absl::ToInt64Seconds(item.at - StartsAt())},
                   {"kind", PageKind(item)},
                   {"text", item.zh},
                   {"text_en", item.en}};
      SetText(line, "actor", item.who);
      if (!item.post.empty()) line["post"] = PostTitle(item.post);
      const auto post = posts_.find(item.post);
      if (post != posts_.end()) line["area"] = post->second->area();
      SetText(line, "source", SourceText(item.source));
      if (item.seq > 0) line["ledger"] = item.ledger, line["seq"] = item.seq;
      out.push_back(std::move(line));
    }
    return out;
  }

  absl::Time StartsAt() const { return base::FromProto(result_.exercise.starts_at()); }

  static std::string SourceText(Source source) {
    if (source == Source::kNone) return "";
    if (source == Source::kPublishedDay) return "published-day";
    return source == Source::kPublished ? "published" : "setting";
  }

  static std::string PageKind(const TimelineItem& item) {
    const bool act = item.kind == "incident" || item.kind == "problem" || item.kind == "other";
    return act ? "act" : item.kind;
  }

  static json Recipient(const AlertView& view, const alert::v1::Recipient& recipient) {
    json out = {{"post", recipient.post()}, {"post_title", recipient.post_title()},
                {"area", recipient.area()}, {"tier", TierText(recipient.tier())},
                {"late", recipient.late()}, {"escalated", recipient.escalated()}};
    SetTime(out, "sent_at", view.alert.has_issued_at(), view.alert.issued_at());
    SetTime(out, "delivered_at", recipient.has_delivered_at(), recipient.delivered_at());
    SetTime(out, "read_at", recipient.has_read_at(), recipient.read_at());
    SetTime(out, "answered_at", recipient.has_answered_at(), recipient.answered_at());
    SetTime(out, "limit_at", recipient.has_limit_at(), recipient.limit_at());
    if (recipient.answer() != alert::v1::ANSWER_KIND_UNSPECIFIED) {
      out["answer"] = alert::v1::AnswerKind_Name(recipient.answer());
    }
    SetText(out, "answer_text", recipient.answer_text());
    // Escalations name the silent ones also where no record of their own was made.
    for (const auto& step : view.escalations) {
      for (const std::string& silent : step.silent_posts()) {
        if (silent == recipient.post()) out["escalated"] = true;
      }
    }
    return out;
  }

  json Alerts() const {
    json out = json::array();
    for (const auto& [name, view] : result_.situation.alerts()) {
      if (!view.alert.has_issued_at()) continue;
      json alert = {{"name", name},
                    {"kind", alert::v1::AlertKind_Name(view.alert.kind())},
                    {"title", view.alert.title()},
                    {"recipients", json::array()}};
      if (view.alert.color() != alert::v1::COLOR_UNSPECIFIED) {
        alert["color"] = alert::v1::Color_Name(view.alert.color());
      }
      SetTime(alert, "issued_at", true, view.alert.issued_at());
      SetTime(alert, "ended_at", view.alert.has_ended_at(), view.alert.ended_at());
      for (const auto& [post, recipient] : view.recipients) {
        alert["recipients"].push_back(Recipient(view, recipient));
      }
      out.push_back(std::move(alert));
    }
    return out;
  }

  json Clocks() const {
    std::vector<const common::v1::Obligation*> clocks;
    for (const auto& [name, clock] : result_.situation.clocks()) clocks.push_back(&clock);
    std::stable_sort(clocks.begin(), clocks.end(), [](const auto* a, const auto* b) {
      return std::make_tuple(ChainOf(*a), base::FromProto(a->start_at())) <
             std::make_tuple(ChainOf(*b), base::FromProto(b->start_at()));
    });
    json out = json::array();
    for (const common::v1::Obligation* one_of : clocks) {
      const common::v1::Obligation& clock = *one_of;
      const Words chain = ChainWords(ChainOf(clock));
      json one = {
          {"title", absl::StrCat(clock.title(), chain.zh.empty() ? "" : " · ", chain.zh)},
          {"title_en", absl::StrCat(clock.rule_id(), chain.en.empty() ? "" : " · ", chain.en)},
          {"state", common::v1::Obligation::State_Name(clock.state())},
          {"project_default", clock.project_default()}};
      SetTime(one, "start_at", clock.has_start_at(), clock.start_at());
      SetTime(one, "due_at", clock.has_due_at(), clock.due_at());
      SetTime(one, "done_at", clock.has_closed_at(), clock.closed_at());
      out.push_back(std::move(one));
    }
    return out;
  }

  json Tasks() const {
    json out = json::array();
    for (const auto& [name, task] : result_.situation.tasks()) {
      json one = {{"name", name},
                  {"goal", task.goal()},
                  {"executor", PostTitle(task.executor_post())},
                  {"state", incident::v1::TaskState_Name(task.state())}};
      SetTime(one, "started_at", task.has_assigned_at(), task.assigned_at());
      SetTime(one, "deadline", task.has_deadline(), task.deadline());
      SetTime(one, "accepted_at", task.has_accepted_at(), task.accepted_at());
      SetTime(one, "done_at", task.has_done_at(), task.done_at());
      out.push_back(std::move(one));
    }
    return out;
  }

  json Expectations() const {
    json out = json::array();
    for (int i = 0; i < result_.exercise.results_size(); ++i) {
      const drill::v1::ExpectationResult& r = result_.exercise.results(i);
      json one = {{"id", r.id()},
                  {"text", r.text()},
                  {"limit_s", absl::ToInt64Seconds(ToDuration(r.limit()))},
                  {"silence", r.silence()},
                  {"met", r.met()}};
      if (i < result_.exercise.expectations_size()) {
        one["tolerance_s"] =
            absl::ToInt64Seconds(ToDuration(result_.exercise.expectations(i).tolerance()));
      }
      SetText(one, "text_en", r.text_en());
      SetTime(one, "from_at", r.has_from_at(), r.from_at());
      SetTime(one, "at", r.has_at(), r.at());
      if (r.has_measured()) one["measured_s"] = absl::ToInt64Seconds(ToDuration(r.measured()));
      SetText(one, "explanation", r.explanation());
      SetText(one, "explanation_en", r.explanation_en());
      if (r.seq() > 0) one["ledger"] = r.ledger(), one["seq"] = r.seq();
      out.push_back(std::move(one));
    }
    return out;
  }

  json FiguresHistory() const {
    json out = json::array();
    for (const FiguresAt& one : result_.situation.figures()) {
      if (!result_.case_name.empty() && one.incident != result_.case_name) continue;
      json line = {{"at", Iso(one.at)},
                   {"dead", one.figures.dead()},
                   {"missing", one.figures.missing()},
                   {"injured", one.figures.injured()},
                   {"level", static_cast<int>(one.level)}};
      SetText(line, "level_reason", one.reason);
      out.push_back(std::move(line));
    }
    return out;
  }

  json Ledgers() const {
    json out = json::array();
    for (const auto& ledger : result_.verified.ledgers) {
      bool whole = true;
      for (const auto& finding : result_.verified.findings) {
        whole = whole && !finding.ledger.empty() && finding.ledger != ledger.name;
      }
      out.push_back({{"name", ledger.name},
                     {"entries", ledger.entries},
                     {"head_seq", ledger.head_seq},
                     {"head_hash", ledger.head_hash},
                     {"verified", whole}});
    }
    return out;
  }

  json Summary() const {
    json out = {{"met", result_.exercise.met()},
                {"missed", result_.exercise.missed()},
                {"tiers", json::array()}};
    for (const auto tier : {common::v1::DISTRICT, common::v1::SUBDISTRICT, common::v1::COMMUNITY}) {
      const TierCounts counts = result_.situation.Counts(tier);
      out["tiers"].push_back({{"tier", TierText(tier)},
                              {"sent", counts.sent},
                              {"delivered", counts.delivered},
                              {"read", counts.read},
                              {"answered", counts.answered}});
    }
    return out;
  }

  const RunResult& result_;
  const RecordOptions& options_;
  std::map<std::string, const directory::v1::Post*> posts_;
};

}  // namespace

std::string VerifyCommand(const RecordOptions& options) {
  if (options.case_file_path.empty()) return "";
  std::string command = ShellWord(options.verify_program) + " " + ShellWord(options.case_file_path);
  if (!options.public_key_path.empty()) command += " --key " + ShellWord(options.public_key_path);
  return command;
}

json ToRecord(const RunResult& result, const RecordOptions& options) {
  return Recorder(result, options).Make();
}

std::string ScoreTable(const drill::v1::Exercise& exercise) {
  std::string table;
  for (const drill::v1::ExpectationResult& r : exercise.results()) {
    absl::StrAppend(&table, r.id(), "\t", r.met() ? "met" : "missed", "\t",
                    absl::FormatDuration(ToDuration(r.limit())), "\t",
                    r.has_measured() ? absl::FormatDuration(ToDuration(r.measured())) : "-", "\t",
                    r.seq() > 0 ? absl::StrCat(r.ledger(), "#", r.seq()) : "-", "\t",
                    r.explanation_en(), "\n");
  }
  return table;
}

}  // namespace huying::drill_client
