// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/content.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::alert::rules {
namespace {
using base::Reason;

constexpr char kLaw64[] = "突发事件应对法 第六十四条";
constexpr char kLaw67[] = "突发事件应对法 第六十七条";
// What a notice may refer to.
constexpr std::array<std::string_view, 4> kReferences = {"incidents/", "responses/", "orders/",
                                                         "tasks/"};
constexpr std::string_view kIncidents = "incidents/";
constexpr int kNameBytesMax = 200;
constexpr size_t kAreaDigits = 12;

// A name as this system gives them: ASCII without spaces, nothing that a path or a screen could take
// for something else.
bool IsName(std::string_view name) {
  return name.size() <= kNameBytesMax && std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '/' || c == '-' || c == '_' || c == '.';
         });
}

// "incidents/2026-0007"
bool IsIncident(std::string_view name) {
  if (!absl::StartsWith(base::Abs(name), base::Abs(kIncidents)) || !IsName(name)) return false;
  name.remove_prefix(kIncidents.size());
  const size_t dash = name.find('-');
  if (dash != 4 || name.size() < 9) return false;
  return std::all_of(name.begin(), name.begin() + dash, absl::ascii_isdigit) &&
         std::all_of(name.begin() + dash + 1, name.end(), absl::ascii_isdigit);
}

base::ProblemStatus Missing(std::string_view field, std::string_view zh, std::string_view en) {
  return base::Invalid(Reason::FIELD_MISSING, absl::StrCat("缺少", base::Abs(zh)),
                       absl::StrCat(base::Abs(en), " is missing"))
      .Field(field);
}

absl::Status CheckLength(std::string_view text, int chars_max, std::string_view field,
                         std::string_view rule) {
  const int chars = base::Characters(text);
  if (chars <= chars_max) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_TOO_LONG,
                       absl::StrCat("最多 ", chars_max, " 个字，现有 ", chars, " 个字"),
                       absl::StrCat("at most ", chars_max, " characters, got ", chars))
      .Field(field)
      .Rule(rule)
      .Next("缩短后重发", "shorten it and send again");
}

template <typename Areas>
absl::Status CheckAreas(const Areas& areas, const std::string& field, const ContentLimits& limits) {
  if (areas.empty()) return Missing(field, "目标区域", "target area");
  if (static_cast<int>(areas.size()) > limits.target_areas_max) {
    return base::Invalid(Reason::FIELD_TOO_LONG,
                         absl::StrCat("目标区域最多 ", limits.target_areas_max, " 个"),
                         absl::StrCat("at most ", limits.target_areas_max, " target areas"))
        .Field(field)
        .Next("改为上一级区域", "name the area above them");
  }
  for (int i = 0; i < static_cast<int>(areas.size()); ++i) {
    if (IsAreaCode(areas[i])) continue;
    return base::Invalid(Reason::FIELD_INVALID, "区域代码应为 6、9 或 12 位数字",
                         "an area code has 6, 9 or 12 digits")
        .Field(absl::StrCat(field, "[", i, "]"))
        .Rule("alert.area-code");
  }
  return absl::OkStatus();
}

absl::Status CheckExpiry(const google::protobuf::Timestamp& expires, absl::Time from,
                         std::string_view field) {
  if (base::FromProto(expires) > from) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "到期时间不晚于开始时间或现在",
                       "it would expire before it begins or before now")
      .Field(field)
      .Rule("alert.period");
}

std::string Path(std::string_view prefix, std::string_view field) {
  return prefix.empty() ? std::string(field)
                        : absl::StrCat(base::Abs(prefix), ".", base::Abs(field));
}

absl::Status CheckColor(int color, std::string_view field) {
  if (color == v1::COLOR_UNSPECIFIED) {
    return Missing(field, "预警级别(颜色)", "level (colour)").Law(kLaw64).Rule("alert.eight-facts");
  }
  if (!v1::Color_IsValid(color)) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "没有这种颜色", "no such colour").Field(field);
  }
  return absl::OkStatus();
}
}  // namespace

bool IsAreaCode(std::string_view code) {
  return (code.size() == 6 || code.size() == 9 || code.size() == kAreaDigits) &&
         std::all_of(code.begin(), code.end(), absl::ascii_isdigit);
}

absl::Status CheckDrillWords(std::string_view title, std::string_view text, bool confirmed,
                             std::string_view mark, std::string_view prefix) {
  constexpr std::string_view kWords[] = {"演练",   "演习",  "测试",    "试发",
                                         "[test]", "drill", "exercise"};
  if (confirmed || !mark.empty()) return absl::OkStatus();
  for (const auto& [field, value] : {std::pair("title", title), std::pair("text", text)}) {
    const std::string lower = absl::AsciiStrToLower(base::Abs(value));
    for (const std::string_view word : kWords) {
      if (!absl::StrContains(lower, base::Abs(word))) continue;
      return base::Invalid(Reason::FIELD_INVALID,
                           absl::StrCat("这里是实战环境，",
                                        field == std::string_view("title") ? "标题" : "正文",
                                        "里有“", base::Abs(word), "”字样"),
                           absl::StrCat("this is the real world, and the ", field, " says \"",
                                        base::Abs(word), "\""))
          .Field(Path(prefix, field))
          .Rule("alert.drill-words")
          .Next("演练请在演练场景中发布；确系实战内容的，填写 confirm_wording",
                "send a drill in its own realm; if it is meant, set confirm_wording");
    }
  }
  return absl::OkStatus();
}

std::string PadArea(std::string_view code) {
  std::string padded(code);
  padded.resize(std::max(padded.size(), kAreaDigits), '0');
  return padded;
}

absl::Status ValidateAlertName(std::string_view name, std::string_view field) {
  if (name.empty()) return Missing(field, "预警或通知的编号", "the alert's name");
  if (!absl::StartsWith(base::Abs(name), "alerts/") || name.size() > kNameBytesMax) {
    return base::Invalid(Reason::FIELD_INVALID, "编号应形如 alerts/2026-0007",
                         "a name looks like alerts/2026-0007")
        .Field(field);
  }
  return absl::OkStatus();
}

absl::Status ValidateReason(std::string_view reason, std::string_view field,
                            const ContentLimits& limits) {
  if (reason.empty()) return Missing(field, "理由", "the reason");
  return CheckLength(reason, limits.text_chars_max, field, "alert.text-max");
}

absl::Status ValidateNotice(const v1::IssueNoticeRequest& request, const ContentLimits& limits,
                            absl::Time now) {
  if (request.title().empty()) return Missing("title", "标题", "title");
  RETURN_IF_ERROR(CheckLength(request.title(), limits.title_chars_max, "title", "alert.title-max"));
  if (request.text().empty()) return Missing("text", "正文", "text");
  RETURN_IF_ERROR(CheckLength(request.text(), limits.text_chars_max, "text", "alert.text-max"));
  RETURN_IF_ERROR(CheckAreas(request.target_areas(), "target_areas", limits));
  if (request.refers_to().empty()) {
    return Missing("refers_to", "所依据的事件、响应、命令或任务", "what the notice refers to")
        .Rule("alert.notice-refers")
        .Next("填写事件编号，如 incidents/2026-0007",
              "name the incident, e.g. incidents/2026-0007");
  }
  const bool known = std::any_of(kReferences.begin(), kReferences.end(), [&](std::string_view p) {
    return absl::StartsWith(request.refers_to(), base::Abs(p)) &&
           request.refers_to().size() > p.size();
  });
  const bool incident = absl::StartsWith(request.refers_to(), base::Abs(kIncidents));
  if (!known || !IsName(request.refers_to()) || (incident && !IsIncident(request.refers_to()))) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE, "紧急通知须依据事件、响应、命令或任务",
                         "a notice refers to an incident, response, order or task")
        .Field("refers_to")
        .Rule("alert.notice-refers")
        .Next("填写其编号，如 incidents/2026-0007", "give its name, e.g. incidents/2026-0007");
  }
  for (int i = 0; i < request.tiers_size(); ++i) {
    const int tier = request.tiers(i);
    if (tier == common::v1::DISTRICT || tier == common::v1::SUBDISTRICT ||
        tier == common::v1::COMMUNITY) {
      continue;
    }
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "层级应为区、街道或社区",
                         "a tier is DISTRICT, SUBDISTRICT or COMMUNITY")
        .Field(absl::StrCat("tiers[", i, "]"));
  }
  if (request.has_expires_at()) {
    RETURN_IF_ERROR(CheckExpiry(request.expires_at(), now, "expires_at"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CaseOf(std::string_view asked, std::string_view refers_to,
                                   const common::v1::Actor& actor, std::string_view prefix) {
  const std::string follows(IsIncident(refers_to) ? refers_to : std::string_view());
  if (asked.empty() || asked == follows) return follows;
  if (actor.system().empty()) {
    return base::Invalid(Reason::FIELD_INVALID, "案卷由系统确定，不由填报人指定",
                         "the case is not the caller's to name")
        .Field(Path(prefix, "case_id"))
        .Rule("alert.case")
        .Next("留空 case_id；与事件有关的在 refers_to 写明事件编号",
              "leave case_id empty; name the incident in refers_to");
  }
  if (IsIncident(asked)) return std::string(asked);
  return base::Invalid(Reason::FIELD_INVALID, "案卷编号应形如 incidents/2026-0007",
                       "a case looks like incidents/2026-0007")
      .Field(Path(prefix, "case_id"))
      .Rule("alert.case");
}

absl::Status ValidateWarning(const v1::WarningContent& content, std::string_view prefix,
                             const ContentLimits& limits, absl::Time now) {
  const auto at = [prefix](std::string_view field) { return Path(prefix, field); };
  if (content.category().empty()) {
    return Missing(at("category"), "预警类别", "category").Law(kLaw64).Rule("alert.eight-facts");
  }
  RETURN_IF_ERROR(CheckLength(content.category(), 32, at("category"), "alert.text-max"));
  RETURN_IF_ERROR(CheckColor(content.color(), at("color")));
  if (!content.has_effective_at()) {
    return Missing(at("effective_at"), "起始时间", "start").Law(kLaw64).Rule("alert.eight-facts");
  }
  if (content.target_areas().empty()) {
    return Missing(at("target_areas"), "可能影响的范围", "the area it may affect")
        .Law(kLaw64)
        .Rule("alert.eight-facts");
  }
  RETURN_IF_ERROR(CheckAreas(content.target_areas(), at("target_areas"), limits));
  if (content.cautions().empty()) {
    return Missing(at("cautions"), "警示事项", "cautions").Law(kLaw64).Rule("alert.eight-facts");
  }
  if (content.measures().empty()) {
    return Missing(at("measures"), "应当采取的措施", "measures")
        .Law(kLaw64)
        .Rule("alert.eight-facts");
  }
  RETURN_IF_ERROR(
      CheckColorFitsMeasures(content.color(), content.measures(), at("measures"), limits));
  RETURN_IF_ERROR(
      CheckLength(content.cautions(), limits.text_chars_max, at("cautions"), "alert.text-max"));
  RETURN_IF_ERROR(
      CheckLength(content.measures(), limits.text_chars_max, at("measures"), "alert.text-max"));
  if (content.title().empty()) return Missing(at("title"), "标题", "title");
  RETURN_IF_ERROR(
      CheckLength(content.title(), limits.title_chars_max, at("title"), "alert.title-max"));
  RETURN_IF_ERROR(CheckLength(content.text(), limits.text_chars_max, at("text"), "alert.text-max"));
  if (!content.refers_to().empty() && !IsIncident(content.refers_to())) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE, "预警只可关联事件，形如 incidents/2026-0007",
                         "a warning refers to an incident, e.g. incidents/2026-0007")
        .Field(at("refers_to"))
        .Rule("alert.warning-refers");
  }
  if (!content.has_expires_at()) return absl::OkStatus();
  return CheckExpiry(content.expires_at(), std::max(now, base::FromProto(content.effective_at())),
                     at("expires_at"));
}

namespace {
absl::Status CheckEvacuated(const v1::AnswerRequest& request, const ContentLimits& limits) {
  const int people = request.evacuated();
  const bool evacuated = request.kind() == v1::EVACUATED;
  if (!evacuated && people == 0) return absl::OkStatus();
  if (evacuated && people >= 1 && people <= limits.evacuated_max) return absl::OkStatus();
  return base::Invalid(evacuated && people == 0 ? Reason::FIELD_MISSING : Reason::FIELD_INVALID,
                       absl::StrCat("“已转移”须写明人数，1 至 ", limits.evacuated_max),
                       absl::StrCat("EVACUATED says how many people, 1 to ", limits.evacuated_max))
      .Field("evacuated")
      .Rule("alert.evacuated-max")
      .Next("核对人数后再报", "check the number and send it again");
}
}  // namespace

absl::Status ValidateAnswer(const v1::AnswerRequest& request, const ContentLimits& limits) {
  RETURN_IF_ERROR(ValidateAlertName(request.alert(), "alert"));
  if (request.kind() == v1::ANSWER_KIND_UNSPECIFIED)
    return Missing("kind", "应答内容", "the answer");
  if (!v1::AnswerKind_IsValid(request.kind())) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "没有这种应答", "no such answer")
        .Field("kind");
  }
  if (request.kind() == v1::CANNOT && request.text().empty()) {
    return Missing("text", "无法执行的理由", "the reason why it cannot be done")
        .Rule("alert.cannot-needs-reason");
  }
  RETURN_IF_ERROR(CheckEvacuated(request, limits));
  if (request.solved() && request.text().empty()) {
    return Missing("text", "如何解决的", "how it was solved").Rule("alert.cannot-stands");
  }
  RETURN_IF_ERROR(CheckLength(request.text(), limits.text_chars_max, "text", "alert.text-max"));
  RETURN_IF_ERROR(CheckLength(request.channel(), 20, "channel", "alert.text-max"));
  RETURN_IF_ERROR(CheckLength(request.person_name(), 40, "person_name", "alert.text-max"));
  if (!request.for_post().empty() && !absl::StartsWith(request.for_post(), "posts/")) {
    return base::Invalid(Reason::FIELD_INVALID, "岗位应形如 posts/…", "a post looks like posts/…")
        .Field("for_post");
  }
  return absl::OkStatus();
}

absl::Status ValidateReceipts(const v1::ReportReceiptsRequest& request) {
  if (request.items().empty()) return Missing("items", "回执", "items");
  if (request.items_size() > kReceiptsMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, absl::StrCat("一次最多 ", kReceiptsMax, " 条回执"),
                         absl::StrCat("at most ", kReceiptsMax, " receipts at once"))
        .Field("items")
        .Next("分批发送", "send them in parts");
  }
  for (int i = 0; i < request.items_size(); ++i) {
    const auto& item = request.items(i);
    RETURN_IF_ERROR(ValidateAlertName(item.alert(), absl::StrCat("items[", i, "].alert")));
    if (item.state() == v1::DELIVERED || item.state() == v1::READ) continue;
    return base::Invalid(Reason::FIELD_INVALID, "回执只能是已送达或已读；应答须由人作出",
                         "a receipt is DELIVERED or READ; an answer is a person's act")
        .Field(absl::StrCat("items[", i, "].state"))
        .Rule("alert.read-is-not-answered")
        .Next("用 Answer 应答", "use Answer");
  }
  return absl::OkStatus();
}

std::vector<Fact> MissingFacts(const v1::Alert& warning, FactsAt at) {
  std::vector<Fact> missing;
  const auto need = [&missing](bool there, std::string field, std::string zh, std::string en) {
    if (!there) missing.push_back({std::move(field), std::move(zh), std::move(en)});
  };
  need(!warning.category().empty(), "category", "预警类别", "category");
  need(warning.color() != v1::COLOR_UNSPECIFIED, "color", "级别", "level");
  need(warning.has_effective_at(), "effective_at", "起始时间", "start");
  need(!warning.target_areas().empty(), "target_areas", "可能影响的范围", "the area it may affect");
  need(!warning.cautions().empty(), "cautions", "警示事项", "cautions");
  need(!warning.measures().empty(), "measures", "应当采取的措施", "measures");
  if (at == FactsAt::kReview) return missing;
  need(!warning.issuer_unit().empty(), "issuer_unit", "发布单位", "issuer");
  need(warning.has_issued_at(), "issued_at", "发布时间", "time of issue");
  return missing;
}

absl::Status CheckFacts(const v1::Alert& warning, FactsAt at) {
  const std::vector<Fact> missing = MissingFacts(warning, at);
  if (missing.empty()) return absl::OkStatus();
  return Missing(missing.front().field, missing.front().zh, missing.front().en)
      .Rule("alert.eight-facts")
      .Law(kLaw64)
      .Next("撤回草稿并补全后重拟", "withdraw the draft and write it anew, complete");
}

absl::Status CheckColorFitsMeasures(v1::Color color, std::string_view measures,
                                    std::string_view field, const ContentLimits& limits) {
  if (color != v1::RED && color != v1::ORANGE) return absl::OkStatus();
  if (base::Characters(measures) >= limits.measures_chars_min_red_orange) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "红色、橙色预警须写明具体措施",
                       "a RED or ORANGE warning must say what is to be done, in detail")
      .Field(field)
      .Rule("alert.color-measures")
      .Law(kLaw67)
      .Next("写明队伍待命、物资准备、人员转移等措施",
            "name teams on standby, supplies, evacuation and the like");
}

}  // namespace huying::alert::rules
